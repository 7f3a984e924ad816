#include "authentication.h"

#include <algorithm>
#include <utility>

#include "lax_decrypt.h"
#include "stoklab/protocol/device_code.h"
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

protocol::PasswordTransform transformOf(const fixtures::AuthenticationProfile& rules) {
  return rules.passwordTransform.value == fixtures::PasswordTransform::orgAuthPwd
             ? protocol::PasswordTransform::orgAuthPwd
             : protocol::PasswordTransform::md5;
}

protocol::SpkiForm formOf(const fixtures::AuthenticationProfile& rules) {
  return rules.keyForm.value == fixtures::KeyForm::spkiWithoutSignByte
             ? protocol::SpkiForm::withoutSignByte
             : protocol::SpkiForm::strict;
}

bool contains(const std::vector<std::string>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// What is published of L7; a profile knows the code of a timed lock.
int dataCodeOf(LockKind kind, const fixtures::AuthenticationProfile& rules) {
  switch (kind) {
    case LockKind::forGood:
      return protocol::code::kLockedForGood;
    case LockKind::factory:
      return protocol::code::kFactoryState;
    case LockKind::clientsFull:
      return protocol::code::kTooManyClients;
    case LockKind::timed:
    case LockKind::none:
      break;
  }
  return rules.lockedDataCode.value;
}

// How many characters of base64 hold what a key of that size encrypts.
std::size_t encryptedLength(const protocol::RsaPrivateKey& key) {
  return ((key.bits() + 7) / 8 + 2) / 3 * 4;
}

std::string upperCase(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

}  // namespace

LoginAttempt Authentication::readAttempt(const Json& arguments) const {
  LoginAttempt attempt;
  if (!arguments.isObject()) return attempt;
  attempt.username = textIn(arguments, "username");
  attempt.encryptType = textIn(arguments, "encrypt_type");
  attempt.keyType = textIn(arguments, "keyType");
  attempt.md5EncryptType = textIn(arguments, "md5_encrypt_type");
  // The oldest clients of the Chinese family send the transformed password and nothing else (P7).
  if (attempt.encryptType.empty() && transform_ == protocol::PasswordTransform::orgAuthPwd &&
      arguments.find("encrypt_type") == nullptr)
    attempt.encryptType = "1";
  // Some clients encode the base64 twice over, some a part of it; base64 itself has no '%' (P5).
  attempt.password = protocol::percentDecode(textIn(arguments, "password"));
  attempt.wellFormed =
      !attempt.username.empty() && !attempt.encryptType.empty() && !attempt.password.empty();
  return attempt;
}

LoginMaterial::LoginMaterial(LoginKeys loginKeys, const fixtures::AuthenticationProfile& rules)
    : keys(std::move(loginKeys)), publicKey(keys.first.publicSpkiBase64(formOf(rules))) {
  if (keys.second) secondPublicKey = keys.second->publicSpkiBase64(formOf(rules));
}

Challenge usualChallenge(const fixtures::AuthenticationProfile& rules,
                         const LoginMaterial& material) {
  Challenge challenge{.code = rules.challengeDataCode.value,
                      .encryptTypes = rules.encryptTypes.value,
                      .key = material.publicKey,
                      .key2 = material.secondPublicKey};
  if (!rules.md5EncryptType.value.empty()) challenge.md5EncryptType = rules.md5EncryptType.value;
  if (!rules.passwdType.value.empty()) challenge.passwdType = rules.passwdType.value;
  return challenge;
}

Authentication::Authentication(const fixtures::Profile& profile, const DeviceOptions& options,
                               const LoginMaterial& material, Environment environment)
    : rules_(profile.authentication),
      lapses_(options.lapses),
      username_(options.account.username),
      admission_(options.account.admission),
      transform_(transformOf(rules_)),
      lapsedHash_(lapses_.saltLast ? saltLastHash(options.account.password) : std::string()),
      material_(material),
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
                environment) {
  takePassword(options.account.password);
}

void Authentication::takePassword(const std::string& password) {
  passwordHash_ = protocol::transformPassword(transform_, password);
  if (contains(rules_.encryptTypes.value, "3")) password_ = password;
}

Challenge Authentication::challenge(std::string_view client) {
  Challenge challenge = usualChallenge(rules_, material_);
  challenge.nonce = nonces_.issue();
  if (const Lock lock = lockout_.lockOn(client); lock.kind != LockKind::none) {
    challenge.code = dataCodeOf(lock.kind, rules_);
    challenge.lockedFor = lock.left;
  }
  return challenge;
}

std::optional<ReadPassword> Authentication::decryptPassword(const LoginAttempt& attempt) const {
  if (!contains(rules_.encryptTypes.value, attempt.encryptType)) return std::nullopt;
  if (attempt.encryptType == "1") return ReadPassword{.hash = attempt.password};
  if (attempt.encryptType == "3") {
    const std::string& kind = rules_.md5EncryptType.value;
    if (kind.empty() || attempt.md5EncryptType != kind) return std::nullopt;
    return ReadPassword{.digest = attempt.password};
  }
  const auto ciphertext = protocol::base64Decode(attempt.password);
  if (!ciphertext) return std::nullopt;
  const bool useSecond = attempt.keyType == "1" && material_.keys.second.has_value();
  const auto text =
      decrypted(useSecond ? *material_.keys.second : material_.keys.first, *ciphertext);
  if (!text) return std::nullopt;
  const auto colon = text->rfind(':');
  if (colon == std::string::npos)
    return lapses_.noNonce ? std::optional(ReadPassword{.hash = *text}) : std::nullopt;
  return ReadPassword{.hash = text->substr(0, colon), .nonce = text->substr(colon + 1)};
}

std::optional<std::string> Authentication::decrypted(const protocol::RsaPrivateKey& key,
                                                     std::string_view ciphertext) const {
  if (auto text = key.decrypt(ciphertext)) return *std::move(text);
  return lapses_.anyPadding ? decryptLaxly(key, ciphertext) : std::nullopt;
}

std::string Authentication::readHash(const std::string& text) const {
  const bool encrypted = text.size() == encryptedLength(material_.keys.first);
  const auto password =
      decryptPassword({.wellFormed = true, .encryptType = encrypted ? "2" : "1", .password = text});
  if (!password) return {};
  constexpr std::size_t kMd5Digits = 32;
  constexpr std::size_t kShortestOrgAuthPwd = 15;
  const std::size_t size = password->hash.size();
  const bool inForm = transform_ == protocol::PasswordTransform::md5 ? size == kMd5Digits
                                                                     : size >= kShortestOrgAuthPwd;
  return inForm ? password->hash : std::string();
}

std::optional<std::string> Authentication::nonceOf(const std::string& digest) const {
  if (digest.empty() || password_.empty()) return std::nullopt;
  return nonces_.find([&](const std::string& nonce) {
    return protocol::sameSecret(protocol::digestForNonce(password_, nonce), digest);
  });
}

Authentication::Outcome Authentication::login(const LoginAttempt& attempt,
                                              const std::optional<ReadPassword>& password,
                                              std::string_view client,
                                              std::optional<int> maxFailures) {
  const bool right = password && isRight(attempt, *password);
  const LockKind lock = lockout_.lockOn(client).kind;
  const bool forgiven = lock == LockKind::timed && right && lapses_.lockForgives;
  if (lock != LockKind::none && !forgiven)
    return {.verdict = Verdict::locked, .challenge = challenge(client)};
  if (attempt.password.empty() && attempt.username == username_ && lapses_.emptyPassword)
    return admitted(attempt);
  if (!attempt.wellFormed) {
    if (lapses_.formlessCounts) lockout_.recordFailure(client, maxFailures);
    Outcome outcome = refused(rules_.refusedDataCode.value, client);
    outcome.verdict = Verdict::malformed;
    return outcome;
  }
  // A nonce is spent by the attempt that carries it, whatever the password.
  if (password && password->nonce && !nonces_.redeem(*password->nonce) && !lapses_.anyNonce)
    return refused(rules_.staleNonceDataCode.value, client);
  if (const auto used = right ? nonceOf(password->digest) : std::nullopt) nonces_.redeem(*used);
  if (!right) {
    const auto left = lockout_.recordFailure(client, maxFailures);
    Outcome outcome = refused(rules_.refusedDataCode.value, client);
    outcome.challenge.attemptsLeft = left;
    outcome.challenge.maxAttempts = maxFailures;
    return outcome;
  }
  lockout_.recordSuccess(client);
  return admitted(attempt);
}

Authentication::Outcome Authentication::admitted(const LoginAttempt& attempt) {
  return {.verdict = Verdict::admitted,
          .session = &sessions_.open(attempt.username, rules_.userGroup.value)};
}

bool Authentication::isRight(const LoginAttempt& attempt, const ReadPassword& password) const {
  if (admission_ == Admission::anybody) return true;
  if (attempt.username != username_ && !lapses_.anyUser) return false;
  if (admission_ == Admission::anyPassword) return true;
  // A digest says nothing but whether it is right: an outdated nonce looks like a wrong password.
  if (!password.digest.empty()) return nonceOf(password.digest).has_value();
  return isRightHash(password.hash);
}

bool Authentication::isRightHash(const std::string& hash) const {
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
  password_.clear();
  sessions_.endAll();
  return true;
}

const DeviceSession* Authentication::takeFirstPassword(const LoginAttempt& attempt,
                                                       std::string hash, std::string_view client) {
  if (hash.empty() || attempt.username != username_) return nullptr;
  passwordHash_ = std::move(hash);
  password_.clear();
  for (const std::string_view address : {std::string_view(), client})
    if (isFactory(client)) lockout_.impose(LockKind::none, {}, address);
  return &sessions_.open(attempt.username, rules_.userGroup.value);
}

void Authentication::impose(LockKind kind, std::optional<std::chrono::seconds> time,
                            std::string_view client) {
  lockout_.impose(kind, time, client);
  if (kind == LockKind::factory && client.empty()) sessions_.endAll();
}

void Authentication::restart() {
  nonces_.clear();
  lockout_.restart();
  sessions_.endAll();
}

void Authentication::reset(const DeviceOptions& options) {
  nonces_.clear();
  lockout_.clear();
  sessions_.reset();
  takePassword(options.account.password);
}

}  // namespace stoklab::emulator
