// Turns answers into bytes. Content-Length and Connection are the server's: what an endpoint says
// about them is dropped, so that an answer never contradicts its own length, unless a planted
// defect wants it to.
//
// The one thing not to get wrong: nothing an endpoint puts into a header can end the header.
// Control characters in a value become spaces; a header whose name is no token is dropped.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "byte_buffer.h"
#include "stoklab/emulator/endpoint.h"

namespace stoklab::emulator {

// "OK" for 200; "Unknown" for a status without a name.
std::string_view reasonPhrase(int status);

// What of an answer depends on the request.
struct ReplyForm {
  bool keepAlive = true;
  bool withBody = true;  // false for HEAD: the length stays, the body does not
};

// Immutable; may be used from several threads.
class ReplyWriter {
 public:
  // `headers` stand in every answer, in order.
  explicit ReplyWriter(const std::vector<std::pair<std::string, std::string>>& headers);

  // Appends head and body to `out`. A status outside 200 - 999 goes out as 500.
  void write(const HttpReply& reply, ReplyForm form, ByteBuffer& out) const;

  // The answer to what is no request: no body, and the connection closes.
  void writeRefusal(int status, ByteBuffer& out) const;

 private:
  // The status line and the header lines that every answer has.
  void beginHead(int status, ByteBuffer& out) const;

  std::string common_;  // header lines
  std::string okHead_;  // likewise, behind the status line of most answers
};

}  // namespace stoklab::emulator
