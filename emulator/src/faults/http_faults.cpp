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
       .breaks = {"HTTP-KEEP-ALIVE"},
       .changeProfile = [](Profile& p) { p.transport.keepAlive.value = false; }},
      {.name = "root-page-empty",
       .sentence = "GET / answers an empty page.",
       .breaks = {"HTTP-ROOT-PAGE"},
       .changeProfile = [](Profile& p) { p.actions.indexPage.value.clear(); }},
      {.name = "unknown-page-found",
       .sentence = "GET of a path that does not exist answers 200.",
       .breaks = {"HTTP-UNKNOWN-PAGE"},
       .changeProfile =
           [](Profile& p) { p.badRequests.find("path_unknown")->second.value.status = 200; }},
  };
}

}  // namespace stoklab::emulator
