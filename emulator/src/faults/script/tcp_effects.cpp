// What can become of a connection.
#include "faults/script/effect.h"
#include "faults/script/reading.h"

namespace stoklab::emulator {

using protocol::Json;
using protocol::Result;

namespace {

constexpr std::int64_t kLargest = 16 * 1024 * 1024;
constexpr std::int64_t kLongestIdle = 3'600'000;

Effect ending(WireFault fault) {
  return {.answer = [fault = std::make_shared<const WireFault>(std::move(fault))](
                        const Exchange& exchange) {
    HttpReply reply = exchange.inside.handle(exchange.request, exchange.peer);
    reply.wireFault = fault;
    return reply;
  }};
}

Result<Effect> readReset(const Json& value, const Json&, const std::string& place) {
  const auto choice = choiceAt(value, place, {"before_reading", "after_reading"});
  if (!choice) return choice.error();
  if (*choice == 0)
    return Effect{.connection = ConnectionFault{.kind = ConnectionFault::Kind::reset}};
  return ending({.cutAfter = 0, .reset = true});
}

Result<Effect> readCutAfter(const Json& value, const Json&, const std::string& place) {
  const auto size = integerAt(value, place, 0, kLargest);
  if (!size) return size.error();
  return ending({.cutAfter = static_cast<std::size_t>(*size)});
}

Result<Effect> readStall(const Json& value, const Json&, const std::string& place) {
  if (auto is = trueAt(value, place); !is) return is.error();
  return ending({.cutAfter = 0, .stall = true});
}

Result<Effect> readCloseIdle(const Json& value, const Json&, const std::string& place) {
  const auto time = integerAt(value, place, 1, kLongestIdle);
  if (!time) return time.error();
  return Effect{.connection = ConnectionFault{.kind = ConnectionFault::Kind::closeIdle,
                                              .time = std::chrono::milliseconds(*time)}};
}

constexpr EffectKind kEffects[] = {
    {{"reset", "TCP",
      "Resets the connection: when its first bytes have come, unread (\"before_reading\"), or when "
      "a request has been read and carried out (\"after_reading\").",
      R"({"reset":"before_reading"})"},
     readReset},
    {{"cut_after", "TCP",
      "Sends that many bytes of the answer, its head included, and ends TCP without a goodbye of "
      "TLS.",
      R"({"cut_after":40})"},
     readCutAfter},
    {{"stall", "TCP", "Carries the request out and never answers it.", R"({"stall":true})"},
     readStall},
    {{"close_idle_ms", "TCP",
      "Closes the connection when that many milliseconds pass without a request.",
      R"({"close_idle_ms":200})"},
     readCloseIdle},
};

}  // namespace

std::span<const EffectKind> tcpEffects() { return kEffects; }

}  // namespace stoklab::emulator
