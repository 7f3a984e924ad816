// Traces for tests, written as they read: who asks what and what is answered.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stoklab/fixtures/trace.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

inline protocol::Json json(std::string_view text) { return *protocol::parseJson(text); }

inline fixtures::Exchange exchangeOf(std::string_view session, std::string_view path,
                                     std::string_view request, std::string_view reply,
                                     int status = 200) {
  fixtures::Exchange exchange{.session = std::string(session),
                              .request = {.path = std::string(path), .body = json(request)}};
  exchange.reply = fixtures::TraceReply{.status = status, .body = json(reply)};
  return exchange;
}

inline fixtures::Exchange command(std::string_view session, std::string_view request,
                                  std::string_view reply = R"({"error_code":0})") {
  return exchangeOf(session, fixtures::kTraceCommandPath, request, reply);
}

inline fixtures::Exchange challenge() {
  return exchangeOf(
      "", "/", R"({"method":"do","user_management":{"get_encrypt_info":null}})",
      R"({"data":{"nonce":"{nonce}","key":"{key}","encrypt_type":["2"],"code":-40407},"error_code":-40401})",
      401);
}

inline fixtures::Exchange login(std::string_view session) {
  return exchangeOf(
      session, "/",
      R"({"method":"do","login":{"username":"admin","password":"{password}","encrypt_type":"2"}})",
      R"({"user_group":"root","stok":"{stok}","error_code":0})");
}

// A get of image.switch that answers `ldc`, and the set that makes it so.
inline fixtures::Exchange getLdc(std::string_view session, std::string_view value) {
  return command(session, R"({"method":"get","image":{"name":"switch"}})",
                 R"({"image":{"switch":{"ldc":")" + std::string(value) + R"("}},"error_code":0})");
}
inline fixtures::Exchange setLdc(std::string_view session, std::string_view value) {
  return command(session,
                 R"({"method":"set","image":{"switch":{"ldc":")" + std::string(value) + R"("}}})");
}

inline fixtures::Trace traceOf(std::vector<fixtures::Exchange> exchanges) {
  return {.exchanges = std::move(exchanges)};
}

}  // namespace stoklab::emulator
