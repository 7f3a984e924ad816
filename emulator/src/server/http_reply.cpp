#include "http_reply.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

#include "http_text.h"

namespace stoklab::emulator {
namespace {

constexpr int kOk = 200;

struct Reason {
  int status;
  std::string_view phrase;
};

constexpr auto kReasons = std::to_array<Reason>({
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
});

void appendNumber(std::size_t number, ByteBuffer& out) {
  char* const begin = out.room(20);
  out.added(static_cast<std::size_t>(std::to_chars(begin, begin + 20, number).ptr - begin));
}

// Any sink with append(std::string_view).
template <class Sink>
void appendValue(std::string_view value, Sink& out) {
  if (!holdsControl(value)) {
    out.append(value);
    return;
  }
  while (true) {
    const auto bad = std::find_if(value.begin(), value.end(), isControl);
    const auto clean = static_cast<std::size_t>(bad - value.begin());
    out.append(value.substr(0, clean));
    if (clean == value.size()) return;
    out.append(std::string_view(" "));
    value.remove_prefix(clean + 1);
  }
}

template <class Sink>
void appendHeader(std::string_view name, std::string_view value, Sink& out) {
  if (!isToken(name) || equalsIgnoringCase(name, "Content-Length") ||
      equalsIgnoringCase(name, "Connection") || equalsIgnoringCase(name, "Transfer-Encoding")) {
    return;
  }
  out.append(name);
  out.append(std::string_view(": "));
  appendValue(value, out);
  out.append(std::string_view("\r\n"));
}

std::string statusLine(int status) {
  std::string line = "HTTP/1.1 " + std::to_string(status) + ' ';
  line += reasonPhrase(status);
  line += "\r\n";
  return line;
}

}  // namespace

std::string_view reasonPhrase(int status) {
  const auto found =
      std::lower_bound(kReasons.begin(), kReasons.end(), status,
                       [](const Reason& reason, int wanted) { return reason.status < wanted; });
  return found != kReasons.end() && found->status == status ? found->phrase : "Unknown";
}

ReplyWriter::ReplyWriter(const std::vector<std::pair<std::string, std::string>>& headers) {
  for (const auto& [name, value] : headers) appendHeader(name, value, common_);
  okHead_ = statusLine(kOk) + common_;
}

void ReplyWriter::beginHead(int status, ByteBuffer& out) const {
  if (status == kOk) {
    out.append(okHead_);
    return;
  }
  out.append(statusLine(status));
  out.append(common_);
}

void ReplyWriter::write(const HttpReply& reply, ReplyForm form, ByteBuffer& out) const {
  const int status = reply.status < 200 || reply.status > 999 ? 500 : reply.status;
  const bool canHaveBody = status != 204 && status != 304;
  beginHead(status, out);
  if (!reply.contentType.empty()) {
    out.append("Content-Type: ");
    appendValue(reply.contentType, out);
    out.append("\r\n");
  }
  for (const auto& [name, value] : reply.headers) appendHeader(name, value, out);
  if (canHaveBody) {
    out.append("Content-Length: ");
    appendNumber(reply.statedLength.value_or(reply.body.size()), out);
    out.append("\r\n");
  }
  out.append(form.keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
  if (canHaveBody && form.withBody) out.append(reply.body);
}

void ReplyWriter::writeRefusal(int status, ByteBuffer& out) const {
  beginHead(status, out);
  out.append("Content-Length: 0\r\nConnection: close\r\n\r\n");
}

}  // namespace stoklab::emulator
