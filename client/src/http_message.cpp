#include "http_message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace stoklab::client {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Execution;
using protocol::malformed;

namespace {

// A head, with the interim ones before it and the trailer after it, is no longer than this.
constexpr std::size_t kMaxHeadBytes = 64 * 1024;
constexpr std::size_t kMaxFields = 200;
constexpr std::size_t kMaxChunkLine = 1024;

constexpr std::string_view kTokenPunctuation = "!#$%&'*+-.^_`|~";

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isAlphanumeric(char c) {
  return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isTokenCharacter(char c) {
  return isAlphanumeric(c) || kTokenPunctuation.find(c) != std::string_view::npos;
}
bool isToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), isTokenCharacter);
}
bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool isSpace(char c) { return c == ' ' || c == '\t'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool sameIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && isSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && isSpace(text.back())) text.remove_suffix(1);
  return text;
}

// Calls `use` with each element of a comma-separated list until it returns false.
template <class Use>
void forEachElement(std::string_view list, Use use) {
  while (true) {
    const auto comma = list.find(',');
    if (!use(trim(list.substr(0, comma))) || comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

bool headerLists(const HttpAnswer& answer, std::string_view name, std::string_view element) {
  bool found = false;
  for (const auto& [key, value] : answer.headers) {
    if (!sameIgnoringCase(key, name)) continue;
    forEachElement(value, [&](std::string_view each) {
      found = found || sameIgnoringCase(each, element);
      return !found;
    });
  }
  return found;
}

std::optional<std::size_t> parseNumber(std::string_view text, int base) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// All Content-Length fields must agree; a list of equal numbers is one number (RFC 9110, 8.6).
Result<std::optional<std::size_t>> contentLength(const HttpAnswer& answer) {
  std::optional<std::size_t> length;
  bool wrong = false;
  for (const auto& [key, value] : answer.headers) {
    if (!sameIgnoringCase(key, "Content-Length")) continue;
    forEachElement(value, [&](std::string_view each) {
      const auto number = parseNumber(each, 10);
      wrong = wrong || !number || (length && *length != *number);
      length = number;
      return !wrong;
    });
  }
  if (wrong) return malformed("the Content-Length of the answer is no single number");
  return length;
}

// A few harmless characters of what came instead of HTTP, for a person to recognise it by.
std::string preview(std::string_view bytes) {
  std::string text;
  for (const char c : bytes.substr(0, 8)) {
    text += isControl(c) || static_cast<unsigned char>(c) > 0x7e ? '?' : c;
  }
  return text;
}

Error cutOff(std::string detail) {
  return {.kind = ErrorKind::transport,
          .detail = std::move(detail),
          .execution = Execution::mayHaveRun};
}

}  // namespace

const std::string* findHeader(const HttpAnswer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (sameIgnoringCase(key, name)) return &value;
  }
  return nullptr;
}

std::string hostField(std::string_view host, std::uint16_t port, std::uint16_t defaultPort) {
  std::string field;
  if (host.find(':') != std::string_view::npos) {
    field.append("[").append(host).append("]");
  } else {
    field = host;
  }
  if (port != defaultPort) field.append(":").append(std::to_string(port));
  return field;
}

namespace {

// What printHttpRequest() writes itself; a second one would make two messages of one.
constexpr std::array<std::string_view, 4> kOwnFields = {"Host", "Connection", "Content-Length",
                                                        "Transfer-Encoding"};

Result<void> checkFurtherHeaders(const HttpExchange& request) {
  for (const auto& [name, value] : request.headers) {
    if (!isToken(name)) return malformed("the name of a header of a request is no HTTP token");
    const auto isIts = [&name = name](std::string_view own) { return sameIgnoringCase(name, own); };
    if (std::any_of(kOwnFields.begin(), kOwnFields.end(), isIts) ||
        (!request.contentType.empty() && isIts("Content-Type"))) {
      return malformed("the header " + name + " of a request is the transport's to write");
    }
    if (std::any_of(value.begin(), value.end(), [](char c) { return isControl(c) && c != '\t'; })) {
      return malformed("the header " + name + " of a request holds a control character");
    }
  }
  return {};
}

}  // namespace

Result<std::string> printHttpRequest(const HttpExchange& request, std::string_view host) {
  if (!isToken(request.method)) return malformed("the HTTP method is no HTTP token");
  if (request.path.empty() || request.path.front() != '/') {
    return malformed("the path of a request must begin with '/'");
  }
  if (std::any_of(request.path.begin(), request.path.end(),
                  [](char c) { return isControl(c) || c == ' '; })) {
    return malformed("the path of a request holds a space or a control character");
  }
  if (std::any_of(request.contentType.begin(), request.contentType.end(), isControl)) {
    return malformed("the content type of a request holds a control character");
  }
  if (auto checked = checkFurtherHeaders(request); !checked) return checked.error();
  const bool hasBody = !request.body.empty();
  const bool announcesBody = hasBody || (request.method != "GET" && request.method != "HEAD");
  std::string text;
  text.reserve(160 + request.path.size() + host.size() + request.body.size());
  text.append(request.method).append(" ").append(request.path).append(" HTTP/1.1\r\n");
  text.append("Host: ").append(host).append("\r\nConnection: keep-alive\r\n");
  if (hasBody && !request.contentType.empty()) {
    text.append("Content-Type: ").append(request.contentType).append("\r\n");
  }
  if (announcesBody) {
    text.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  for (const auto& [name, value] : request.headers) {
    text.append(name).append(": ").append(value).append("\r\n");
  }
  text.append("\r\n").append(request.body);
  return text;
}

AnswerReader::AnswerReader(std::string_view method, std::size_t maxBodyBytes)
    : expectsNoBody_(method == "HEAD"), maxBodyBytes_(maxBodyBytes) {}

Result<void> AnswerReader::take(std::string_view bytes) {
  started_ = started_ || !bytes.empty();
  pending_.append(bytes);
  while (state_ != State::complete) {
    const auto further = advance();
    if (!further) return further.error();
    if (!*further) break;
  }
  pending_.erase(0, consumed_);
  consumed_ = 0;
  return {};
}

Result<void> AnswerReader::takeEnd() {
  switch (state_) {
    case State::complete:
      return {};
    case State::untilEnd:
      state_ = State::complete;
      return {};
    case State::head:
      if (!started_) return cutOff("the connection was closed without an answer");
      return cutOff("the connection was closed within the head of the answer, after " +
                    std::to_string(pending_.size()) + " bytes of it");
    case State::fixedBody:
      return cutOff("the connection was closed after " + std::to_string(answer_.body.size()) +
                    " of " + std::to_string(answer_.body.size() + expected_) +
                    " bytes of the body");
    default:
      return cutOff("the connection was closed within a chunked body, after " +
                    std::to_string(answer_.body.size()) + " bytes of it");
  }
}

Result<bool> AnswerReader::advance() {
  switch (state_) {
    case State::head:
      return readHead();
    case State::fixedBody:
      return readFixedBody();
    case State::chunkSize:
      return readChunkSize();
    case State::chunkData:
      return readChunkData();
    case State::chunkEnd:
      return readChunkEnd();
    case State::trailer:
      return readTrailer();
    case State::untilEnd:
      return readUntilEnd();
    case State::complete:
      break;
  }
  return false;
}

Result<bool> AnswerReader::readHead() {
  // Recognised at the first byte that differs: who speaks something else may never send a line.
  constexpr std::string_view kProtocol = "HTTP/1.";
  const std::string_view seen = pending();
  const auto known = std::min(seen.size(), kProtocol.size());
  if (seen.substr(0, known) != kProtocol.substr(0, known)) {
    return malformed("the answer is not HTTP/1.x: it begins with \"" + preview(seen) + "\"");
  }

  std::size_t end = std::string::npos;  // of the head, behind its empty line
  for (auto line = seen.find('\n'); line != std::string_view::npos;
       line = seen.find('\n', line + 1)) {
    const std::string_view rest = seen.substr(line + 1);
    if (rest.starts_with("\n")) end = line + 2;
    if (rest.starts_with("\r\n")) end = line + 3;
    if (end != std::string::npos) break;
  }
  const auto bytes = std::min(end, seen.size());
  if (headBytes_ + bytes > kMaxHeadBytes) {
    return malformed("the head of the answer is longer than " + std::to_string(kMaxHeadBytes) +
                     " bytes");
  }
  if (end == std::string::npos) return false;

  answer_ = {};
  if (auto parsed = parseHead(seen.substr(0, end)); !parsed) return parsed.error();
  headBytes_ += end;
  consumed_ += end;
  if (answer_.status == 101) {
    return malformed("the device wants to switch protocols (HTTP 101), which nobody asked for");
  }
  if (answer_.status < 200) return true;  // an interim answer; the real one follows
  if (auto chosen = chooseBody(); !chosen) return chosen.error();
  return true;
}

Result<void> AnswerReader::parseHead(std::string_view head) {
  bool statusLine = true;
  while (!head.empty()) {
    const auto lineEnd = head.find('\n');
    std::string_view line = head.substr(0, lineEnd);
    head.remove_prefix(lineEnd + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;

    if (statusLine) {  // "HTTP/1.1 200 OK", the reason may be missing
      statusLine = false;
      const bool wellFormed = line.size() >= 12 && isDigit(line[7]) && line[8] == ' ' &&
                              line[9] >= '1' && line[9] <= '9' && isDigit(line[10]) &&
                              isDigit(line[11]) && (line.size() == 12 || line[12] == ' ');
      if (!wellFormed) return malformed("the answer has no HTTP status line");
      http10_ = line[7] == '0';
      answer_.status = static_cast<int>(*parseNumber(line.substr(9, 3), 10));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !isToken(line.substr(0, colon))) {
      return malformed("line " + std::to_string(answer_.headers.size() + 2) +
                       " of the answer's head is no header field");
    }
    if (answer_.headers.size() == kMaxFields) {
      return malformed("the answer has more than " + std::to_string(kMaxFields) + " header fields");
    }
    answer_.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
  }
  return {};
}

Result<void> AnswerReader::chooseBody() {
  keepAlive_ = http10_ ? headerLists(answer_, "Connection", "keep-alive")
                       : !headerLists(answer_, "Connection", "close");
  if (expectsNoBody_ || answer_.status == 204 || answer_.status == 304) {
    state_ = State::complete;
    return {};
  }
  const auto length = contentLength(answer_);
  if (!length) return length.error();
  if (const auto* coding = findHeader(answer_, "Transfer-Encoding")) {
    if (!sameIgnoringCase(*coding, "chunked")) {
      return malformed("the answer has a transfer encoding other than \"chunked\"");
    }
    // Both at once is how answers get smuggled: the chunks count, the connection ends (RFC 9112).
    if (*length) keepAlive_ = false;
    state_ = State::chunkSize;
    return {};
  }
  if (!*length) {
    keepAlive_ = false;
    state_ = State::untilEnd;
    return {};
  }
  expected_ = **length;
  state_ = State::fixedBody;
  return refuseIfTooLong(expected_);
}

Result<void> AnswerReader::refuseIfTooLong(std::size_t more) const {
  if (more <= maxBodyBytes_ - answer_.body.size()) return {};
  return malformed("the body of the answer is longer than the " + std::to_string(maxBodyBytes_) +
                   " bytes that are allowed");
}

void AnswerReader::moveToBody(std::size_t count) {
  answer_.body.append(pending().substr(0, count));
  consumed_ += count;
}

Result<bool> AnswerReader::readFixedBody() {
  const auto count = std::min(expected_, pending().size());
  moveToBody(count);
  expected_ -= count;
  if (expected_ > 0) return false;
  state_ = State::complete;
  return true;
}

Result<bool> AnswerReader::readUntilEnd() {
  if (auto allowed = refuseIfTooLong(pending().size()); !allowed) return allowed.error();
  moveToBody(pending().size());
  return false;
}

Result<std::optional<std::string>> AnswerReader::takeLine() {
  const auto seen = pending();
  const auto end = seen.find('\n');
  if (std::min(end, seen.size()) > kMaxChunkLine) {
    return malformed("a line of the chunked body is longer than " + std::to_string(kMaxChunkLine) +
                     " bytes");
  }
  if (end == std::string::npos) return std::optional<std::string>();
  std::string line(seen.substr(0, end));
  consumed_ += end + 1;
  if (line.ends_with('\r')) line.pop_back();
  return std::optional(std::move(line));
}

Result<bool> AnswerReader::readChunkSize() {
  const auto line = takeLine();
  if (!line) return line.error();
  if (!*line) return false;
  const std::string_view text = **line;
  const auto size = parseNumber(trim(text.substr(0, text.find(';'))), 16);
  if (!size) return malformed("a chunk of the answer has no length");
  if (auto allowed = refuseIfTooLong(*size); !allowed) return allowed.error();
  expected_ = *size;
  state_ = *size == 0 ? State::trailer : State::chunkData;
  return true;
}

Result<bool> AnswerReader::readChunkData() {
  const auto count = std::min(expected_, pending().size());
  moveToBody(count);
  expected_ -= count;
  if (expected_ > 0) return false;
  state_ = State::chunkEnd;
  return true;
}

Result<bool> AnswerReader::readChunkEnd() {
  const auto line = takeLine();
  if (!line) return line.error();
  if (!*line) return false;
  if (!(*line)->empty()) return malformed("a chunk of the answer is longer than it says");
  state_ = State::chunkSize;
  return true;
}

Result<bool> AnswerReader::readTrailer() {
  const auto line = takeLine();
  if (!line) return line.error();
  if (!*line) return false;
  headBytes_ += (*line)->size() + 2;
  if (headBytes_ > kMaxHeadBytes) return malformed("the trailer of the answer does not end");
  if ((*line)->empty()) state_ = State::complete;
  return true;
}

}  // namespace stoklab::client
