// What a request costs a client: stoklab's own library beside libcurl, against the same server, in
// one program, in turns. Prints one JSON object with the medians in microseconds.
//
//   STOKLAB_PASSWORD=... bench_client --url URL [--count N]
#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../load/login_text.h"
#include "stoklab/client/https_transport.h"
#include "stoklab/client/session.h"
#include "stoklab/protocol/json.h"

namespace {

using namespace stoklab;  // NOLINT
using Clock = std::chrono::steady_clock;

constexpr int kMostCount = 20'000;
constexpr std::string_view kGetBody = R"({"method":"get","image":{"name":"switch"}})";

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "error: %s\n", what.c_str());
  std::exit(3);
}

double microsecondsOf(const std::function<void()>& step) {
  const auto begin = Clock::now();
  step();
  return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

protocol::Request getRequest() {
  protocol::Json modules =
      protocol::Json::object({{"image", protocol::Json::object({{"name", "switch"}})}});
  return {.method = protocol::Method::get, .modules = std::move(modules)};
}

// Our library: a session that logs in when it has to.
class Own {
 public:
  Own(std::string host, std::uint16_t port, std::string password)
      : transport_({.host = std::move(host), .port = port}),
        session_(transport_, {.password = std::move(password)}) {}

  void get() {
    if (const auto reply = session_.send(request_); !reply) fail(reply.error().detail);
  }

 private:
  client::HttpsTransport transport_;
  client::Session session_;
  const protocol::Request request_ = getRequest();
};

// libcurl, with the login by OpenSSL, and no look into the answer but whether it is a success.
class Curl {
 public:
  Curl(std::string url, std::string password)
      : curl_(curl_easy_init()), url_(std::move(url)), maker_("admin", std::move(password)) {
    headers_ = curl_slist_append(nullptr, "Content-Type: application/json");
    set(CURLOPT_SSL_VERIFYPEER, 0L);
    set(CURLOPT_SSL_VERIFYHOST, 0L);
    set(CURLOPT_SSL_CIPHER_LIST, "AES256-GCM-SHA384:@SECLEVEL=0");
    set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    set(CURLOPT_HTTPHEADER, headers_);
    set(CURLOPT_WRITEFUNCTION, &Curl::take);
    set(CURLOPT_WRITEDATA, &answer_);
    set(CURLOPT_TIMEOUT, 30L);
  }
  ~Curl() {
    curl_slist_free_all(headers_);
    curl_easy_cleanup(curl_);
  }
  Curl(const Curl&) = delete;
  Curl& operator=(const Curl&) = delete;

  void get() {
    if (path_.empty()) login();
    post(path_, kGetBody);
    if (!bench::saysSuccess(answer_)) fail("libcurl's get is refused: " + answer_);
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(curl_, option, value);
  }

  static std::size_t take(char* text, std::size_t size, std::size_t count, void* into) {
    static_cast<std::string*>(into)->append(text, size * count);
    return size * count;
  }

  void post(const std::string& path, std::string_view body) {
    answer_.clear();
    const std::string url = url_ + path;
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_POSTFIELDS, body.data());
    set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    if (const auto code = curl_easy_perform(curl_); code != CURLE_OK)
      fail(curl_easy_strerror(code));
  }

  void login() {
    post("/", bench::kChallengeBody);
    const auto body = maker_.loginBody(answer_);
    if (!body) fail("libcurl got no challenge: " + answer_);
    post("/", *body);
    const auto token = bench::memberText(answer_, "stok");
    if (!token) fail("libcurl is not admitted: " + answer_);
    char* const escaped = curl_easy_escape(curl_, token->c_str(), 0);
    path_ = std::string("/stok=") + escaped + "/ds";
    curl_free(escaped);
  }

  CURL* const curl_;
  const std::string url_;
  bench::PasswordMaker maker_;
  curl_slist* headers_ = nullptr;
  std::string path_, answer_;
};

struct Options {
  std::string url, host;
  std::uint16_t port = 0;
  int count = 2000;
};

Options readOptions(int count, char** words) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = words[i];
    if (name == "--url")
      options.url = words[i + 1];
    else if (name == "--count")
      options.count = std::atoi(words[i + 1]);
    else
      fail("unknown option " + std::string(name));
  }
  constexpr std::string_view kScheme = "https://127.";
  const auto colon = options.url.rfind(':');
  if (!options.url.starts_with(kScheme) || colon < kScheme.size())
    fail("--url takes https://127.a.b.c:PORT: no other address is ever connected to");
  if (options.count < 1 || options.count > kMostCount) fail("--count is from 1 to 20000");
  constexpr std::size_t kHostAt = std::string_view("https://").size();
  options.host = options.url.substr(kHostAt, colon - kHostAt);
  options.port = static_cast<std::uint16_t>(std::atoi(options.url.c_str() + colon + 1));
  return options;
}

}  // namespace

int main(int count, char** words) {
  const Options options = readOptions(count, words);
  const char* const password = std::getenv("STOKLAB_PASSWORD");
  if (password == nullptr) fail("set STOKLAB_PASSWORD");
  curl_global_init(CURL_GLOBAL_ALL);

  // On kept connections, in turns.
  std::vector<double> ownKept, curlKept;
  {
    Own own(options.host, options.port, password);
    Curl curl(options.url, password);
    for (int i = 0; i < options.count; ++i) {
      ownKept.push_back(microsecondsOf([&] { own.get(); }));
      curlKept.push_back(microsecondsOf([&] { curl.get(); }));
    }
  }
  // From nothing to the first answer: connection, challenge, login, get.
  std::vector<double> ownFirst, curlFirst;
  for (int i = 0; i < std::max(options.count / 40, 5); ++i) {
    ownFirst.push_back(microsecondsOf([&] { Own(options.host, options.port, password).get(); }));
    curlFirst.push_back(microsecondsOf([&] { Curl(options.url, password).get(); }));
  }
  std::printf(
      "{\"schema_version\":1,\"get_us\":{\"stoklab\":%.1f,\"libcurl\":%.1f},"
      "\"first_us\":{\"stoklab\":%.1f,\"libcurl\":%.1f}}\n",
      median(ownKept), median(curlKept), median(ownFirst), median(curlFirst));
  curl_global_cleanup();
  return 0;
}
