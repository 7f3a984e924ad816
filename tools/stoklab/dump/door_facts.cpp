#include "dump/door_facts.h"

#include <algorithm>
#include <cctype>

#include "dump/alphabet.h"
#include "stoklab/protocol/challenge.h"
#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::cli::dump {

using client::HttpAnswer;
using protocol::Challenge;
using protocol::Json;

namespace {

int numberAt(const Json& json, std::initializer_list<std::string_view> keys) {
  const Json* value = json.at(keys);
  return value == nullptr || value->integer() == nullptr ? 0 : static_cast<int>(*value->integer());
}

bool sameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace

AnswerCodes codesOf(const HttpAnswer& answer) {
  AnswerCodes codes{.status = answer.status};
  const auto body = protocol::parseJson(answer.body);
  if (!body) return codes;
  codes.errorCode = numberAt(*body, {"error_code"});
  codes.dataCode = numberAt(*body, {"data", "code"});
  return codes;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string headerOf(const HttpAnswer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers)
    if (sameName(key, name)) return value;
  return {};
}

KeyFacts keyFacts(const std::string& base64) {
  if (const auto key = protocol::RsaPublicKey::parse(base64)) {
    const bool strict = base64.size() % 4 == 0;
    const auto der = protocol::base64Decode(base64);
    // The modulus of an RSA key of 1024 bits begins with a zero byte in 162 bytes, in 161 it does
    // not: a reader that is lenient takes both.
    const bool unsignedForm = strict && der && key->bits() == 1024 && der->size() == 161;
    return {.form = unsignedForm ? "spki-without-sign-byte" : "spki",
            .bits = static_cast<int>(key->bits())};
  }
  const auto der = protocol::base64Decode(base64);
  if (der && der->size() == 161) return {.form = "spki-without-sign-byte", .bits = 1024};
  return {};
}

Result<Json> challengeFacts(const std::vector<HttpAnswer>& answers) {
  std::vector<std::string> nonces;
  Json facts = Json::object();
  for (const HttpAnswer& answer : answers) {
    const auto body = protocol::parseJson(answer.body);
    if (!body) return protocol::malformed("the challenge is no JSON");
    const Json* data = body->find("data");
    const auto challenge = protocol::parseChallenge(data == nullptr ? *body : *data);
    if (!challenge) return challenge.error();
    nonces.push_back(challenge->nonce);
    if (nonces.size() > 1) continue;
    const AnswerCodes codes = codesOf(answer);
    const KeyFacts key = keyFacts(challenge->key);
    facts.set("status", codes.status);
    facts.set("error_code", codes.errorCode);
    facts.set("data_code", challenge->code);
    Json& types = facts.set("encrypt_types", Json::array());
    for (const std::string& each : challenge->encryptTypes) types.push(each);
    facts.set("passwd_type", challenge->passwdType.value_or(std::string()));
    facts.set("key_bits", key.bits);
    facts.set("key_form", key.form);
    facts.set("second_key_bits", challenge->key2 ? keyFacts(*challenge->key2).bits : 0);
    const Json* md5 = (data == nullptr ? *body : *data).find("md5_encrypt_type");
    facts.set("md5_encrypt_type", md5 == nullptr || md5->string() == nullptr
                                      ? std::string()
                                      : protocol::percentDecode(*md5->string()));
    WireHabits habits;
    const Json* wire = (data == nullptr ? *body : *data).find("key");
    if (wire != nullptr && wire->string() != nullptr) habits.lookAtText(*wire->string());
    facts.set("wire", habits.toJson());
  }
  std::size_t characters = 0;
  for (const std::string& each : nonces) characters += each.size();
  facts.set("nonce_length", static_cast<std::int64_t>(nonces.front().size()));
  facts.set("nonce_characters", static_cast<std::int64_t>(characters));
  facts.set("nonce_alphabet", alphabetOf(nonces));
  return facts;
}

Json refusalFacts(const HttpAnswer& answer) {
  const AnswerCodes codes = codesOf(answer);
  Json facts = Json::object(
      {{"status", codes.status}, {"error_code", codes.errorCode}, {"data_code", codes.dataCode}});
  const auto body = protocol::parseJson(answer.body);
  const Json* most = body ? body->at({"data", "max_time"}) : nullptr;
  if (most != nullptr && most->integer() != nullptr) facts.set("max_time", *most);
  return facts;
}

}  // namespace stoklab::cli::dump
