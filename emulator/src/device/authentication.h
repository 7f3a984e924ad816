// Who may come in: challenges, logins, the lockout and the sessions of one device, as a state
// machine on an injected clock (facts.md sections 5 - 7). It knows nothing of HTTP.
//
// The one thing not to get wrong: decryptPassword() is the only slow step and touches no state, so
// it runs before the device's lock is taken; everything else runs under it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lockout.h"
#include "nonces.h"
#include "sessions.h"
#include "stoklab/emulator/device.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/challenge.h"
#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

// A login request as it came. Without a usable form it is refused like a wrong password but costs
// no attempt.
struct LoginAttempt {
  bool wellFormed = false;
  std::string username = {};
  std::string encryptType = {};
  std::string password = {};  // decoded; base64 or a hash

  static LoginAttempt parse(const protocol::Json& arguments);
};

// What a password field says once it is decrypted.
struct ReadPassword {
  std::string hash = {};
  std::optional<std::string> nonce = {};  // type "2" only
};

class Authentication {
 public:
  // The profile must outlive this.
  Authentication(const fixtures::Profile& profile, const DeviceOptions& options,
                 protocol::RsaPrivateKey key, Environment environment);

  // A fresh challenge for `client`; says so if that client is locked.
  protocol::Challenge challenge(std::string_view client);

  // Pure computation, may run on any thread. nullopt if nothing readable comes out.
  std::optional<ReadPassword> decryptPassword(const LoginAttempt& attempt) const;

  // A login of the wrong form is turned away like a wrong password, but costs no attempt.
  enum class Verdict { admitted, refused, malformed, locked };

  // The outcome of a login: a session, or the challenge to send with the refusal.
  struct Outcome {
    Verdict verdict = Verdict::refused;
    const DeviceSession* session = nullptr;  // lives until the next call
    protocol::Challenge challenge = {};
  };
  // `maxFailures` comes from the device's settings (L8); nullopt: never locks.
  Outcome login(const LoginAttempt& attempt, const std::optional<ReadPassword>& password,
                std::string_view client, std::optional<int> maxFailures);

  // Sets a new password if `oldHash` is the present one; all sessions end. False if it is not.
  bool changePassword(std::string_view oldHash, std::string newHash);

  Sessions& sessions() { return sessions_; }

  // What a restart of the device forgets.
  void restart();

 private:
  // The answer to everybody who is not let in: a challenge that says why, and nothing else.
  Outcome refused(int dataCode, std::string_view client);

  std::optional<std::string> decrypted(std::string_view ciphertext) const;
  bool isRight(const LoginAttempt& attempt, const std::string& hash) const;

  const fixtures::AuthenticationProfile& rules_;
  Lapses lapses_;
  std::string username_;
  std::string passwordHash_;
  std::string lapsedHash_;  // another that passes; empty but for a planted defect
  protocol::RsaPrivateKey key_;
  std::string publicKey_;
  Nonces nonces_;
  Lockout lockout_;
  Sessions sessions_;
};

}  // namespace stoklab::emulator
