#include "http_parser.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <system_error>

#include "http_text.h"

namespace stoklab::emulator {
namespace {

constexpr std::size_t kMaxMethodLength = 24;
constexpr std::size_t kMaxChunkLine = 1024;  // size and extensions

// The line that ends with the line feed at `lineFeed`, without either form of line end.
std::string_view lineAt(std::string_view text, std::size_t begin, std::size_t lineFeed) {
  std::string_view line = text.substr(begin, lineFeed - begin);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

// Nothing if the line is no header. White space before the colon is refused, as is a line that
// begins with it (the continuation line of old): other programs read both differently.
std::optional<HttpHeader> splitHeader(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const HttpHeader header{line.substr(0, colon), trimmed(line.substr(colon + 1))};
  if (!isToken(header.name)) return std::nullopt;
  if (holdsControl(header.value)) return std::nullopt;
  return header;
}

}  // namespace

HttpParser::Progress HttpParser::parse(ByteBuffer& input, RequestViews& views) {
  headSeenWhole_ = stage_ <= Stage::requestLine;
  if (headSeenWhole_) views.headers.clear();
  while (true) {
    switch (step(input, views)) {
      case Step::next:
        break;
      case Step::wait:
        if (chunked_ && stage_ > Stage::body) {
          // The framing of the chunks read so far goes, so that the buffer grows with the body
          // only.
          const std::size_t bodyEnd = headEnd_ + bodyLength_;
          const std::size_t gap = position_ - bodyEnd;
          input.erase(bodyEnd, gap);
          position_ -= gap;
          scanned_ -= gap;
        }
        return Progress::incomplete;
      case Step::done:
        expectsContinue_ = false;
        fill(input, views);
        return Progress::complete;
      case Step::refuse:
        return Progress::refused;
    }
  }
}

HttpParser::Step HttpParser::step(ByteBuffer& input, RequestViews& views) {
  switch (stage_) {
    case Stage::method:
      return readMethod(input);
    case Stage::requestLine:
      return readRequestLine(input.view());
    case Stage::headers:
      return readHeaders(input.view(), views);
    case Stage::body:
      return readBody(input.view());
    case Stage::chunkSize:
      return readChunkSize(input.view());
    case Stage::chunkData:
      return readChunkData(input);
    case Stage::chunkEnd:
      return readChunkEnd(input.view());
    case Stage::trailers:
      return readTrailers(input.view());
  }
  return refuse(400);
}

HttpParser::Step HttpParser::refuse(int status) {
  refusal_ = status;
  return Step::refuse;
}

// The method is looked at before its line is complete: most garbage, such as a TLS hello sent to
// a plain port, ends here and need not be waited for.
HttpParser::Step HttpParser::readMethod(ByteBuffer& input) {
  while (scanned_ == 0 && !input.empty()) {
    const char first = input.data()[0];
    if (first == '\n') {
      input.consume(1);
    } else if (first == '\r') {
      if (input.size() < 2) return Step::wait;
      if (input.data()[1] != '\n') return refuse(400);
      input.consume(2);
    } else {
      break;
    }
  }
  const std::string_view text = input.view();
  for (; scanned_ < text.size(); ++scanned_) {
    if (text[scanned_] == ' ' && scanned_ != 0) {
      methodLength_ = scanned_;
      stage_ = Stage::requestLine;
      return Step::next;
    }
    if (scanned_ == kMaxMethodLength || !isTokenCharacter(text[scanned_])) return refuse(400);
  }
  return Step::wait;
}

HttpParser::Step HttpParser::readRequestLine(std::string_view text) {
  const std::size_t lineFeed = text.find('\n', scanned_);
  if (std::min(lineFeed, text.size()) >= limits_->maxHeaderBytes) return refuse(431);
  if (lineFeed == std::string_view::npos) {
    scanned_ = text.size();
    return Step::wait;
  }
  const std::string_view rest = lineAt(text, methodLength_ + 1, lineFeed);
  const std::size_t space = rest.find(' ');
  if (space == std::string_view::npos) return refuse(400);
  const std::string_view version = rest.substr(space + 1);
  const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || !isDigit(version[5]) ||
      version[6] != '.' || !isDigit(version[7])) {
    return refuse(400);
  }
  if (version[5] != '1' || version[7] > '1') return refuse(505);
  minorVersion_ = version[7] - '0';
  headersBegin_ = position_ = scanned_ = lineFeed + 1;
  stage_ = Stage::headers;
  return takeTarget(text, rest.substr(0, space));
}

HttpParser::Step HttpParser::takeTarget(std::string_view text, std::string_view target) {
  if (target.empty() || holdsBelowOrDelete<0x21>(target)) return refuse(400);
  if (target == "*" && text.substr(0, methodLength_) != "OPTIONS") return refuse(400);
  if (target[0] != '/' && target != "*") {
    // The absolute form, as sent to a proxy: the path part counts.
    const std::size_t authority = target.find("://");
    if (authority == std::string_view::npos ||
        (!equalsIgnoringCase(target.substr(0, authority), "http") &&
         !equalsIgnoringCase(target.substr(0, authority), "https"))) {
      return refuse(400);
    }
    target.remove_prefix(authority + 3);
    const std::size_t path = target.find_first_of("/?#");
    if (path == 0) return refuse(400);
    target.remove_prefix(std::min(path, target.size()));
    if (!target.empty() && target[0] != '/') return refuse(400);
  }
  targetBegin_ = target.empty() ? 0 : static_cast<std::size_t>(target.data() - text.data());
  targetLength_ = target.size();
  return Step::next;
}

HttpParser::Step HttpParser::readHeaders(std::string_view text, RequestViews& views) {
  while (true) {
    const std::size_t lineFeed = text.find('\n', scanned_);
    if (std::min(lineFeed, text.size()) >= limits_->maxHeaderBytes) return refuse(431);
    if (lineFeed == std::string_view::npos) {
      scanned_ = text.size();
      return Step::wait;
    }
    const std::string_view line = lineAt(text, position_, lineFeed);
    position_ = scanned_ = lineFeed + 1;
    if (line.empty()) return finishHead();
    if (++headerCount_ > limits_->maxHeaders) return refuse(431);
    const auto header = splitHeader(line);
    if (!header) return refuse(400);
    if (takeHeader(*header) == Step::refuse) return Step::refuse;
    if (headSeenWhole_) views.headers.push_back(*header);
  }
}

HttpParser::Step HttpParser::takeHeader(const HttpHeader& header) {
  if (equalsIgnoringCase(header.name, "content-length")) return takeLength(header.value);
  if (equalsIgnoringCase(header.name, "connection")) {
    takeConnection(header.value);
  } else if (equalsIgnoringCase(header.name, "transfer-encoding")) {
    if (equalsIgnoringCase(header.value, "chunked") && !chunked_) {
      chunked_ = true;
    } else {
      unknownCoding_ = true;
    }
  } else if (equalsIgnoringCase(header.name, "expect")) {
    // A client of HTTP/1.0 would take the 100 for its answer.
    expectsContinue_ = minorVersion_ == 1 && equalsIgnoringCase(header.value, "100-continue");
  }
  return Step::next;
}

HttpParser::Step HttpParser::takeLength(std::string_view value) {
  std::size_t length = 0;
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, length);
  if (value.empty() || stop != end || error != std::errc{}) return refuse(400);
  if (hasLength_ && length != bodyLength_) return refuse(400);
  hasLength_ = true;
  bodyLength_ = length;
  return Step::next;
}

void HttpParser::takeConnection(std::string_view value) {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    const std::string_view option = trimmed(value.substr(0, comma));
    if (equalsIgnoringCase(option, "close")) close_ = true;
    if (equalsIgnoringCase(option, "keep-alive")) keepAliveAsked_ = true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
}

HttpParser::Step HttpParser::finishHead() {
  headEnd_ = position_;
  if (chunked_ || unknownCoding_) {
    // Two statements about the length, or one that the version does not know: whoever stands
    // before us may have read another body than we would.
    if (hasLength_ || minorVersion_ == 0) return refuse(400);
    if (unknownCoding_) return refuse(501);
    stage_ = Stage::chunkSize;
    return Step::next;
  }
  if (bodyLength_ > limits_->maxBodyBytes) return refuse(413);
  stage_ = Stage::body;
  return Step::next;
}

HttpParser::Step HttpParser::readBody(std::string_view text) {
  if (text.size() - headEnd_ < bodyLength_) return Step::wait;
  position_ = headEnd_ + bodyLength_;
  return Step::done;
}

HttpParser::Step HttpParser::readChunkSize(std::string_view text) {
  const std::size_t lineFeed = text.find('\n', scanned_);
  if (std::min(lineFeed, text.size()) - position_ >= kMaxChunkLine) return refuse(400);
  if (lineFeed == std::string_view::npos) {
    scanned_ = text.size();
    return Step::wait;
  }
  const std::string_view line = lineAt(text, position_, lineFeed);
  const char* const end = line.data() + line.size();
  std::size_t size = 0;
  const auto [stop, error] = std::from_chars(line.data(), end, size, 16);
  if (stop == line.data() || error != std::errc{}) return refuse(400);
  const std::string_view extension =
      trimmed(line.substr(static_cast<std::size_t>(stop - line.data())));
  if (!extension.empty() && extension[0] != ';') return refuse(400);
  if (holdsControl(extension)) return refuse(400);
  if (size > limits_->maxBodyBytes - bodyLength_) return refuse(413);
  position_ = scanned_ = lineFeed + 1;
  chunkLeft_ = size;
  stage_ = size == 0 ? Stage::trailers : Stage::chunkData;
  return Step::next;
}

HttpParser::Step HttpParser::readChunkData(ByteBuffer& input) {
  const std::size_t count = std::min(chunkLeft_, input.size() - position_);
  char* const body = input.data() + headEnd_ + bodyLength_;
  std::memmove(body, input.data() + position_, count);
  bodyLength_ += count;
  chunkLeft_ -= count;
  position_ += count;
  scanned_ = position_;
  if (chunkLeft_ != 0) return Step::wait;
  stage_ = Stage::chunkEnd;
  return Step::next;
}

HttpParser::Step HttpParser::readChunkEnd(std::string_view text) {
  const std::string_view rest = text.substr(position_);
  if (rest.empty() || rest == "\r") return Step::wait;
  const std::size_t count = rest[0] == '\r' ? 2 : 1;
  if (rest[count - 1] != '\n') return refuse(400);
  position_ += count;
  scanned_ = position_;
  stage_ = Stage::chunkSize;
  return Step::next;
}

// Trailers are checked and dropped.
HttpParser::Step HttpParser::readTrailers(std::string_view text) {
  while (true) {
    const std::size_t lineFeed = text.find('\n', scanned_);
    if (std::min(lineFeed, text.size()) - position_ + trailerBytes_ >= limits_->maxHeaderBytes) {
      return refuse(431);
    }
    if (lineFeed == std::string_view::npos) {
      scanned_ = text.size();
      return Step::wait;
    }
    const std::string_view line = lineAt(text, position_, lineFeed);
    trailerBytes_ += lineFeed + 1 - position_;
    position_ = scanned_ = lineFeed + 1;
    if (line.empty()) return Step::done;
    if (++headerCount_ > limits_->maxHeaders) return refuse(431);
    if (!splitHeader(line)) return refuse(400);
  }
}

void HttpParser::fill(ByteBuffer& input, RequestViews& views) const {
  const std::string_view text = input.view();
  if (!headSeenWhole_) {
    views.headers.clear();
    for (std::size_t begin = headersBegin_; begin < headEnd_;) {
      const std::size_t lineFeed = text.find('\n', begin);
      const auto header = splitHeader(lineAt(text, begin, lineFeed));
      if (header) views.headers.push_back(*header);
      begin = lineFeed + 1;
    }
  }
  HttpRequest& request = views.request;
  request.method = text.substr(0, methodLength_);
  request.target = targetLength_ == 0 ? "/" : text.substr(targetBegin_, targetLength_);
  request.minorVersion = minorVersion_;
  request.headers = views.headers;
  request.body = text.substr(headEnd_, bodyLength_);
}

}  // namespace stoklab::emulator
