#include "control_calls.h"

#include <array>
#include <string_view>

namespace stoklab::bench {
namespace {

constexpr std::chrono::milliseconds kPause{20};

struct Call {
  std::string_view method, path, body;
};
constexpr auto kCalls = std::to_array<Call>({
    {"GET", "/journal?limit=20", ""},
    {"POST", "/faults",
     R"({"faults":[{"when":{"method":"get"},"times":3,"do":{"code":-40109}},)"
     R"({"when":{"method":"get"},"skip":5,"do":{"reset":"after_reading"}},)"
     R"({"when":{"method":"set"},"do":{"status":503}}]})"},
    {"GET", "/state?path=image.switch", ""},
    {"GET", "/sessions", ""},
    {"GET", "/journal/counts", ""},
    {"DELETE", "/faults", ""},
    {"POST", "/clock", R"({"advance_ms":1000})"},
    {"PATCH", "/state", R"({"image":{"switch":{"flicker":"60hz"}}})"},
    {"POST", "/sessions/revoke", "{}"},
    {"POST", "/reset", "{}"},
});

}  // namespace

ControlCalls::ControlCalls(const std::string& url) {
  if (!url.empty()) target_ = loopbackTarget(url);
}

void ControlCalls::turn() {
  const auto now = std::chrono::steady_clock::now();
  if (!target_ || now < notBefore_) return;
  if (!busy_) {
    if (!link_) {
      link_ = std::make_unique<TlsLink>(*target_, nullptr, nullptr, counts_);
      connected_ = false;
    }
    const Call& call = kCalls[next_++ % kCalls.size()];
    std::string text = std::string(call.method) + " " + std::string(call.path) +
                       " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                       "Content-Length: " +
                       std::to_string(call.body.size()) + "\r\n\r\n";
    text += call.body;
    link_->send(std::move(text));
    busy_ = true;
  }
  if (!connected_) {
    if (link_->connect() == TlsLink::State::failed) {
      link_.reset();
      busy_ = false;
      notBefore_ = now + kPause;
      return;
    }
    connected_ = true;
  }
  const auto state = link_->exchange(answer_);
  if (state == TlsLink::State::wantRead || state == TlsLink::State::wantWrite) return;
  if (state == TlsLink::State::done) ++made_;
  if (state == TlsLink::State::failed || answer_.close) link_.reset();
  busy_ = false;
  notBefore_ = now + kPause;
}

}  // namespace stoklab::bench
