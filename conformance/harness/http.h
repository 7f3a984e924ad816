// HTTP/1.x as the judge writes and reads it: requests are text that a test may bend at will, and
// answers keep everything that came, because what came is what is judged.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stoklab::conformance {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
  std::string statusLine = {};  // "HTTP/1.1 401 Unauthorized"
  int minorVersion = 1;
  int status = 0;
  Headers headers = {};
  std::string body = {};          // without its transfer coding
  std::vector<int> interim = {};  // statuses that came first, e.g. 100
  bool delimitedByClose = false;  // neither Content-Length nor chunked

  // The first header of that name in any case.
  std::optional<std::string> header(std::string_view name) const;
};

// What a buffer holds so far.
struct Reading {
  enum class State { incomplete, complete, malformed };
  State state = State::incomplete;
  std::size_t consumed = 0;  // complete: how many bytes the answer took
  std::string why = {};      // malformed
  HttpAnswer answer = {};
};

// Reads one final answer, with the interim ones before it, from the start of `buffer`. `ended` says
// that no more bytes will come. Never throws.
Reading readAnswer(std::string_view buffer, bool ended);

// A request as the judge sends it when nothing special is asked for. Content-Type and
// Content-Length are added to a POST unless `headers` names them; an empty value leaves the header
// out altogether.
struct HttpRequest {
  std::string method = "POST";
  std::string path = "/";
  std::string body = {};
  Headers headers = {};
  std::string version = "HTTP/1.1";
};
std::string toText(const HttpRequest& request, std::string_view hostHeader);

}  // namespace stoklab::conformance
