// Reads HTTP/1.0 and HTTP/1.1 requests out of a connection's buffer as it fills: strict where a
// second reading would be possible, tolerant where real clients are merely odd (bare line feeds,
// empty lines before a request, absolute targets, no Host, no Content-Type).
//
// A parser of our own, since Debian's libhttp-parser-dev is archived by its authors and Poco's
// streams cost ten times as much as the rest of a request. It is tested with random input, and
// against itself with every kind of split.
//
// The one thing not to get wrong: the outcome never depends on how the bytes were cut up on their
// way. Every check is tied to a position in the request, and checks happen in order of position.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "byte_buffer.h"
#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/https_server.h"

namespace stoklab::emulator {

// Where a finished request is shown. One for all connections of a loop, so that an idle
// connection holds no list of headers.
struct RequestViews {
  HttpRequest request = {};
  std::vector<HttpHeader> headers = {};
};

// One request at a time; reset() between two. One thread at a time.
class HttpParser {
 public:
  enum class Progress {
    incomplete,  // call again when the buffer has grown
    complete,    // the views are filled; length() bytes of the buffer belong to this request
    refused,     // answer refusal() and close: what follows cannot be told apart any more
  };

  // `limits` must outlive the parser.
  explicit HttpParser(const ServerLimits& limits) : limits_(&limits) {}

  // `input` starts with the first byte of the request and, after the first call, holds what the
  // last call left there and any further bytes. Chunked bodies are put together in place; empty
  // lines before the request are dropped. The views point into `input`.
  Progress parse(ByteBuffer& input, RequestViews& views);

  std::size_t length() const { return position_; }
  int refusal() const { return refusal_; }

  // Whether the client, by version and headers, lets the connection stay.
  bool keepAlive() const { return minorVersion_ == 1 ? !close_ : keepAliveAsked_ && !close_; }

  // Whether the client holds its body back until "100 Continue" is sent. True once the head is
  // read and accepted, until the body is there.
  bool expectsContinue() const { return expectsContinue_ && stage_ > Stage::headers; }
  // The 100 was sent, or is not wanted any more.
  void continued() { expectsContinue_ = false; }

  void reset() { *this = HttpParser(*limits_); }

 private:
  enum class Stage : std::uint8_t {
    method,
    requestLine,
    headers,
    body,
    chunkSize,
    chunkData,
    chunkEnd,
    trailers,
  };
  enum class Step { next, wait, done, refuse };

  Step step(ByteBuffer& input, RequestViews& views);
  Step readMethod(ByteBuffer& input);
  Step readRequestLine(std::string_view text);
  Step readHeaders(std::string_view text, RequestViews& views);
  Step finishHead();
  Step readBody(std::string_view text);
  Step readChunkSize(std::string_view text);
  Step readChunkData(ByteBuffer& input);
  Step readChunkEnd(std::string_view text);
  Step readTrailers(std::string_view text);

  Step refuse(int status);
  Step takeTarget(std::string_view text, std::string_view target);
  Step takeHeader(const HttpHeader& header);
  Step takeLength(std::string_view value);
  void takeConnection(std::string_view value);
  void fill(ByteBuffer& input, RequestViews& views) const;

  const ServerLimits* limits_;

  // Offsets from the start of the request.
  std::size_t scanned_ = 0;   // no line end before this one
  std::size_t position_ = 0;  // all before it is understood
  std::size_t methodLength_ = 0;
  std::size_t targetBegin_ = 0;
  std::size_t targetLength_ = 0;  // 0: "/", for an absolute target without a path
  std::size_t headersBegin_ = 0;
  std::size_t headEnd_ = 0;
  std::size_t bodyLength_ = 0;  // announced, or put together so far
  std::size_t chunkLeft_ = 0;
  std::size_t trailerBytes_ = 0;
  std::size_t headerCount_ = 0;

  int refusal_ = 0;
  int minorVersion_ = 1;
  Stage stage_ = Stage::method;
  bool hasLength_ = false;
  bool chunked_ = false;
  bool unknownCoding_ = false;
  bool close_ = false;
  bool keepAliveAsked_ = false;
  bool expectsContinue_ = false;
  bool headSeenWhole_ = false;  // in the current call, so that views.headers is up to date
};

}  // namespace stoklab::emulator
