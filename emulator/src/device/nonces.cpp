#include "nonces.h"

#include <algorithm>

namespace stoklab::emulator {

std::string Nonces::issue() {
  while (outstanding_.size() >= rules_.maxOutstanding) outstanding_.pop_front();
  std::string nonce = environment_.random.text(rules_.length, rules_.alphabet);
  outstanding_.push_back({nonce, environment_.clock.now() + rules_.lifetime});
  return nonce;
}

bool Nonces::redeem(std::string_view nonce) {
  const auto found = std::find_if(outstanding_.begin(), outstanding_.end(),
                                  [&](const Issued& issued) { return issued.nonce == nonce; });
  if (found == outstanding_.end()) return false;
  const bool fresh = environment_.clock.now() < found->expires;
  if (!rules_.staysGood) outstanding_.erase(found);
  return fresh;
}

}  // namespace stoklab::emulator
