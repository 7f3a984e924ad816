#include "first_login.h"

#include <poll.h>

#include <chrono>
#include <utility>

namespace stoklab::bench {

std::string commandPath(const Target& target, SSL_CTX* context, Shared& shared, std::string& why) {
  WireCounts counts;
  TlsLink link(target, context, nullptr, counts);
  ClientScript script(shared);
  Answer answer;
  for (const Step step : {Step::connect, Step::challenge, Step::login}) {
    if (step != Step::connect) {
      std::string request = script.requestOf(step, false);
      if (request.empty()) {
        why = "the challenge cannot be answered";
        return {};
      }
      link.send(std::move(request));
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (true) {
      const auto state = step == Step::connect ? link.connect() : link.exchange(answer);
      if (state == TlsLink::State::done) break;
      if (state == TlsLink::State::failed || std::chrono::steady_clock::now() > end) {
        why = state == TlsLink::State::failed ? link.failure() : "no answer within ten seconds";
        return {};
      }
      pollfd waiting{
          .fd = link.descriptor(),
          .events = static_cast<short>(state == TlsLink::State::wantRead ? POLLIN : POLLOUT),
          .revents = 0};
      ::poll(&waiting, 1, 1000);
    }
    if (step == Step::connect) continue;
    if (const auto wrong = script.judge(step, answer)) {
      why = "login: " + *wrong;
      return {};
    }
  }
  return "/stok=" + memberText(answer.body, "stok").value_or("") + "/ds";
}

}  // namespace stoklab::bench
