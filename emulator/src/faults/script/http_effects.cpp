// What can be wrong with an answer as a message of HTTP. But for a status of its own, the request
// is carried out; it is the answer that suffers.
#include <algorithm>

#include "faults/script/effect.h"
#include "faults/script/reading.h"

namespace stoklab::emulator {

using protocol::Json;
using protocol::Result;

namespace {

constexpr std::int64_t kLargest = 16 * 1024 * 1024;  // bytes; more than a camera ever says
constexpr std::int64_t kMostGarbage = 64 * 1024;
constexpr std::int64_t kFastest = 1'000'000'000;  // bytes a second

std::function<HttpReply(const Exchange&)> spoiling(
    std::function<void(HttpReply&, Random& chance)> spoil) {
  return [spoil = std::move(spoil)](const Exchange& exchange) {
    HttpReply reply = exchange.inside.handle(exchange.request, exchange.peer);
    spoil(reply, exchange.chance);
    return reply;
  };
}

Result<Effect> readStatus(const Json& value, const Json& all, const std::string& place) {
  const auto status = integerAt(value, place, 200, 599);
  if (!status) return status.error();
  std::string body;
  if (const Json* text = all.find("body")) {
    if (text->string() == nullptr)
      return wrongAt(place.substr(0, place.rfind('.')) + ".body", "must be a text");
    body = *text->string();
  }
  return Effect{.answer = [status = static_cast<int>(*status), body](const Exchange& exchange) {
    return HttpReply{
        .status = status,
        .contentType = body.empty() ? "" : exchange.device.profile->transport.contentType.value,
        .body = body};
  }};
}

// The stated length stays that of the whole.
Result<Effect> readTruncateBody(const Json& value, const Json&, const std::string& place) {
  const auto kept = integerAt(value, place, 0, kLargest);
  if (!kept) return kept.error();
  return Effect{.answer =
                    spoiling([kept = static_cast<std::size_t>(*kept)](HttpReply& reply, Random&) {
                      reply.statedLength = reply.body.size();
                      reply.body.resize(std::min(kept, reply.body.size()));
                      reply.afterwards = Afterwards::close;
                    })};
}

Result<Effect> readWrongLength(const Json& value, const Json&, const std::string& place) {
  const std::int64_t* by = value.integer();
  if (by == nullptr || *by == 0 || *by < -kLargest || *by > kLargest)
    return wrongAt(place, "must be an integer other than 0, from " + std::to_string(-kLargest) +
                              " to " + std::to_string(kLargest));
  return Effect{.answer = spoiling([by = *by](HttpReply& reply, Random&) {
                  const auto stated = static_cast<std::int64_t>(reply.body.size()) + by;
                  reply.statedLength = static_cast<std::size_t>(std::max<std::int64_t>(0, stated));
                  reply.afterwards = Afterwards::close;
                })};
}

Result<Effect> readNoBody(const Json& value, const Json&, const std::string& place) {
  if (auto is = trueAt(value, place); !is) return is.error();
  return Effect{.answer = spoiling([](HttpReply& reply, Random&) { reply.body.clear(); })};
}

std::shared_ptr<WireFault> wireFault(HttpReply& reply) {
  auto fault = std::make_shared<WireFault>();
  reply.wireFault = fault;
  return fault;
}

// The first byte is never one of a text, so that nobody takes the rest for the beginning of HTTP.
std::string garbage(std::size_t size, Random& chance) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(chance.next() >> 56);
  bytes.front() = static_cast<char>(static_cast<unsigned char>(bytes.front()) | 0x80U);
  return bytes;
}

Result<Effect> readGarbage(const Json& value, const Json&, const std::string& place) {
  const auto size = integerAt(value, place, 1, kMostGarbage);
  if (!size) return size.error();
  return Effect{.answer = spoiling(
                    [size = static_cast<std::size_t>(*size)](HttpReply& reply, Random& chance) {
                      wireFault(reply)->instead = garbage(size, chance);
                      reply.afterwards = Afterwards::close;
                    })};
}

Result<Effect> readBytesPerSecond(const Json& value, const Json&, const std::string& place) {
  const auto speed = integerAt(value, place, 1, kFastest);
  if (!speed) return speed.error();
  return Effect{.answer =
                    spoiling([speed = static_cast<std::size_t>(*speed)](HttpReply& reply, Random&) {
                      wireFault(reply)->bytesPerSecond = speed;
                    })};
}

// A delay on its own; beside another kind the one door to it is effect_table.cpp.
Result<Effect> readDelay(const Json&, const Json&, const std::string&) { return Effect{}; }

constexpr EffectKind kEffects[] = {
    {{"status", "HTTP",
      "Answers with that HTTP status, from 200 to 599, and with \"body\" or none. Nothing is "
      "carried out.",
      R"({"status":503})"},
     readStatus,
     "body"},
    {{"truncate_body", "HTTP",
      "States the whole length, sends that many bytes of the body and closes the connection.",
      R"({"truncate_body":20})"},
     readTruncateBody},
    {{"wrong_length", "HTTP",
      "States a length that is off by that many bytes, sends the whole body and closes the "
      "connection.",
      R"({"wrong_length":10})"},
     readWrongLength},
    {{"no_body", "HTTP", "Answers with the same head and no body.", R"({"no_body":true})"},
     readNoBody},
    {{"garbage", "HTTP", "Sends that many random bytes instead of an answer, and closes.",
      R"({"garbage":64})"},
     readGarbage},
    {{"bytes_per_second", "HTTP", "Sends the answer that slowly.", R"({"bytes_per_second":100})"},
     readBytesPerSecond},
    {{"delay_ms", "HTTP",
      "Keeps the answer back for so many milliseconds, a minute at most; {\"uniform\":[a,b]}, "
      "{\"normal\":[mean,deviation]} or {\"exponential\":mean} draws them. Also beside another "
      "kind that changes an answer.",
      R"({"delay_ms":1500})"},
     readDelay},
};

}  // namespace

std::span<const EffectKind> httpEffects() { return kEffects; }

}  // namespace stoklab::emulator
