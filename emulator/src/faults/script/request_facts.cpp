#include "faults/script/request_facts.h"

#include <algorithm>

#include "stoklab/protocol/percent.h"
#include "stoklab/protocol/session_token.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

std::string_view pathOf(const HttpRequest& request) {
  return request.target.substr(0, request.target.find_first_of("?#"));
}

bool isText(const Json& value, std::string_view wanted) {
  const std::string* text = value.string();
  return text != nullptr && protocol::percentDecode(*text) == wanted;
}

// {"name":"switch"} or {"name":["switch","common"]}
bool names(const Json& value, std::string_view wanted) {
  if (wanted.empty()) return true;
  const Json::Array* each = value.elements();
  if (each == nullptr) return isText(value, wanted);
  return std::any_of(each->begin(), each->end(),
                     [&](const Json& name) { return isText(name, wanted); });
}

// Of a section, or of any of its rows.
bool hasField(const Json* value, std::string_view field) {
  if (field.empty()) return true;
  if (value == nullptr) return false;
  if (value->find(field) != nullptr) return true;
  if (const Json::Object* rows = value->members())
    return std::any_of(rows->begin(), rows->end(),
                       [&](const auto& row) { return row.value.find(field) != nullptr; });
  if (const Json::Array* rows = value->elements())
    return std::any_of(rows->begin(), rows->end(),
                       [&](const Json& row) { return hasField(&row, field); });
  return false;
}

bool moduleSpeaksOf(const Json& payload, std::string_view section, std::string_view field) {
  if (section.empty() && field.empty()) return true;
  const Json::Object* members = payload.members();
  if (members == nullptr) return false;
  for (const auto& [key, value] : *members) {
    if (key == "para") continue;
    if (key == "name" || key == "table") {
      if (names(value, section) && hasField(payload.find("para"), field)) return true;
    } else if ((section.empty() || key == section) && hasField(&value, field)) {
      return true;
    }
  }
  return false;
}

}  // namespace

const Json& RequestFacts::body() const {
  if (!body_) {
    auto parsed = protocol::parseJson(request_.body);
    body_ = parsed ? *std::move(parsed) : Json();
  }
  return *body_;
}

RequestKind RequestFacts::kind() const {
  const std::string_view path = pathOf(request_);
  const bool post = request_.method == "POST";
  if (const auto session = protocol::splitSessionPath(path)) {
    if (!post) return kPageRequest;
    return session->rest == "ds" ? kCommandRequest : kUploadRequest;
  }
  if (!post)
    return request_.method == "GET" || request_.method == "HEAD" ? kPageRequest : kOtherRequest;
  if (!path.empty() && path != "/" && !path.ends_with(".htm")) return kOtherRequest;
  return body().find("login") != nullptr ? kLoginRequest : kChallengeRequest;
}

std::string_view RequestFacts::method() const {
  const Json* method = body().find("method");
  const std::string* text = method == nullptr ? nullptr : method->string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::string RequestFacts::token() const {
  const auto session = protocol::splitSessionPath(pathOf(request_));
  return session ? protocol::percentDecode(session->token) : std::string();
}

std::string RequestFacts::loginUser() const {
  const Json* user = body().at({"login", "username"});
  const std::string* text = user == nullptr ? nullptr : user->string();
  return text == nullptr ? std::string() : protocol::percentDecode(*text);
}

bool RequestFacts::speaksOf(std::string_view module, std::string_view section,
                            std::string_view field) const {
  const Json::Object* members = body().members();
  if (members == nullptr) return false;
  return std::any_of(members->begin(), members->end(), [&](const auto& member) {
    return member.key != "method" && (module.empty() || member.key == module) &&
           moduleSpeaksOf(member.value, section, field);
  });
}

}  // namespace stoklab::emulator
