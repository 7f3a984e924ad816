// What can be wrong with HTTP.
#include <algorithm>

#include "faults/around.h"
#include "faults/groups.h"

namespace stoklab::emulator {

using fixtures::Profile;

namespace {

// Refuses requests with such a header.
Fault::Wrap refusingHeader(std::string_view name, int status) {
  return answering(
      [=](const HttpRequest& request) {
        return std::any_of(request.headers.begin(), request.headers.end(),
                           [&](const HttpHeader& header) { return header.name == name; });
      },
      {.status = status, .contentType = {}});
}

bool hasLoudLength(const HttpRequest& request) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [](const HttpHeader& header) { return header.name == "CONTENT-LENGTH"; });
}

}  // namespace

std::vector<Fault> httpFaults() {
  return {
      {.name = "content-type-demanded",
       .sentence = "A request without a Content-Type is refused.",
       .breaks = {"HTTP-NO-CONTENT-TYPE", "HTTP-HEADER-CASE", "HTTP-CHUNKED"},
       .wrap = answering(
           [](const HttpRequest& r) {
             return r.method == "POST" && r.header("Content-Type").empty();
           },
           {.status = 415, .contentType = {}})},
      {.name = "vendor-header-refused",
       .sentence = "A request with the header SourceType is refused.",
       .breaks = {"HTTP-VENDOR-HEADERS"},
       .wrap = refusingHeader("SourceType", 400)},
      {.name = "unknown-header-refused",
       .sentence = "A request with a header that nobody knows is refused.",
       .breaks = {"HTTP-UNKNOWN-HEADERS"},
       .wrap = refusingHeader("X-Nobody-Knows-This", 400)},
      {.name = "header-case-matters",
       .sentence = "A request whose header names are in upper case is refused.",
       .breaks = {"HTTP-HEADER-CASE"},
       .wrap = answering(hasLoudLength, {.status = 411, .contentType = {}})},
      {.name = "http-1-0-refused",
       .sentence = "An HTTP/1.0 request is refused.",
       .breaks = {"HTTP-1-0"},
       .wrap = answering([](const HttpRequest& r) { return r.minorVersion == 0; },
                         {.status = 505, .contentType = {}})},
      {.name = "chunks-refused",
       .sentence = "A chunked body is refused.",
       .breaks = {"HTTP-CHUNKED"},
       .wrap = refusingHeader("Transfer-Encoding", 411)},
      {.name = "expectation-refused",
       .sentence = "A request with Expect: 100-continue is refused.",
       .breaks = {"HTTP-EXPECT-CONTINUE"},
       .wrap = refusingHeader("Expect", 417)},
      {.name = "connection-not-kept",
       .sentence = "The connection is closed after every answer.",
       .breaks = {"HTTP-KEEP-ALIVE", "CLIENT-ONE-CONNECTION"},
       .changeProfile = [](Profile& p) { p.transport.keepAlive.value = false; }},
      {.name = "root-page-empty",
       .sentence = "GET / answers an empty page.",
       .breaks = {"HTTP-ROOT-PAGE"},
       .changeProfile = [](Profile& p) { p.actions.indexPage.emplace(); }},
      {.name = "unknown-page-found",
       .sentence = "GET of a path that does not exist answers 200.",
       .breaks = {"HTTP-UNKNOWN-PAGE"},
       .changeProfile =
           [](Profile& p) { p.badRequests.find("path_unknown")->second.value.status = 200; }},
      {.name = "connection-stays-open",
       .sentence = "The connection stays open although the client asked for its end.",
       .breaks = {"HTTP-CLOSE"},
       .wrap = changingReplies([](const HttpRequest&) { return true; },
                               [](HttpReply& reply) {
                                 if (reply.afterwards == Afterwards::asRequested)
                                   reply.afterwards = Afterwards::stay;
                               })},
      {.name = "bytes-after-answer",
       .sentence = "An empty line follows every answer.",
       .breaks = {"CLIENT-ONE-CONNECTION", "HTTP-LENGTH", "HTTP-KEEP-ALIVE", "CMD-ANSWER-LENGTH",
                  "SESS-ANY-CONNECTION", "AUTH-FLOOD-LOGIN", "AUTH-FLOOD-MEMORY"},
       .wrap = changingReplies([](const HttpRequest&) { return true; },
                               [](HttpReply& reply) {
                                 reply.statedLength = reply.body.size();
                                 reply.body += "\r\n";
                               })},
      {.name = "length-one-short",
       .sentence = "The Content-Length of the answer to an unknown method is one too small.",
       .breaks = {"CMD-ANSWER-LENGTH", "ERR-UNKNOWN-METHOD"},
       .wrap =
           changingReplies([](const HttpRequest& r) { return hasMethod(r, "guess"); },
                           [](HttpReply& reply) { reply.statedLength = reply.body.size() - 1; })},
      {.name = "length-too-long",
       .sentence = "The Content-Length of the page / is larger than the page.",
       .breaks = {"CLIENT-NOT-A-REPLY", "HTTP-LENGTH", "HTTP-ROOT-PAGE"},
       .wrap = changingReplies(
           [](const HttpRequest& r) { return r.method == "GET" && r.target == "/"; },
           [](HttpReply& reply) {
             reply.statedLength = reply.body.size() + 10;
             reply.afterwards = Afterwards::close;
           })},
      {.name = "body-cut",
       .sentence = "The answer with device_info ends in its middle, and the connection with it.",
       .breaks = {"CMD-GET-ENCODED", "CMD-GET-STRING", "CMD-ANSWER-LENGTH",
                  "CMD-ANSWER-NO-DUPLICATES"},
       .wrap = changingReplies([](const HttpRequest& r) { return says(r, "\"device_info\""); },
                               [](HttpReply& reply) {
                                 reply.statedLength = reply.body.size();
                                 reply.body.resize(reply.body.size() / 2);
                                 reply.afterwards = Afterwards::close;
                               })},
      {.name = "answer-slow",
       .sentence = "The clock is read in more than five seconds.",
       .breaks = {"CMD-ANSWER-PROMPT"},
       .wrap = delayingWhere([](const HttpRequest& r) { return says(r, "\"clock_status\""); },
                             std::chrono::milliseconds(5'200))},
      {.name = "twenty-connections",
       .sentence = "Of the connections that are open at once, only twenty are served.",
       .breaks = {"HTTP-MANY-CONNECTIONS"},
       .changeServer = [](ServerOptions& s) { s.limits.maxConnections = 20; }},
      {.name = "pieces-refused",
       .sentence = "A request that comes in more than ten pieces is refused.",
       .breaks = {"HTTP-PIECES"},
       .changeServer = [](ServerOptions& s) { s.lapses.mostPieces = 10; }},
      {.name = "neighbour-turned-away",
       .sentence = "Nobody is served while somebody else is in the middle of a request.",
       .breaks = {"HTTP-UNFINISHED-NEIGHBOUR"},
       .changeServer = [](ServerOptions& s) { s.lapses.turnsNeighboursAway = true; }},
      {.name = "nonsense-deafens",
       .sentence = "After bytes that are no HTTP, the next connection is cut off.",
       .breaks = {"HTTP-NOT-HTTP"},
       .changeServer = [](ServerOptions& s) { s.lapses.deafAfterNonsense = true; }},
  };
}

}  // namespace stoklab::emulator
