// The one interface on the device side. A device, a fault around a device, a replayed trace and a
// fleet are all endpoints, and nest; the server in front knows nothing else.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stoklab::emulator {

struct HttpHeader {
  std::string_view name;   // as sent; compare without regard to case
  std::string_view value;  // without surrounding white space
};

// A complete request. Views point into the connection's buffer and live as long as the call.
struct HttpRequest {
  std::string_view method;  // "POST"
  std::string_view target;  // as sent, undecoded: "/stok=<token>/ds"
  int minorVersion = 1;     // HTTP/1.<minorVersion>
  std::span<const HttpHeader> headers = {};
  std::string_view body = {};  // without its transfer coding
  // When its last byte came in; the beginning of time if nobody has said so.
  std::chrono::steady_clock::time_point received = {};

  // The first header of that name (any case), or an empty view.
  std::string_view header(std::string_view name) const;
};

// What happens to the connection after the answer.
enum class Afterwards {
  asRequested,  // keep-alive or close, as HTTP/1.x and the server's profile say
  close,        // answer, then close
  drop,         // no answer: close at once
  stay,         // answer, and keep the connection, whatever was asked; a planted defect
};

// What becomes of an answer on its way out; of scripted faults. Nothing of it outlasts the server,
// its time-outs or, for a slow answer, ten minutes.
struct WireFault {
  // Bytes of the answer, head included; then TCP ends, without a goodbye of TLS's.
  std::optional<std::size_t> cutAfter = {};
  bool reset = false;  // what ends the answer, cut or whole, is a TCP reset
  bool stall = false;  // or nothing does: not a byte more is sent, and none is read
  std::optional<std::size_t> bytesPerSecond = {};  // how fast it goes out; not 0
  std::optional<std::string> instead = {};         // these bytes in place of the answer
};

struct HttpReply {
  int status = 200;
  std::string contentType = "application/json; charset=UTF-8";    // empty: no such header
  std::vector<std::pair<std::string, std::string>> headers = {};  // further ones
  std::string body = {};
  // What Content-Length says, if not the size of the body; a planted defect.
  std::optional<std::size_t> statedLength = {};
  Afterwards afterwards = Afterwards::asRequested;
  // How long the server keeps the answer back, a minute at most; nobody else waits for it. A server
  // that stops keeps nothing back.
  std::chrono::milliseconds delay{0};
  std::shared_ptr<const WireFault> wireFault = {};  // null: none
  // For the journal: the session that the request belonged to (SessionFacts::number), 0 for none,
  // and the scripted fault that had its way.
  std::uint64_t session = 0;
  std::string fault = {};
};

// Who asks. Addresses are text without a port, e.g. "127.0.0.1".
struct Peer {
  std::string address = {};
  std::uint16_t port = 0;
  std::string localAddress = {};
  std::uint16_t localPort = 0;
  // For scripted faults: what ConnectionScript::onConnection() made of the connection, and the how
  // many-th request of it this is, from 1; 0 where nobody counts.
  std::uint64_t connection = 0;
  std::uint64_t request = 0;
};

// What a request takes. So that nobody's read waits for somebody else's login, the server answers
// one heavy request between two looks at the other connections, and leaves the lengthy ones to
// threads of their own.
enum class Effort {
  light,    // microseconds
  heavy,    // an RSA operation: a tenth of a millisecond, or a whole one
  lengthy,  // more, or it waits for something
};

class Endpoint {
 public:
  virtual ~Endpoint() = default;

  // Cannot fail: every request has an answer. May be called from several threads at once.
  virtual HttpReply handle(const HttpRequest& request, const Peer& peer) = 0;

  // What handle() will take, for the server to decide which thread calls it. Must be cheap itself.
  virtual Effort effortOf(const HttpRequest&) const { return Effort::light; }
};

}  // namespace stoklab::emulator
