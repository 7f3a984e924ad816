// A transport without a network: answers from a list, and remembers what it was asked.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/client/transport.h"

namespace stoklab::client::testing {

class FakeTransport final : public Transport {
 public:
  // Answers and failures are given out in the order in which they were added.
  void answer(std::string_view body, int status = 200);
  void fail(protocol::Error error, bool keptConnectionDied = false);

  // Fails with ErrorKind::transport and a detail that says so when the list is empty.
  Result<HttpAnswer> exchange(const HttpExchange& request) override;
  bool keptConnectionDied() const override { return keptConnectionDied_; }

  const std::vector<HttpExchange>& requests() const { return requests_; }
  // Paths of the requests so far.
  std::vector<std::string> paths() const;
  // Bodies of the requests so far.
  std::vector<std::string> bodies() const;
  bool allAnswersUsed() const { return outcomes_.empty(); }

 private:
  struct Outcome {
    Result<HttpAnswer> result;
    bool keptConnectionDied = false;
  };
  std::deque<Outcome> outcomes_;
  std::vector<HttpExchange> requests_;
  bool keptConnectionDied_ = false;
};

}  // namespace stoklab::client::testing
