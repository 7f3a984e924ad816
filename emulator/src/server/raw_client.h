// What the server's tests talk through: bytes over OpenSSL or a plain socket, and nothing that is
// clever about HTTP. Blocking, with a limit of ten seconds on every read.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stoklab::emulator {

struct RawAnswer {
  int status = 0;
  std::string head = {};  // with its line ends
  std::string body = {};
  // The value of a header, or "" if there is none.
  std::string header(std::string_view name) const;
};

struct RawOptions {
  bool tls = true;
  int version = TLS1_2_VERSION;
  std::string cipherList = "AES256-GCM-SHA384";
  SSL_SESSION* session = nullptr;  // to resume; not owned
  bool tickets = true;
  int receiveBuffer = 0;  // bytes; 0: the system's choice
  std::string address = "127.0.0.1";
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, const RawOptions& options = {});
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient& operator=(RawClient&&) = delete;

  bool isConnected() const { return connected_; }  // TCP and, if asked for, TLS

  bool send(std::string_view text);
  bool sendRaw(std::string_view bytes);  // below TLS

  // The next final answer, past any 100 (see continues()). Nothing if the connection ends
  // before or the answer is not in form. `withBody` is false for the answer to a HEAD.
  std::optional<RawAnswer> read(bool withBody = true);
  std::optional<RawAnswer> ask(std::string_view request) {
    return send(request) ? read() : std::nullopt;
  }
  int continues() const { return continues_; }

  // Whether the server ends the connection and sends nothing before it.
  bool endsQuietly();
  // Whether that end was announced by TLS.
  bool saidGoodbye() const;
  // Whether something arrives within `time`.
  bool hears(std::chrono::milliseconds time);

  void finishSending();  // half-close of TCP
  void reset();          // RST
  SSL* ssl() const { return ssl_; }
  int descriptor() const { return descriptor_; }
  std::uint16_t localPort() const;

 private:
  bool fill();  // reads some more into buffer_; false at the end

  int descriptor_ = -1;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
  int continues_ = 0;
  std::string buffer_;
};

// A socket that is not connected yet, for those who count descriptors.
int plainSocket();
bool connectTo(int descriptor, std::uint16_t port, const std::string& address = "127.0.0.1");

}  // namespace stoklab::emulator
