// The nonces that a device has handed out and not yet seen again (facts.md C8, C9). Each is good
// for one login, for a while; their number is bounded, and the oldest goes.
//
// Not synchronised: the device's lock covers it.
#pragma once

#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "stoklab/emulator/environment.h"

namespace stoklab::emulator {

class Nonces {
 public:
  struct Rules {
    std::size_t length = 8;
    std::string_view alphabet;  // must outlive the nonces
    std::chrono::seconds lifetime{};
    std::size_t maxOutstanding = 1;
    bool staysGood = false;  // a planted defect: a nonce is not used up
  };

  Nonces(Rules rules, Environment environment)
      : rules_(std::move(rules)), environment_(environment) {}

  std::string issue();

  // True if `nonce` was issued, is fresh and has not been used; it is used up by this.
  bool redeem(std::string_view nonce);

  // The first fresh one, oldest first, that `matches`; it is not used up.
  template <class Matches>
  std::optional<std::string> find(const Matches& matches) const {
    const auto now = environment_.clock.now();
    for (const Issued& issued : outstanding_)
      if (now < issued.expires && matches(issued.nonce)) return issued.nonce;
    return std::nullopt;
  }

  void clear() { outstanding_.clear(); }
  std::size_t size() const { return outstanding_.size(); }

 private:
  struct Issued {
    std::string nonce;
    Clock::Time expires;
  };

  Rules rules_;
  Environment environment_;
  std::list<Issued> outstanding_;  // oldest first
};

}  // namespace stoklab::emulator
