#include "harness/http.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace stoklab::conformance {
namespace {

bool sameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

template <int kBase = 10>
std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, kBase);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Reading malformed(std::string why) {
  Reading reading;
  reading.state = Reading::State::malformed;
  reading.why = std::move(why);
  return reading;
}

Reading incomplete(bool ended, std::string_view what) {
  if (ended) return malformed("the connection ended inside the " + std::string(what));
  return {};
}

Reading complete(HttpAnswer answer, std::size_t consumed) {
  Reading reading;
  reading.state = Reading::State::complete;
  reading.consumed = consumed;
  reading.answer = std::move(answer);
  return reading;
}

// Empty if the head is well-formed, else what is wrong with it.
std::string readHead(std::string_view head, HttpAnswer& answer) {
  const std::size_t end = head.find("\r\n");
  const std::string_view line = head.substr(0, end);
  answer.statusLine = line;
  if (line.size() < 12 || line.substr(0, 7) != "HTTP/1." || line[8] != ' ')
    return "the first line is no HTTP/1 status line";
  answer.minorVersion = line[7] - '0';
  const auto status = number(line.substr(9, 3));
  if (!status || (line.size() > 12 && line[12] != ' ')) return "the status is no number";
  answer.status = static_cast<int>(*status);
  head = end == std::string_view::npos ? std::string_view() : head.substr(end + 2);
  while (!head.empty()) {
    const std::size_t stop = head.find("\r\n");
    const std::string_view field = head.substr(0, stop);
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos || colon == 0) return "a header line has no name";
    answer.headers.emplace_back(field.substr(0, colon), trimmed(field.substr(colon + 1)));
    head = stop == std::string_view::npos ? std::string_view() : head.substr(stop + 2);
  }
  return {};
}

Reading readChunked(std::string_view buffer, std::size_t at, HttpAnswer answer, bool ended) {
  for (;;) {
    const std::size_t end = buffer.find("\r\n", at);
    if (end == std::string_view::npos) return incomplete(ended, "chunked body");
    const std::string_view line = buffer.substr(at, end - at);
    const auto size = number<16>(trimmed(line.substr(0, line.find(';'))));
    if (!size) return malformed("a chunk has no size");
    at = end + 2;
    if (*size == 0) break;
    if (buffer.size() < at + *size + 2) return incomplete(ended, "chunked body");
    answer.body += buffer.substr(at, *size);
    at += *size + 2;
  }
  for (;;) {  // trailer fields, then an empty line
    const std::size_t end = buffer.find("\r\n", at);
    if (end == std::string_view::npos) return incomplete(ended, "trailer");
    const bool last = end == at;
    at = end + 2;
    if (last) return complete(std::move(answer), at);
  }
}

}  // namespace

std::optional<std::string> HttpAnswer::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (sameName(key, name)) return value;
  }
  return std::nullopt;
}

Reading readAnswer(std::string_view buffer, bool ended) {
  std::vector<int> interim;
  std::size_t at = 0;
  for (;;) {
    const std::string_view rest = buffer.substr(at);
    constexpr std::string_view kStart = "HTTP/1.";
    if (rest.substr(0, kStart.size()) != kStart.substr(0, rest.size()))
      return malformed("what came does not begin with HTTP/1.");
    const std::size_t end = rest.find("\r\n\r\n");
    if (end == std::string_view::npos) return incomplete(ended, "head of the answer");
    HttpAnswer answer;
    if (std::string why = readHead(rest.substr(0, end), answer); !why.empty())
      return malformed(std::move(why));
    at += end + 4;
    if (answer.status >= 100 && answer.status < 200) {
      interim.push_back(answer.status);
      continue;
    }
    answer.interim = interim;
    if (answer.status == 204 || answer.status == 304) return complete(std::move(answer), at);
    const auto coding = answer.header("Transfer-Encoding");
    if (coding && sameName(*coding, "chunked"))
      return readChunked(buffer, at, std::move(answer), ended);
    const auto length = answer.header("Content-Length");
    if (!length) {
      if (!ended) return {};
      answer.delimitedByClose = true;
      answer.body = buffer.substr(at);
      return complete(std::move(answer), buffer.size());
    }
    const auto size = number(*length);
    if (!size) return malformed("Content-Length is no number: " + *length);
    if (buffer.size() - at < *size) return incomplete(ended, "body");
    answer.body = buffer.substr(at, *size);
    return complete(std::move(answer), at + *size);
  }
}

std::string toText(const HttpRequest& request, std::string_view hostHeader) {
  Headers headers = {{"Host", std::string(hostHeader)}};
  if (request.method == "POST") {
    headers.emplace_back("Content-Type", "application/json; charset=UTF-8");
    headers.emplace_back("Content-Length", std::to_string(request.body.size()));
  }
  for (const auto& [name, value] : request.headers) {
    const auto same = std::find_if(headers.begin(), headers.end(), [&name = name](const auto& h) {
      return sameName(h.first, name);
    });
    if (same == headers.end()) {
      headers.emplace_back(name, value);
    } else {
      *same = {name, value};
    }
  }
  std::string text = request.method + " " + request.path + " " + request.version + "\r\n";
  for (const auto& [name, value] : headers) {
    if (!value.empty()) text += name + ": " + value + "\r\n";
  }
  return text + "\r\n" + request.body;
}

}  // namespace stoklab::conformance
