#include "stoklab/protocol/envelope.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace stoklab::protocol {

namespace {

constexpr std::array<std::pair<Method, std::string_view>, 5> kMethods = {{
    {Method::get, "get"},
    {Method::set, "set"},
    {Method::perform, "do"},
    {Method::add, "add"},
    {Method::remove, "delete"},
}};

// One name travels as a string, several as a list (D1, D2).
Json oneOrList(const std::vector<std::string>& names) {
  if (names.size() == 1) return names.front();
  Json list = Json::array();
  for (const auto& name : names) list.push(name);
  return list;
}

Request requestOf(Method method, std::string_view module, Json arguments) {
  Request request{.method = method};
  request.modules.set(module, std::move(arguments));
  return request;
}

}  // namespace

std::string_view toText(Method method) {
  const auto* row = std::find_if(kMethods.begin(), kMethods.end(),
                                 [&](const auto& entry) { return entry.first == method; });
  return row->second;
}

std::optional<Method> methodFromText(std::string_view text) {
  const auto* row = std::find_if(kMethods.begin(), kMethods.end(),
                                 [&](const auto& entry) { return entry.second == text; });
  if (row == kMethods.end()) return std::nullopt;
  return row->first;
}

Request getSections(std::string_view module, const std::vector<std::string>& sections) {
  return requestOf(Method::get, module, Json::object({{"name", oneOrList(sections)}}));
}

Request getTables(std::string_view module, const std::vector<std::string>& tables) {
  return requestOf(Method::get, module, Json::object({{"table", oneOrList(tables)}}));
}

Request setSection(std::string_view module, std::string_view section, Json fields) {
  return requestOf(Method::set, module, Json::object({{std::string(section), std::move(fields)}}));
}

Request performAction(std::string_view module, std::string_view action, Json arguments) {
  return requestOf(Method::perform, module,
                   Json::object({{std::string(action), std::move(arguments)}}));
}

Request addRow(std::string_view module, std::string_view table, std::string_view row, Json fields) {
  return requestOf(Method::add, module,
                   Json::object({{"table", table}, {"name", row}, {"para", std::move(fields)}}));
}

Request deleteRows(std::string_view module, const std::vector<std::string>& rows) {
  Json list = Json::array();
  for (const auto& row : rows) list.push(row);
  return requestOf(Method::remove, module, Json::object({{"name", std::move(list)}}));
}

Json toJson(const Request& request) {
  Json object = Json::object({{"method", toText(request.method)}});
  for (const auto& module : *request.modules.members()) object.set(module.key, module.value);
  return object;
}

std::string printRequest(const Request& request, const PercentAlphabet& alphabet) {
  return printJson(encodeStrings(toJson(request), alphabet));
}

Result<Request> parseRequest(const Json& object) {
  if (!object.isObject())
    return malformed("a request is a JSON object, not " + std::string(kindName(object)));
  const Json* method = object.find("method");
  if (method == nullptr) return malformed("the request has no \"method\"");
  if (method->string() == nullptr)
    return malformed("\"method\" is " + std::string(kindName(*method)) + ", not a string");
  const auto known = methodFromText(percentDecode(*method->string()));
  if (!known)
    return malformed("the method \"" + *method->string() +
                     "\" is none of get, set, do, add and delete");
  Request request{.method = *known};
  for (const auto& member : *object.members())
    if (member.key != "method") request.modules.set(member.key, decodeStrings(member.value));
  if (request.modules.size() == 0) return malformed("the request names no module");
  return request;
}

Result<Reply> parseReply(std::string_view text) {
  auto parsed = parseJson(text);
  if (!parsed) return std::move(parsed).error();
  if (!parsed->isObject())
    return malformed("the reply is " + std::string(kindName(*parsed)) + ", not an object");
  const Json* code = parsed->find("error_code");
  if (code == nullptr) return malformed("the reply has no error_code");
  const auto* number = code->integer();
  if (number == nullptr || *number < std::numeric_limits<int>::min() ||
      *number > std::numeric_limits<int>::max())
    return malformed("the reply's error_code is not an integer");
  const int errorCode = static_cast<int>(*number);
  return Reply{.errorCode = errorCode, .body = decodeStrings(*std::move(parsed))};
}

}  // namespace stoklab::protocol
