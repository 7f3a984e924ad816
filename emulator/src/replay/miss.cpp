#include "replay/miss.h"

#include <utility>

#include "replay/subjects.h"
#include "stoklab/emulator/replay.h"

namespace stoklab::emulator {

using fixtures::JsonDifference;
using fixtures::Trace;
using protocol::Json;

namespace {

constexpr std::size_t kMostDifferences = 12;  // in one message; the rest is counted
constexpr std::string_view kClientSide = "request from the client";

std::string entrySide(std::size_t index) {
  return "entry " + std::to_string(index + 1) + " in the trace";
}

std::string headline(const Miss& miss) {
  return miss.why.empty() ? "the trace has no " + miss.request
                          : "the trace has " + miss.request + ", but " + miss.why;
}

// "image.name: request from the client "common", entry 5 in the trace "switch"".
std::string lineOf(const JsonDifference& difference, std::size_t index) {
  using Kind = JsonDifference::Kind;
  const auto side = [](std::string_view name, const std::string& value, bool absent) {
    return std::string(name) + (absent ? " has none" : " " + value);
  };
  return (difference.path.empty() ? std::string("the body") : difference.path) + ": " +
         side(kClientSide, difference.left, difference.kind == Kind::onlyRight) + ", " +
         side(entrySide(index), difference.right, difference.kind == Kind::onlyLeft);
}

Json membersOf(const JsonDifference& difference, std::size_t index) {
  using Kind = JsonDifference::Kind;
  Json members = Json::object({{"path", difference.path}});
  if (difference.kind != Kind::onlyRight) members.set(kClientSide, difference.left);
  if (difference.kind != Kind::onlyLeft) members.set(entrySide(index), difference.right);
  return members;
}

}  // namespace

std::string describeEntry(const Trace& trace, std::size_t index) {
  return "entry " + std::to_string(index + 1) + " (exchanges[" + std::to_string(index) +
         "]): " + titleOf(trace.exchanges[index].request.body);
}

Miss missOf(const Trace& trace, std::string_view path, const Json& body) {
  return {.request = titleOf(body), .nearest = fixtures::nearestTo(trace, path, body)};
}

std::string messageOf(const Trace& trace, const Miss& miss, std::string_view advice) {
  std::string text = headline(miss);
  if (miss.nearest) {
    const auto& found = miss.nearest->differences;
    text += "\n  nearest is " + describeEntry(trace, miss.nearest->index);
    for (std::size_t i = 0; i < found.size() && i < kMostDifferences; ++i)
      text += "\n    " + lineOf(found[i], miss.nearest->index);
    if (found.size() > kMostDifferences)
      text += "\n    and " + std::to_string(found.size() - kMostDifferences) + " more";
  } else {
    text += "\n  nothing was recorded at that door";
  }
  return text + "\n  " + std::string(advice);
}

HttpReply missReply(const Trace& trace, const Miss& miss, std::string_view advice) {
  Json told = Json::object({{"missed", headline(miss)}});
  if (miss.nearest) {
    told.set("nearest", describeEntry(trace, miss.nearest->index));
    Json& list = told.set("differences", Json::array());
    for (const auto& difference : miss.nearest->differences) {
      if (list.size() == kMostDifferences) break;
      list.push(membersOf(difference, miss.nearest->index));
    }
  }
  told.set("advice", advice);
  return {.body = printJson(
              Json::object({{"error_code", kReplayMissCode}, {"stoklab", std::move(told)}}))};
}

}  // namespace stoklab::emulator
