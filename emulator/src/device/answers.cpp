#include "answers.h"

#include <utility>

namespace stoklab::emulator {

HttpReply Answers::json(int status, std::string body) const {
  return {.status = status,
          .contentType = profile_.transport.contentType.value,
          .body = std::move(body)};
}

HttpReply Answers::success(std::string members) const {
  if (members.empty()) return json(200, R"({"error_code":0})");
  if (profile_.wire.errorCodePlace.value == fixtures::ErrorCodePlace::first) {
    members.insert(0, R"({"error_code":0,)");
    members += '}';
  } else {
    members.insert(0, "{");
    members += R"(,"error_code":0})";
  }
  return json(200, std::move(members));
}

HttpReply Answers::refusal(const Refusal& refusal) const {
  const auto row = profile_.badRequests.find(refusal.kind);
  if (row == profile_.badRequests.end()) return {.status = 500, .contentType = {}};
  const auto& answer = row->second.value;
  const int errorCode = refusal.errorCode.value_or(answer.errorCode);
  if (errorCode == 0) return {.status = answer.status, .contentType = {}};
  return json(answer.status, R"({"error_code":)" + std::to_string(errorCode) + "}");
}

HttpReply Answers::unauthorized(int status, int errorCode, std::string_view challenge) const {
  std::string body = R"({"error_code":)" + std::to_string(errorCode) + R"(,"data":)";
  body += challenge;
  body += '}';
  return json(status, std::move(body));
}

}  // namespace stoklab::emulator
