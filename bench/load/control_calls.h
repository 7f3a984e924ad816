// Calls to the control interface of an emulator, one after another, beside a load: resets, faults,
// looks at the journal and the state.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "tls_link.h"

namespace stoklab::bench {

class ControlCalls {
 public:
  // `url` may be empty: nothing is called then.
  explicit ControlCalls(const std::string& url);

  // Goes on with the call that is under way, or begins the next one; never waits.
  void turn();
  std::uint64_t made() const { return made_; }

 private:
  std::optional<Target> target_;
  WireCounts counts_;
  std::unique_ptr<TlsLink> link_;
  Answer answer_;
  bool connected_ = false, busy_ = false;
  std::size_t next_ = 0;
  std::uint64_t made_ = 0;
  std::chrono::steady_clock::time_point notBefore_ = {};
};

}  // namespace stoklab::bench
