// Challenges for the wire. Nearly all of them differ in their nonce only, so the rest of the usual
// one is written once and kept.
#pragma once

#include <string>

#include "state_tree.h"
#include "stoklab/protocol/challenge.h"

namespace stoklab::emulator {

// Immutable; may be used from several threads.
class ChallengeText {
 public:
  // `usual` needs no nonce.
  ChallengeText(protocol::Challenge usual, WireStyle style);

  // Appends any challenge, as appendWire() would.
  void append(const protocol::Challenge& challenge, std::string& out) const;

 private:
  const protocol::Challenge usual_;  // with the nonce that stood between the two
  const WireStyle style_;
  std::string before_, after_;
};

}  // namespace stoklab::emulator
