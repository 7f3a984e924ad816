// Planted defects that lie too deep to be reached from outside of a device: what it forgets to
// check at a login. All are off unless a fault asks; see fault.h.
#pragma once

namespace stoklab::emulator {

struct Lapses {
  bool nonceStaysGood = false;  // a nonce may be used again
  bool anyNonce = false;        // one that was never given out will do
  bool noNonce = false;         // and so will none at all
  bool lowerCaseHash = false;   // the hash is compared without regard to case
  bool saltLast = false;        // a hash with the salt behind the password passes, too
  bool anyUser = false;         // the name is not compared
  bool formlessCounts = false;  // a login of the wrong form costs an attempt
  bool lockForgives = false;    // the right password opens a locked device
};

}  // namespace stoklab::emulator
