// A server that does to a client whatever a test says, on 127.0.0.1 and a free port: answers,
// says nothing, drips, closes, resets, dies in the middle. It speaks TLS by OpenSSL and knows
// nothing of the client's code.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "stoklab/client/testing/test_certificate.h"

namespace stoklab::client::testing {

struct ReceivedRequest {
  std::string head = {};  // with its empty line
  std::string body = {};
  int connection = 0;  // counted from 1
};

class ScriptedServer;

// One accepted connection, as a script sees it. Lives on the thread of that connection.
class Peer {
 public:
  // Which connection this is, counted from 1.
  int number() const { return number_; }

  // One request, which is remembered in ScriptedServer::requests(); false if the client closed.
  bool readRequest();

  // False if the client is gone.
  bool write(std::string_view bytes);

  // Sends the bytes one by one with a pause between them, until the client is gone or the server
  // stops.
  void drip(std::string_view bytes, std::chrono::milliseconds pause);

  // Waits until the client closes the connection or the server stops.
  void hold();

  // Ends the connection with a TCP reset instead of an orderly close.
  void reset();

 private:
  friend class ScriptedServer;
  Peer(ScriptedServer& server, int descriptor, int number);
  bool shakeHands();
  // One piece from the client; empty if it is gone.
  std::string read();
  // True if the server stops or the client is gone within the time.
  bool goneWithin(std::chrono::milliseconds time);

  ScriptedServer& server_;
  int descriptor_;
  int number_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_{nullptr, SSL_free};
  std::string pending_;
};

// Runs on the thread of a connection, after the TLS handshake; the connection is closed when it
// returns.
using Script = std::function<void(Peer&)>;

enum class Handshake { plain, tls, never };

struct ServerOptions {
  Handshake handshake = Handshake::tls;
  int maxTlsVersion = TLS1_2_VERSION;
  // As the camera: nothing but static RSA (facts.md T2). TLS 1.3 has suites of its own.
  std::string cipherList = "AES256-GCM-SHA384:@SECLEVEL=0";
  CertificateOptions certificate = {};
  std::string listenOn = "127.0.0.1";  // or "::1"
};

// Thread-safe. The destructor ends all connections.
class ScriptedServer {
 public:
  explicit ScriptedServer(Script script, const ServerOptions& options = {});
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const { return port_; }
  const TestCertificate& certificate() const { return certificate_; }

  // What came in so far, on all connections.
  std::vector<ReceivedRequest> requests() const;
  // Handshakes that took up an earlier TLS session.
  int resumedHandshakes() const;
  // What the client named in SNI last; nullopt if nothing.
  std::optional<std::string> serverName() const;

  // Returns once this side has closed so many connections.
  void waitForClosed(int count) const;

 private:
  friend class Peer;
  void accept();
  void serve(int descriptor, int number);

  Script script_;
  ServerOptions options_;
  TestCertificate certificate_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};  // a pipe; readable once the server stops
  std::uint16_t port_ = 0;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<ReceivedRequest> requests_;
  std::vector<std::thread> connections_;
  std::optional<std::string> serverName_;
  int resumed_ = 0;
  int closed_ = 0;
  std::thread acceptor_;  // last: uses everything above
};

// An HTTP/1.1 answer with a JSON body.
std::string jsonAnswer(std::string_view body, int status = 200);

// A script that gives one answer after the other, whatever the request, over all connections of
// its server; the last answer is repeated.
Script answerInTurn(std::vector<std::string> answers);

}  // namespace stoklab::client::testing
