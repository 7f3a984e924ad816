#include "authentication.h"

#include <algorithm>
#include <utility>

#include "lax_decrypt.h"
#include "stoklab/protocol/password.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::emulator {

using protocol::Challenge;
using protocol::Json;

namespace {

std::string textIn(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  if (value == nullptr) return {};
  if (const auto* text = value->string()) return *text;
  if (value->integer() != nullptr) return protocol::printJson(*value);
  return {};
}

// What a device computes that has the order of P1 wrong.
std::string saltLastHash(std::string_view password) {
  return protocol::md5UpperHex(std::string(password) + "TPCQ75NF2Y:");
}

std::chrono::milliseconds lockTimeOf(const fixtures::AuthenticationProfile& rules,
                                     const DeviceOptions& options) {
  if (options.lapses.lockTime) return *options.lapses.lockTime;
  return options.lockTime.value_or(rules.lockTime.value);
}

std::string upperCase(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

}  // namespace

LoginAttempt LoginAttempt::parse(const Json& arguments) {
  LoginAttempt attempt;
  if (!arguments.isObject()) return attempt;
  attempt.username = textIn(arguments, "username");
  attempt.encryptType = textIn(arguments, "encrypt_type");
  // Some clients encode the base64 twice over, some a part of it; base64 itself has no '%' (P5).
  attempt.password = protocol::percentDecode(textIn(arguments, "password"));
  attempt.wellFormed =
      !attempt.username.empty() && !attempt.encryptType.empty() && !attempt.password.empty();
  return attempt;
}

Authentication::Authentication(const fixtures::Profile& profile, const DeviceOptions& options,
                               protocol::RsaPrivateKey key, Environment environment)
    : rules_(profile.authentication),
      lapses_(options.lapses),
      username_(options.account.username),
      passwordHash_(protocol::hashPassword(options.account.password)),
      lapsedHash_(lapses_.saltLast ? saltLastHash(options.account.password) : std::string()),
      key_(std::move(key)),
      publicKey_(key_.publicSpkiBase64()),
      nonces_({.length = static_cast<std::size_t>(rules_.nonceLength.value),
               .alphabet = rules_.nonceAlphabet.value,
               .lifetime = rules_.nonceLifetime.value,
               .maxOutstanding = static_cast<std::size_t>(rules_.maxNonces.value),
               .staysGood = lapses_.nonceStaysGood},
              environment),
      lockout_(rules_.lockPerClient.value ? LockScope::client : LockScope::device,
               lockTimeOf(rules_, options), environment.clock, lapses_.lockStays),
      sessions_({.tokenLength = static_cast<std::size_t>(rules_.tokenLength.value),
                 .tokenAlphabet = rules_.tokenAlphabet.value,
                 .lifetime = options.sessionLifetime.value_or(rules_.sessionLifetime.value),
                 .expiry = rules_.sessionExpiry.value,
                 .maxSessions = static_cast<std::size_t>(rules_.maxSessions.value),
                 .staysAlive = lapses_.sessionsStay,
                 .oneToken = lapses_.oneToken},
                environment) {}

Challenge Authentication::challenge(std::string_view client) {
  Challenge challenge{.code = rules_.challengeDataCode.value,
                      .encryptTypes = rules_.encryptTypes.value,
                      .key = publicKey_,
                      .nonce = nonces_.issue()};
  if (!rules_.passwdType.value.empty()) challenge.passwdType = rules_.passwdType.value;
  if (const auto locked = lockout_.lockedFor(client)) {
    challenge.code = rules_.lockedDataCode.value;
    challenge.lockedFor = locked;
  }
  return challenge;
}

std::optional<ReadPassword> Authentication::decryptPassword(const LoginAttempt& attempt) const {
  const auto& types = rules_.encryptTypes.value;
  if (std::find(types.begin(), types.end(), attempt.encryptType) == types.end())
    return std::nullopt;
  if (attempt.encryptType == "1") return ReadPassword{.hash = attempt.password};
  const auto ciphertext = protocol::base64Decode(attempt.password);
  if (!ciphertext) return std::nullopt;
  const auto text = decrypted(*ciphertext);
  if (!text) return std::nullopt;
  const auto colon = text->rfind(':');
  if (colon == std::string::npos)
    return lapses_.noNonce ? std::optional(ReadPassword{.hash = *text}) : std::nullopt;
  return ReadPassword{.hash = text->substr(0, colon), .nonce = text->substr(colon + 1)};
}

std::optional<std::string> Authentication::decrypted(std::string_view ciphertext) const {
  if (auto text = key_.decrypt(ciphertext)) return *std::move(text);
  return lapses_.anyPadding ? decryptLaxly(key_, ciphertext) : std::nullopt;
}

Authentication::Outcome Authentication::login(const LoginAttempt& attempt,
                                              const std::optional<ReadPassword>& password,
                                              std::string_view client,
                                              std::optional<int> maxFailures) {
  const bool right = password && isRight(attempt, password->hash);
  if (lockout_.lockedFor(client) && !(right && lapses_.lockForgives))
    return {.verdict = Verdict::locked, .challenge = challenge(client)};
  if (attempt.password.empty() && attempt.username == username_ && lapses_.emptyPassword)
    return {.verdict = Verdict::admitted, .session = &sessions_.open(rules_.userGroup.value)};
  if (!attempt.wellFormed) {
    if (lapses_.formlessCounts) lockout_.recordFailure(client, maxFailures);
    Outcome outcome = refused(rules_.refusedDataCode.value, client);
    outcome.verdict = Verdict::malformed;
    return outcome;
  }
  // A nonce is spent by the attempt that carries it, whatever the password.
  if (password && password->nonce && !nonces_.redeem(*password->nonce) && !lapses_.anyNonce)
    return refused(rules_.staleNonceDataCode.value, client);
  if (!right) {
    const auto left = lockout_.recordFailure(client, maxFailures);
    Outcome outcome = refused(rules_.refusedDataCode.value, client);
    outcome.challenge.attemptsLeft = left;
    outcome.challenge.maxAttempts = maxFailures;
    return outcome;
  }
  lockout_.recordSuccess(client);
  return {.verdict = Verdict::admitted, .session = &sessions_.open(rules_.userGroup.value)};
}

bool Authentication::isRight(const LoginAttempt& attempt, const std::string& hash) const {
  if (attempt.username != username_ && !lapses_.anyUser) return false;
  if (protocol::sameSecret(hash, passwordHash_)) return true;
  if (lapses_.lowerCaseHash && protocol::sameSecret(upperCase(hash), passwordHash_)) return true;
  return !lapsedHash_.empty() && protocol::sameSecret(hash, lapsedHash_);
}

Authentication::Outcome Authentication::refused(int dataCode, std::string_view client) {
  Outcome outcome{.challenge = challenge(client)};
  outcome.challenge.code = dataCode;
  // The attempt that turns the lock on is still answered as a wrong password, with none left.
  outcome.challenge.lockedFor.reset();
  return outcome;
}

bool Authentication::changePassword(std::string_view oldHash, std::string newHash) {
  if (!protocol::sameSecret(oldHash, passwordHash_)) return false;
  passwordHash_ = std::move(newHash);
  sessions_.endAll();
  return true;
}

void Authentication::restart() {
  nonces_.clear();
  lockout_.clear();
  sessions_.endAll();
}

}  // namespace stoklab::emulator
