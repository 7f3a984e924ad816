// The envelope around everything: one JSON object with "method" and one key a module
// (facts.md section 3). Strings in these types are decoded; printing encodes them (W1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/protocol/json.h"
#include "stoklab/protocol/percent.h"
#include "stoklab/protocol/result.h"

namespace stoklab::protocol {

enum class Method { get, set, perform, add, remove };

// "get", "set", "do", "add", "delete" (E1).
std::string_view toText(Method method);
std::optional<Method> methodFromText(std::string_view text);

// Whether a second execution could change a device a second time: all but get.
constexpr bool changesDevice(Method method) { return method != Method::get; }

struct Request {
  Method method = Method::get;
  Json modules = Json::object();  // module -> arguments, in wire order
};

// {"method":"get","image":{"name":"switch"}}; several names become a list (D1, D2). Adding to a
// request of several modules: request.modules.set(...) (D5).
Request getSections(std::string_view module, const std::vector<std::string>& sections);
// {"method":"get","harddisk_manage":{"table":"hd_info"}} (D3)
Request getTables(std::string_view module, const std::vector<std::string>& tables);
// {"method":"set","image":{"switch":{...}}} (D6); a row is set by its name (D8)
Request setSection(std::string_view module, std::string_view section, Json fields);
// {"method":"do","system":{"reboot":null}} (D11)
Request performAction(std::string_view module, std::string_view action, Json arguments = {});
// {"method":"add","m":{"table":"t","name":"t_2","para":{...}}} (D9)
Request addRow(std::string_view module, std::string_view table, std::string_view row, Json fields);
// {"method":"delete","m":{"name":["t_2"]}} (D9)
Request deleteRows(std::string_view module, const std::vector<std::string>& rows);

// "method" first, then the modules in order.
Json toJson(const Request& request);

// The text for the wire, strings percent-encoded.
std::string printRequest(const Request& request, const PercentAlphabet& alphabet = kClientAlphabet);

// The other direction. "method" may stand anywhere (E2). Fails with ErrorKind::malformed and a
// detail that says which part is wrong.
Result<Request> parseRequest(const Json& object);

struct Reply {
  int errorCode = 0;
  Json body = Json::object();  // the whole answer, decoded, unknown members kept in order

  bool ok() const { return errorCode == 0; }
  // "data", which carries details of a failure (E6); nullptr if absent.
  const Json* data() const { return body.find("data"); }
};

// Fails with ErrorKind::malformed if `text` is no JSON object with an integer "error_code" (E3).
Result<Reply> parseReply(std::string_view text);

}  // namespace stoklab::protocol
