#include "stoklab/client/testing/fake_transport.h"

#include <utility>

namespace stoklab::client::testing {

void FakeTransport::answer(std::string_view body, int status) {
  outcomes_.push_back({HttpAnswer{.status = status, .body = std::string(body)}});
}

void FakeTransport::fail(protocol::Error error, bool keptConnectionDied) {
  outcomes_.push_back({std::move(error), keptConnectionDied});
}

Result<HttpAnswer> FakeTransport::exchange(const HttpExchange& request) {
  requests_.push_back(request);
  keptConnectionDied_ = false;
  if (outcomes_.empty()) {
    return protocol::Error{.kind = protocol::ErrorKind::transport,
                           .detail = "the test has no answer for this request"};
  }
  Outcome outcome = std::move(outcomes_.front());
  outcomes_.pop_front();
  keptConnectionDied_ = outcome.keptConnectionDied;
  return std::move(outcome.result);
}

std::vector<std::string> FakeTransport::paths() const {
  std::vector<std::string> paths;
  for (const auto& request : requests_) paths.push_back(request.path);
  return paths;
}

std::vector<std::string> FakeTransport::bodies() const {
  std::vector<std::string> bodies;
  for (const auto& request : requests_) bodies.push_back(request.body);
  return bodies;
}

}  // namespace stoklab::client::testing
