// The floor: the least that a TLS server of one answer costs. OpenSSL and epoll, one thread, no
// state, no time-outs, no limits, and no HTTP to speak of: a request is over when its stated length
// is there. It answers a challenge and a login as well (with one RSA decryption), and everything
// else with one fixed body.
//
//   bench_floor --cert FILE --key FILE --body FILE [--port-file FILE]
//   bench_floor --rsa SECONDS       how often a second one core decrypts with RSA-1024
//
// The one thing not to get wrong: it is a yardstick on the loopback interface, not a server.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: ";

std::string answerText(std::string_view body) {
  std::string text(kHead);
  text += std::to_string(body.size());
  text += "\r\nConnection: keep-alive\r\n\r\n";
  text += body;
  return text;
}

std::string base64(const std::string& bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

// "+", "/" and "=" as the protocol writes them.
std::string percentEncoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '+')
      out += "%2b";
    else if (c == '/')
      out += "%2f";
    else if (c == '=')
      out += "%3d";
    else
      out += c;
  }
  return out;
}

// The login key, and what is done with it.
class LoginKey {
 public:
  LoginKey() : key_(EVP_RSA_gen(1024)), context_(EVP_PKEY_CTX_new(key_, nullptr)) {
    EVP_PKEY_decrypt_init(context_);
    EVP_PKEY_CTX_set_rsa_padding(context_, RSA_PKCS1_PADDING);
  }
  ~LoginKey() {
    EVP_PKEY_CTX_free(context_);
    EVP_PKEY_free(key_);
  }
  LoginKey(const LoginKey&) = delete;
  LoginKey& operator=(const LoginKey&) = delete;

  std::string challenge() const {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key_, &der);
    const std::string key =
        percentEncoded(base64({reinterpret_cast<char*>(der), static_cast<std::size_t>(size)}));
    OPENSSL_free(der);
    return R"({"error_code":-40401,"data":{"code":-40407,"encrypt_type":["1","2"],"key":")" + key +
           R"(","nonce":"Abcdefgh","passwdType":"md5"}})";
  }
  // What the password in a login is.
  bool decrypts(std::string_view cipher) {
    std::array<unsigned char, 256> bytes{};
    std::array<unsigned char, 256> plain{};
    if (cipher.size() > 200) return false;
    const int size =
        EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(cipher.data()),
                        static_cast<int>(cipher.size()));
    std::size_t length = plain.size();
    return size >= 128 && EVP_PKEY_decrypt(context_, plain.data(), &length, bytes.data(), 128) == 1;
  }
  std::string encrypted() const {
    const std::string text(41, 'A');
    EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new(key_, nullptr);
    std::string cipher(128, '\0');
    std::size_t size = cipher.size();
    EVP_PKEY_encrypt_init(context);
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING);
    EVP_PKEY_encrypt(context, reinterpret_cast<unsigned char*>(cipher.data()), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size());
    EVP_PKEY_CTX_free(context);
    return base64(cipher);
  }

 private:
  EVP_PKEY* key_;
  EVP_PKEY_CTX* context_;
};

struct Answers {
  std::string fixed, challenge, login;
};

struct Connection {
  int descriptor = -1;
  SSL* ssl = nullptr;
  bool ready = false;
  std::string in = {};
  ~Connection() {
    SSL_free(ssl);
    if (descriptor >= 0) ::close(descriptor);
  }
};

// The length of the first request in `text`; 0 if it is not whole.
std::size_t requestLength(std::string_view text) {
  const auto end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  constexpr std::string_view kLength = "Content-Length: ";
  std::size_t size = 0;
  const auto at = text.substr(0, end).find(kLength);
  if (at != std::string_view::npos)
    std::from_chars(text.data() + at + kLength.size(), text.data() + end, size);
  const std::size_t whole = end + 4 + size;
  return text.size() >= whole ? whole : 0;
}

const std::string& answerTo(std::string_view request, const Answers& answers, LoginKey& key) {
  // Commands have a session in their path, and nothing else has.
  if (request.starts_with("POST / ")) {
    constexpr std::string_view kPassword = R"("password":")";
    const auto at = request.find(kPassword);
    if (at == std::string_view::npos) return answers.challenge;
    std::string_view cipher = request.substr(at + kPassword.size());
    cipher = cipher.substr(0, cipher.find('"'));
    std::string plain;  // clients may send it percent-encoded
    for (std::size_t i = 0; i < cipher.size(); ++i) {
      if (cipher[i] == '%' && i + 2 < cipher.size()) {
        unsigned value = 0;
        std::from_chars(cipher.data() + i + 1, cipher.data() + i + 3, value, 16);
        plain += static_cast<char>(value);
        i += 2;
      } else {
        plain += cipher[i];
      }
    }
    return key.decrypts(plain) ? answers.login : answers.challenge;
  }
  return answers.fixed;
}

// False if the connection is over.
bool serve(Connection& connection, const Answers& answers, LoginKey& key) {
  if (!connection.ready) {
    const int result = SSL_do_handshake(connection.ssl);
    if (result != 1) return SSL_get_error(connection.ssl, result) == SSL_ERROR_WANT_READ;
    connection.ready = true;
    if (SSL_has_pending(connection.ssl) == 0) return true;
  }
  std::array<char, 16 * 1024> buffer;  // NOLINT: filled by the read
  do {
    std::size_t got = 0;
    const int result = SSL_read_ex(connection.ssl, buffer.data(), buffer.size(), &got);
    if (result != 1) return SSL_get_error(connection.ssl, result) == SSL_ERROR_WANT_READ;
    std::string_view text(buffer.data(), got);
    if (!connection.in.empty()) text = connection.in.append(text);
    while (const std::size_t length = requestLength(text)) {
      const std::string& answer = answerTo(text.substr(0, length), answers, key);
      std::size_t taken = 0;
      if (SSL_write_ex(connection.ssl, answer.data(), answer.size(), &taken) != 1) return false;
      text.remove_prefix(length);
    }
    connection.in = std::string(text);
  } while (SSL_has_pending(connection.ssl) != 0);
  return true;
}

std::string contentOf(const char* file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

SSL_CTX* contextFor(const char* certificate, const char* key) {
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, "AES256-GCM-SHA384");
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>("floor"), 5);
  if (SSL_CTX_use_certificate_file(context, certificate, SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
    std::cerr << "error: certificate or key cannot be read\n";
    std::exit(2);
  }
  return context;
}

int run(const char* certificate, const char* key, const char* body, const char* portFile) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  LoginKey loginKey;
  const Answers answers{
      .fixed = answerText(contentOf(body)),
      .challenge = answerText(loginKey.challenge()),
      .login = answerText(R"({"error_code":0,"stok":"0123456789abcdef","user_group":"root"})")};
  SSL_CTX* const context = contextFor(certificate, key);
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener, 4096) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::perror("error: cannot listen");
    return 3;
  }
  const std::string temporary = std::string(portFile) + ".tmp";
  std::ofstream(temporary) << ntohs(address.sin_port) << "\n";
  std::rename(temporary.c_str(), portFile);

  const int epoll = ::epoll_create1(0);
  epoll_event event{};
  event.events = EPOLLIN;
  ::epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  std::array<epoll_event, 256> events{};
  while (true) {
    const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      auto* const connection =
          static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (connection != nullptr) {
        if (!serve(*connection, answers, loginKey)) {
          ERR_clear_error();
          delete connection;  // NOLINT: the epoll instance held it
        }
        continue;
      }
      int accepted = 0;
      while ((accepted = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0) {
        const int on = 1;
        ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        auto fresh = std::make_unique<Connection>();
        fresh->descriptor = accepted;
        fresh->ssl = SSL_new(context);
        SSL_set_fd(fresh->ssl, accepted);
        SSL_set_accept_state(fresh->ssl);
        event.events = EPOLLIN;
        event.data.ptr = fresh.release();
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &event);
      }
    }
  }
}

int measureRsa(double seconds) {
  LoginKey key;
  const std::string cipher = key.encrypted();
  const auto start = std::chrono::steady_clock::now();
  std::size_t done = 0;
  double took = 0;
  while (took < seconds) {
    for (int i = 0; i < 100; ++i, ++done)
      if (!key.decrypts(cipher)) return 5;
    took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  std::cout << "{\"schema_version\":1,\"rate\":" << static_cast<double>(done) / took << "}\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const char *certificate = nullptr, *key = nullptr, *body = nullptr, *port = nullptr;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--rsa") return measureRsa(std::clamp(std::atof(argv[i + 1]), 0.01, 60.0));
    if (name == "--cert") certificate = argv[i + 1];
    if (name == "--key") key = argv[i + 1];
    if (name == "--body") body = argv[i + 1];
    if (name == "--port-file") port = argv[i + 1];
  }
  if (certificate == nullptr || key == nullptr || body == nullptr || port == nullptr) {
    std::cerr << "usage: bench_floor --cert FILE --key FILE --body FILE --port-file FILE\n"
                 "       bench_floor --rsa SECONDS\n";
    return 2;
  }
  return run(certificate, key, body, port);
}
