#include "capture/forwarding.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "capture/front.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli {

using client::HttpAnswer;
using client::HttpExchange;
using emulator::HttpReply;
using emulator::HttpRequest;
using protocol::ErrorKind;
using protocol::Execution;
using Headers = std::vector<std::pair<std::string, std::string>>;

namespace {

// A connection that was idle for longer may be closing just now, and a request that meets its end
// has an unknown fate.
constexpr std::chrono::seconds kLongestIdle{3};

bool sameIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

template <class Names>
bool holds(const Names& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view each) { return sameIgnoringCase(each, name); });
}

// What belongs to one connection (RFC 9110, 7.6.1), or that the next hop writes itself.
constexpr std::array<std::string_view, 11> kHopByHop = {"Connection",
                                                        "Keep-Alive",
                                                        "Proxy-Connection",
                                                        "Proxy-Authenticate",
                                                        "TE",
                                                        "Trailer",
                                                        "Transfer-Encoding",
                                                        "Upgrade",
                                                        "Proxy-Authorization",
                                                        "Content-Length",
                                                        "HTTP2-Settings"};

// Host is the device's; the server has answered Expect; and with codings of its own accord the
// device would send what neither a trace nor a person can read.
constexpr std::array<std::string_view, 3> kNotForTheDevice = {"Host", "Expect", "Accept-Encoding"};

constexpr std::array<std::string_view, 2> kUrlsOfRequests = {"Origin", "Referer"};
constexpr std::array<std::string_view, 3> kUrlsOfAnswers = {"Location", "Content-Location",
                                                            "Access-Control-Allow-Origin"};

std::string_view trimmed(std::string_view text) {
  const auto isBlank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
  return text;
}

// The names that the Connection headers declare to be of this connection only.
template <class Range>
std::vector<std::string> nominated(const Range& headers) {
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) {
    if (!sameIgnoringCase(name, "Connection")) continue;
    std::string_view rest = value;
    while (true) {
      const auto comma = rest.find(',');
      names.emplace_back(trimmed(rest.substr(0, comma)));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  return names;
}

std::optional<std::size_t> lengthOf(const HttpAnswer& answer) {
  for (const auto& [name, value] : answer.headers) {
    if (!sameIgnoringCase(name, "Content-Length")) continue;
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    if (error == std::errc() && end == value.data() + value.size()) return length;
  }
  return std::nullopt;
}

}  // namespace

HttpReply proxyReply(int status, const std::string& reason) {
  return {.status = status,
          .body = printJson(protocol::Json::object({{"stoklab_capture", reason}})) + "\n"};
}

Forwarding::Forwarding(client::HttpsTransport& transport, ForwardingOptions options)
    : transport_(transport), options_(std::move(options)) {}

std::string Forwarding::frontOrigin(const HttpRequest& request) const {
  const std::string_view host = request.header("Host");
  if (host.empty()) return {};
  return (options_.frontIsTls ? "https://" : "http://") + std::string(host);
}

HttpExchange Forwarding::outgoing(const HttpRequest& request) const {
  HttpExchange exchange{.method = std::string(request.method),
                        .path = std::string(request.target),
                        .body = std::string(request.body),
                        .contentType = {}};
  const auto ofThisConnection = nominated(request.headers);
  const auto front = parseTarget(frontOrigin(request));
  for (const auto& [name, value] : request.headers) {
    if (holds(kHopByHop, name) || holds(kNotForTheDevice, name) || holds(ofThisConnection, name))
      continue;
    std::string text(value);
    if (front && holds(kUrlsOfRequests, name))
      text = withOrigin(value, *front, originOf(options_.device)).value_or(text);
    exchange.headers.emplace_back(name, std::move(text));
  }
  return exchange;
}

HttpReply Forwarding::incoming(const HttpRequest& request, const HttpAnswer& answer) const {
  HttpReply reply{.status = answer.status, .contentType = {}, .body = answer.body};
  const auto ofThatConnection = nominated(answer.headers);
  const std::string front = frontOrigin(request);
  for (const auto& [name, value] : answer.headers) {
    if (holds(kHopByHop, name) || holds(ofThatConnection, name)) continue;
    std::string text = value;
    if (holds(kUrlsOfAnswers, name)) {
      if (auto ours = withOrigin(value, options_.device, front)) {
        // Without an origin, a path.
        text = front.empty() && !ours->starts_with('/') ? "/" + *ours : *std::move(ours);
      }
    } else if (sameIgnoringCase(name, "Set-Cookie")) {
      text = cookieForFront(value, options_.device, options_.frontIsTls);
    }
    reply.headers.emplace_back(name, std::move(text));
  }
  // The answer to a HEAD says how long the body would be.
  if (request.method == "HEAD") reply.statedLength = lengthOf(answer);
  return reply;
}

client::Result<HttpAnswer> Forwarding::exchange(const HttpExchange& request) {
  if (options_.now() - lastUse_ > kLongestIdle) transport_.disconnect();
  auto answer = transport_.exchange(request);
  if (!answer && transport_.keptConnectionDied() &&
      answer.error().execution == Execution::didNotRun)
    answer = transport_.exchange(request);
  lastUse_ = options_.now();
  return answer;
}

Passage Forwarding::failed(const protocol::Error& error) const {
  // What cannot be written as HTTP never left; what came back and is no HTTP is the device's fault.
  const bool requestIsWrong =
      error.kind == ErrorKind::malformed && error.execution == Execution::didNotRun;
  if (requestIsWrong)
    return {.outcome = Passage::Outcome::held,
            .reply = proxyReply(400, error.detail),
            .reason = error.detail};
  return {.outcome = error.execution == Execution::mayHaveRun ? Passage::Outcome::lost
                                                              : Passage::Outcome::unreached,
          .reply = proxyReply(transport_.deadlinePassed() ? 504 : 502, error.detail),
          .reason = error.detail};
}

Passage Forwarding::pass(const HttpRequest& request) {
  const bool known = request.received != Time{};
  if (known && stalledUntil_ && request.received < *stalledUntil_) {
    const std::string reason =
        "the device did not answer the request before this one in time, so this one was not sent";
    return {.outcome = Passage::Outcome::held, .reply = proxyReply(504, reason), .reason = reason};
  }
  auto answer = exchange(outgoing(request));
  if (!answer) {
    if (transport_.deadlinePassed()) stalledUntil_ = options_.now();
    return failed(answer.error());
  }
  HttpReply reply = incoming(request, *answer);
  return {.outcome = Passage::Outcome::answered,
          .answer = *std::move(answer),
          .reply = std::move(reply)};
}

}  // namespace stoklab::cli
