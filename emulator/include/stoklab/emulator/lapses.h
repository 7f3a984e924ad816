// Planted defects that lie too deep to be reached from outside: what a device forgets to check at a
// login, and what its server does with bytes that no endpoint ever sees. All are off unless a fault
// asks; see fault.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

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
  bool lockStays = false;       // the seconds run out, and the lock is still on
  bool anyPadding = false;      // the block around a password is not looked at
  bool emptyPassword = false;   // no password at all will do
  bool oneToken = false;        // a login gets the token of the newest session, if there is one
  bool sessionsStay = false;    // however long they are not used
  // Instead of what the profile and the options say.
  std::optional<std::chrono::seconds> lockTime = {};
};

struct ServerLapses {
  bool deafAfterGarbage = false;     // what is no TLS makes it cut off the next to come
  bool deafAfterNonsense = false;    // and so does what is no HTTP
  bool diesOfGarbage = false;        // what is no TLS ends the whole process
  bool turnsNeighboursAway = false;  // nobody is served while a request is there by half
  bool servesCutBodies = false;      // a body that ends early is taken for a whole one
  std::size_t mostPieces = 0;        // of a request; one that comes in more is refused. 0: any
};

}  // namespace stoklab::emulator
