// Who may come in: challenges, logins, the lockout and the sessions of one device, as a state
// machine on an injected clock (facts.md sections 5 - 7). It knows nothing of HTTP.
//
// The one thing not to get wrong: decryptPassword() is the only slow step and touches no state, so
// it runs before the device's lock is taken; everything else runs under it.
#pragma once

#include <chrono>
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
#include "stoklab/protocol/password.h"

namespace stoklab::emulator {

// The keys of challenges and how these write them; many devices may share them.
struct LoginMaterial {
  LoginMaterial(LoginKeys loginKeys, const fixtures::AuthenticationProfile& rules);

  LoginKeys keys;
  std::string publicKey;
  std::optional<std::string> secondPublicKey = {};
};

// What is the same in all challenges of a device that nobody is locked out of: all but the nonce.
protocol::Challenge usualChallenge(const fixtures::AuthenticationProfile& rules,
                                   const LoginMaterial& material);

// A login request as it came. Without a usable form it is refused like a wrong password but costs
// no attempt.
struct LoginAttempt {
  bool wellFormed = false;
  std::string username = {};
  std::string encryptType = {};
  std::string keyType = {};         // "1": encrypted with the second key (C5)
  std::string md5EncryptType = {};  // of type "3" (P9)
  std::string password = {};        // decoded; base64, a hash or a digest
};

// What a password field says once it is decrypted.
struct ReadPassword {
  std::string hash = {};                  // the transformed password; of types "1" and "2"
  std::optional<std::string> nonce = {};  // type "2" only
  std::string digest = {};                // of the password and some nonce; of type "3"
};

class Authentication {
 public:
  // The profile and the keys must outlive this.
  Authentication(const fixtures::Profile& profile, const DeviceOptions& options,
                 const LoginMaterial& material, Environment environment);

  // A fresh challenge for `client`; says so if that client is locked, and how.
  protocol::Challenge challenge(std::string_view client);

  // Pure computation, may run on any thread.
  LoginAttempt readAttempt(const protocol::Json& arguments) const;

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

  // The transformed password in a field of a request other than the login, bare or encrypted for a
  // nonce; empty if it is neither. Pure computation.
  std::string readHash(const std::string& text) const;

  // Sets a new password if `oldHash` is the present one; all sessions end. False if it is not.
  // The new password is known by what it transforms to alone, so nobody gets in by type "3" from
  // then on.
  bool changePassword(std::string_view oldHash, std::string newHash);

  // Whether `client` sees a device that has no password yet, so that takeFirstPassword() may be
  // called.
  bool isFactory(std::string_view client) {
    return lockout_.lockOn(client).kind == LockKind::factory;
  }
  // The first password, transformed; opens a session. nullptr if the user is not the one there is,
  // or the hash is none.
  const DeviceSession* takeFirstPassword(const LoginAttempt& attempt, std::string hash,
                                         std::string_view client);

  // As Lockout::impose(). A device without a password has no sessions.
  void impose(LockKind kind, std::optional<std::chrono::seconds> time, std::string_view client);
  LockFacts lockFacts() const { return lockout_.facts(); }

  Sessions& sessions() { return sessions_; }
  const Sessions& sessions() const { return sessions_; }

  // What a restart of the device forgets.
  void restart();
  // As it was when it was made with these options.
  void reset(const DeviceOptions& options);

 private:
  Outcome admitted(const LoginAttempt& attempt);
  // The answer to everybody who is not let in: a challenge that says why, and nothing else.
  Outcome refused(int dataCode, std::string_view client);

  std::optional<std::string> decrypted(const protocol::RsaPrivateKey& key,
                                       std::string_view ciphertext) const;
  // The outstanding nonce that a digest was made with; nullopt if there is none, or the password is
  // another.
  std::optional<std::string> nonceOf(const std::string& digest) const;
  bool isRight(const LoginAttempt& attempt, const ReadPassword& password) const;
  bool isRightHash(const std::string& hash) const;
  void takePassword(const std::string& password);

  const fixtures::AuthenticationProfile& rules_;
  Lapses lapses_;
  std::string username_;
  Admission admission_;
  protocol::PasswordTransform transform_;
  std::string passwordHash_;
  std::string password_;    // for type "3" only; empty elsewhere and once it has been changed
  std::string lapsedHash_;  // another that passes; empty but for a planted defect
  const LoginMaterial& material_;
  Nonces nonces_;
  Lockout lockout_;
  Sessions sessions_;
};

}  // namespace stoklab::emulator
