// The wire client against servers of a few lines, made by OpenSSL and sockets: nothing here is the
// emulator's.
#include "harness/wire.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace stoklab::conformance {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// Accepts one connection on a free port of the loopback and hands it to a function on a thread.
class OneConnection {
 public:
  explicit OneConnection(std::function<void(int fd)> serve)
      : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 1);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, serve = std::move(serve)] {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      serve(fd);
      ::close(fd);
    });
  }
  OneConnection(const OneConnection&) = delete;
  OneConnection& operator=(const OneConnection&) = delete;
  ~OneConnection() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  Target plain() const { return {.tls = false, .host = "127.0.0.1", .port = port_}; }
  Target tls() const { return {.tls = true, .host = "127.0.0.1", .port = port_}; }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

void write(int fd, std::string_view text) { ::send(fd, text.data(), text.size(), MSG_NOSIGNAL); }

void readSome(int fd) {
  std::array<char, 4096> buffer{};
  [[maybe_unused]] const ssize_t size = ::read(fd, buffer.data(), buffer.size());
}

// Waits until the other side closes.
void drain(int fd) {
  std::array<char, 4096> buffer{};
  while (::read(fd, buffer.data(), buffer.size()) > 0) {
  }
}

std::string failureOf(const std::function<void()>& action) {
  try {
    action();
    return "it worked";
  } catch (const WireFailure& failure) {
    return failure.what();
  }
}

constexpr TimeLimits kShort{milliseconds(2000), milliseconds(100)};

TEST(Wire, TellsThatNobodyListens) {
  Target target;
  {
    const OneConnection gone([](int) {});
    target = gone.plain();
  }
  EXPECT_THAT(failureOf([&] { Connection::open(target); }), HasSubstr("TCP connection: 127.0.0.1"));
}

TEST(Wire, TellsThatItIsNoTls) {
  const OneConnection server([](int fd) {
    write(fd, "220 a mail server, perhaps\r\n");
    readSome(fd);
  });
  EXPECT_THAT(failureOf([&] { Connection::open(server.tls()); }), HasSubstr("TLS: handshake: "));
}

TEST(Wire, WaitsForAHandshakeOnlySoLong) {
  const OneConnection server(drain);
  EXPECT_THAT(failureOf([&] {
                Connection::open(server.tls(), TlsOffer::usual, {milliseconds(100), {}});
              }),
              HasSubstr("TLS: handshake: no answer in time"));
}

TEST(Wire, WaitsForAnAnswerOnlySoLong) {
  const OneConnection server([](int fd) {
    write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    drain(fd);
  });
  EXPECT_THAT(
      failureOf([&] { Connection::open(server.plain(), TlsOffer::usual, kShort).receive(); }),
      HasSubstr("HTTP: no complete answer in 100 ms, 43 bytes so far"));
}

TEST(Wire, TellsThatTheConnectionEnded) {
  const OneConnection silent(readSome);
  EXPECT_THAT(failureOf([&] {
                Connection connection = Connection::open(silent.plain());
                connection.send("x");
                connection.receive();
              }),
              HasSubstr("HTTP: closed without an answer"));
  const OneConnection cut(
      [](int fd) { write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"); });
  EXPECT_THAT(failureOf([&] { Connection::open(cut.plain()).receive(); }),
              HasSubstr("HTTP: the connection ended inside the body"));
}

TEST(Wire, KeepsWhatComesAfterAnAnswer) {
  const OneConnection server([](int fd) {
    write(fd,
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"
          "HTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\nbextra");
  });
  Connection connection = Connection::open(server.plain());
  EXPECT_EQ(connection.receive().body, "a");
  EXPECT_EQ(connection.receive().status, 404);
  EXPECT_TRUE(connection.closesWithin(milliseconds(2000)));
  EXPECT_EQ(connection.unread(), 5U);
}

TEST(Wire, SeesThatAConnectionStaysOpen) {
  const OneConnection server(drain);
  Connection connection = Connection::open(server.plain());
  EXPECT_FALSE(connection.closesWithin(milliseconds(50)));
}

// A TLS server with a certificate made for this run.
class TlsServer {
 public:
  explicit TlsServer(const char* cipher)
      : context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free),
        key_(EVP_RSA_gen(2048), &EVP_PKEY_free),
        certificate_(X509_new(), &X509_free) {
    X509* x = certificate_.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key_.get());
    X509_NAME* name = X509_get_subject_name(x);
    const auto add = [&](const char* field, const char* text) {
      X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC,
                                 reinterpret_cast<const unsigned char*>(text), -1, -1, 0);
    };
    add("C", "US");
    add("O", "TPRI");
    add("CN", "TPRI-DEVICE");
    X509_set_issuer_name(x, name);
    X509_EXTENSION* usage = X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage, "keyEncipherment");
    X509_add_ext(x, usage, -1);
    X509_EXTENSION_free(usage);
    X509_sign(x, key_.get(), EVP_sha256());
    SSL_CTX_use_certificate(context_.get(), x);
    SSL_CTX_use_PrivateKey(context_.get(), key_.get());
    SSL_CTX_set_max_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context_.get(), cipher);
  }

  void serve(int fd) const {
    SSL* ssl = SSL_new(context_.get());
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1) {
      std::array<char, 4096> buffer{};
      if (SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size())) > 0) {
        constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        SSL_write(ssl, kAnswer.data(), static_cast<int>(kAnswer.size()));
      }
      SSL_shutdown(ssl);
    }
    SSL_free(ssl);
  }

 private:
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> certificate_;
};

TEST(WireTls, AgreesOnTheSuiteOfTheDeviceAndReadsTheCertificate) {
  const TlsServer tls("AES256-GCM-SHA384");
  const OneConnection server([&](int fd) { tls.serve(fd); });
  Connection connection = Connection::open(server.tls(), TlsOffer::deviceSuite);
  const TlsFacts& facts = connection.tls();
  EXPECT_EQ(facts.version, "TLSv1.2");
  EXPECT_EQ(facts.cipher, "AES256-GCM-SHA384");
  EXPECT_EQ(facts.commonName, "TPRI-DEVICE");
  EXPECT_EQ(facts.organization, "TPRI");
  EXPECT_EQ(facts.country, "US");
  EXPECT_TRUE(facts.selfIssued);
  EXPECT_EQ(facts.keyType, "RSA");
  EXPECT_EQ(facts.keyBits, 2048);
  EXPECT_TRUE(facts.validNow);
  EXPECT_TRUE(facts.keyUsagePresent);
  EXPECT_TRUE(facts.keyEncipherment);
  EXPECT_FALSE(facts.digitalSignature);
  EXPECT_EQ(facts.sha256.size(), 64U);
  connection.send("anything");
  EXPECT_EQ(connection.receive().body, "{}");
}

TEST(WireTls, OffersOutdatedVersionsOnlyWhenAsked) {
  const TlsServer tls("AES256-GCM-SHA384");
  const OneConnection server([&](int fd) { tls.serve(fd); });
  EXPECT_THAT(failureOf([&] { Connection::open(server.tls(), TlsOffer::outdated); }),
              HasSubstr("TLS: handshake: "));
}

TEST(WireTls, OffersMoreThanTheSuiteOfTheDeviceUsually) {
  const TlsServer tls("ECDHE-RSA-AES128-GCM-SHA256");
  const OneConnection server([&](int fd) { tls.serve(fd); });
  Connection connection = Connection::open(server.tls());
  EXPECT_EQ(connection.tls().cipher, "ECDHE-RSA-AES128-GCM-SHA256");
  connection.send("anything");
  EXPECT_EQ(connection.receive().status, 200);
}

}  // namespace
}  // namespace stoklab::conformance
