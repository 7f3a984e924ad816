#include "stoklab/protocol/challenge.h"

#include <charconv>
#include <limits>

#include "stoklab/protocol/percent.h"

namespace stoklab::protocol {

namespace {

std::optional<std::string> textOf(const Json& data, std::string_view key) {
  const Json* value = data.find(key);
  if (value == nullptr || value->string() == nullptr) return std::nullopt;
  return percentDecode(*value->string());
}

// Counters come as integers; some firmware writes every value as a string.
std::optional<int> numberOf(const Json& data, std::string_view key) {
  const Json* value = data.find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* number = value->integer()) {
    if (*number < std::numeric_limits<int>::min() || *number > std::numeric_limits<int>::max())
      return std::nullopt;
    return static_cast<int>(*number);
  }
  if (const auto* text = value->string()) {
    int number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error == std::errc{} && end == text->data() + text->size()) return number;
  }
  return std::nullopt;
}

// A digit that comes as text or as a number.
std::optional<std::string> digitOf(const Json& data, std::string_view key) {
  const Json* value = data.find(key);
  if (value != nullptr && value->integer() != nullptr) return std::to_string(*value->integer());
  return textOf(data, key);
}

Result<std::vector<std::string>> encryptTypesOf(const Json& data) {
  std::vector<std::string> types;
  const Json* list = data.find("encrypt_type");
  if (list == nullptr) return types;
  if (list->elements() == nullptr)
    return malformed("the challenge's encrypt_type is " + std::string(kindName(*list)) +
                     ", not a list");
  for (const Json& type : *list->elements()) {
    if (type.string() == nullptr)
      return malformed("the challenge's encrypt_type holds something that is not a string");
    types.push_back(percentDecode(*type.string()));
  }
  return types;
}

}  // namespace

Result<Challenge> parseChallenge(const Json& data) {
  if (!data.isObject()) return malformed("the challenge is " + std::string(kindName(data)));
  auto types = encryptTypesOf(data);
  if (!types) return std::move(types).error();
  auto key = textOf(data, "key");
  if (!key || key->empty()) return malformed("the challenge has no key");
  auto nonce = textOf(data, "nonce");
  if (!nonce || nonce->empty()) return malformed("the challenge has no nonce");
  if (nonce->find(':') != std::string::npos)
    return malformed("the challenge's nonce holds ':', which separates it from the hash");

  Challenge challenge{.code = numberOf(data, "code").value_or(0),
                      .encryptTypes = *std::move(types),
                      .key = *std::move(key),
                      .key2 = textOf(data, "key_2"),
                      .nonce = *std::move(nonce),
                      .md5EncryptType = digitOf(data, "md5_encrypt_type"),
                      .passwdType = textOf(data, "passwdType"),
                      .attemptsLeft = numberOf(data, "time"),
                      .maxAttempts = numberOf(data, "max_time")};
  if (const auto left = numberOf(data, "sec_left"))
    challenge.lockedFor = std::chrono::seconds(*left);
  return challenge;
}

Json toJson(const Challenge& challenge) {
  Json data = Json::object({{"code", challenge.code}});
  Json& types = data.set("encrypt_type", Json::array());
  for (const auto& type : challenge.encryptTypes) types.push(type);
  data.set("key", challenge.key);
  if (challenge.key2) data.set("key_2", *challenge.key2);
  data.set("nonce", challenge.nonce);
  if (challenge.md5EncryptType) data.set("md5_encrypt_type", *challenge.md5EncryptType);
  if (challenge.passwdType) data.set("passwdType", *challenge.passwdType);
  if (challenge.attemptsLeft) data.set("time", *challenge.attemptsLeft);
  if (challenge.maxAttempts) data.set("max_time", *challenge.maxAttempts);
  if (challenge.lockedFor) data.set("sec_left", std::int64_t{challenge.lockedFor->count()});
  return data;
}

}  // namespace stoklab::protocol
