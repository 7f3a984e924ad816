// For tests of the parser: what it makes of a stream of bytes that arrives in pieces.
#pragma once

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "http_parser.h"

namespace stoklab::emulator {

// What came of one request, without views, so that it can be compared and printed.
struct Outcome {
  int refusal = 0;  // 0: a complete request, -1: incomplete
  std::string method = {}, target = {}, body = {}, headers = {};
  int minorVersion = 0;
  bool keepAlive = false;

  bool operator==(const Outcome&) const = default;
};

inline void PrintTo(const Outcome& outcome, std::ostream* out) {
  *out << "{refusal " << outcome.refusal << ", " << outcome.method << ' ' << outcome.target
       << " HTTP/1." << outcome.minorVersion << ", headers <" << outcome.headers << ">, body <"
       << outcome.body.substr(0, 200) << ">, keepAlive " << outcome.keepAlive << "}";
}

inline constexpr ServerLimits kSmallLimits = {
    .maxHeaderBytes = 512, .maxHeaders = 8, .maxBodyBytes = 64};

// All requests in a stream that arrives in the given pieces. Each piece is a copy in memory of its
// own, so that a view kept across a move is seen by AddressSanitizer.
inline std::vector<Outcome> parseStream(const std::vector<std::string>& pieces,
                                        const ServerLimits& limits) {
  std::vector<Outcome> outcomes;
  HttpParser parser(limits);
  RequestViews views;
  ByteBuffer input;
  for (const std::string& piece : pieces) {
    ByteBuffer moved;
    moved.append(input.view());
    moved.append(piece);
    input = std::move(moved);
    HttpParser::Progress progress = HttpParser::Progress::complete;
    while (!input.empty() &&
           (progress = parser.parse(input, views)) == HttpParser::Progress::complete) {
      const HttpRequest& request = views.request;
      Outcome outcome{.method = std::string(request.method),
                      .target = std::string(request.target),
                      .body = std::string(request.body),
                      .minorVersion = request.minorVersion,
                      .keepAlive = parser.keepAlive()};
      for (const HttpHeader& header : request.headers) {
        outcome.headers += std::string(header.name) + "=" + std::string(header.value) + ";";
      }
      outcomes.push_back(std::move(outcome));
      input.consume(parser.length());
      parser.reset();
    }
    if (progress == HttpParser::Progress::refused) {
      outcomes.push_back({.refusal = parser.refusal()});
      return outcomes;
    }
  }
  if (!input.empty()) outcomes.push_back({.refusal = -1});
  return outcomes;
}

inline Outcome parseOne(const std::string& text, const ServerLimits& limits = kSmallLimits) {
  const auto outcomes = parseStream({text}, limits);
  return outcomes.size() == 1 ? outcomes[0] : Outcome{.refusal = -2};
}

}  // namespace stoklab::emulator
