#include "trace_verification.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "stoklab/protocol/device_code.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::cli {

using fixtures::Compare;
using fixtures::Exchange;
using fixtures::JsonDifference;
using fixtures::Trace;
using protocol::Json;

namespace {

bool isRead(const Exchange& exchange) {
  const Json* method = exchange.request.body.find("method");
  return exchange.request.http == "POST" && fixtures::doorOf(exchange.request.path) == "command" &&
         method != nullptr && method->string() != nullptr &&
         protocol::percentDecode(*method->string()) == "get";
}

std::optional<std::int64_t> errorCodeOf(const Json& body) {
  const Json* code = body.find("error_code");
  if (code == nullptr || code->integer() == nullptr) return std::nullopt;
  return *code->integer();
}

bool isOfADeadSession(const Json& body) {
  constexpr std::array<std::int64_t, 3> kCodes = {
      protocol::code::kUnauthorized, protocol::code::kSessionTimeout, protocol::code::kDeadSession};
  const auto code = errorCodeOf(body);
  return code && std::find(kCodes.begin(), kCodes.end(), *code) != kCodes.end();
}

// Whether a string is or holds something like "{stok}".
bool holdsPlaceholder(const Json& value) {
  if (const auto* text = value.string()) {
    constexpr std::array kAll = {fixtures::placeholder::kToken, fixtures::placeholder::kNonce,
                                 fixtures::placeholder::kKey, fixtures::placeholder::kKey2,
                                 fixtures::placeholder::kPassword};
    return std::any_of(kAll.begin(), kAll.end(), [&](std::string_view placeholder) {
      return text->find(placeholder) != std::string::npos;
    });
  }
  if (const auto* elements = value.elements())
    return std::any_of(elements->begin(), elements->end(), holdsPlaceholder);
  if (const auto* members = value.members())
    return std::any_of(members->begin(), members->end(),
                       [](const auto& member) { return holdsPlaceholder(member.value); });
  return false;
}

bool isComparable(const Exchange& exchange) {
  return exchange.reply && exchange.reply->body.isObject() &&
         !isOfADeadSession(exchange.reply->body) && !holdsPlaceholder(exchange.request.body);
}

// A shape has no values, but an error code is what an answer means.
std::vector<JsonDifference> between(const Json& device, const Json& recorded, Compare compare) {
  auto found = differences(device, recorded, compare);
  const auto ours = errorCodeOf(device), theirs = errorCodeOf(recorded);
  if (compare == Compare::shape && ours && theirs && *ours != *theirs)
    found.insert(found.begin(), {.kind = JsonDifference::Kind::value,
                                 .path = "error_code",
                                 .left = std::to_string(*ours),
                                 .right = std::to_string(*theirs)});
  return found;
}

}  // namespace

RecordedReads readsOf(const Trace& trace) {
  RecordedReads found;
  std::map<std::string, std::size_t> byMeaning;  // meaning -> place in found.reads
  for (std::size_t i = 0; i < trace.exchanges.size(); ++i) {
    const Exchange& exchange = trace.exchanges[i];
    if (!isRead(exchange)) continue;
    if (!isComparable(exchange)) {
      ++found.leftOut;
      continue;
    }
    const auto [place, isNew] = byMeaning.try_emplace(
        fixtures::meaningOf(exchange.request.path, exchange.request.body), found.reads.size());
    if (isNew) found.reads.push_back({.indices = {}, .body = exchange.request.body});
    found.reads[place->second].indices.push_back(i);
  }
  return found;
}

ReadOutcome compareRead(const Trace& trace, const RecordedRead& read, const Json& answer,
                        Compare compare) {
  std::optional<ReadOutcome> nearest;
  for (const std::size_t index : read.indices) {
    auto found = between(answer, trace.exchanges[index].reply->body, compare);
    if (trace.redaction.policy != "none") found = exceptMasked(std::move(found), answer);
    if (nearest && found.size() >= nearest->differences.size()) continue;
    nearest.emplace(ReadOutcome{.index = index, .differences = std::move(found)});
    if (nearest->differences.empty()) break;
  }
  return nearest.value_or(ReadOutcome{});
}

}  // namespace stoklab::cli
