// The steps that both sides of the protocol take: percent-coding, envelopes, passwords, RSA and
// challenges.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "must.h"
#include "stoklab/protocol/challenge.h"
#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/login.h"
#include "stoklab/protocol/password.h"
#include "stoklab/protocol/percent.h"
#include "stoklab/protocol/session_token.h"

namespace {

using namespace stoklab::protocol;  // NOLINT
using stoklab::bench::must;
using stoklab::bench::require;

constexpr std::string_view kGet = R"({"method":"get","image":{"name":"switch"}})";
constexpr std::string_view kSet =
    R"({"method":"set","OSD":{"date":{"enabled":"on","x_coor":"20"}}})";

const RsaPrivateKey& privateKey() {
  static const auto kKey = RsaPrivateKey::generate(1024);
  return kKey;
}

const RsaPublicKey& publicKey() {
  static const auto kKey = must(RsaPublicKey::parse(privateKey().publicSpkiBase64()));
  return kKey;
}

Challenge challenge() {
  return {.code = -40407,
          .encryptTypes = {"1", "2"},
          .key = privateKey().publicSpkiBase64(),
          .nonce = "QXBO34x1",
          .passwdType = "md5"};
}

// A section of `fields` fields, as a device answers it.
std::string replyText(std::int64_t fields) {
  Json section = Json::object();
  for (std::int64_t i = 0; i < fields; ++i)
    section.set("field_" + std::to_string(i), i % 4 == 0 ? "two words, 50%" : "on");
  return printJson(encodeStrings(
      Json::object({{"image", Json::object({{"switch", std::move(section)}})}, {"error_code", 0}}),
      kDeviceAlphabet));
}

void percentEncodes(benchmark::State& state, std::string_view text) {
  for (auto _ : state) benchmark::DoNotOptimize(percentEncode(text, kClientAlphabet));
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK_CAPTURE(percentEncodes, plain, "1920*1080");
BENCHMARK_CAPTURE(percentEncodes, text, "Camera 1, gate & yard: 50 % (north-west corner)");

void percentDecodes(benchmark::State& state, std::string_view text) {
  for (auto _ : state) benchmark::DoNotOptimize(percentDecode(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK_CAPTURE(percentDecodes, plain, "1920*1080");
BENCHMARK_CAPTURE(percentDecodes, text,
                  "Camera%201%2c%20gate%20%26%20yard%3a%2050%20%25%20%c3%bcber%20%e5%89%8d");

void parsesRequest(benchmark::State& state, std::string_view text) {
  for (auto _ : state) {
    const auto json = parseJson(text);
    benchmark::DoNotOptimize(parseRequest(*json));
  }
}
BENCHMARK_CAPTURE(parsesRequest, get, kGet);
BENCHMARK_CAPTURE(parsesRequest, set, kSet);

void printsRequest(benchmark::State& state, std::string_view text) {
  const Request request = must(parseRequest(must(parseJson(text))));
  for (auto _ : state) benchmark::DoNotOptimize(printRequest(request));
}
BENCHMARK_CAPTURE(printsRequest, get, kGet);
BENCHMARK_CAPTURE(printsRequest, set, kSet);

// By the number of fields in the section.
void parsesReply(benchmark::State& state) {
  const std::string text = replyText(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(parseReply(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK(parsesReply)->Arg(1)->Arg(25)->Arg(1000);

void printsReply(benchmark::State& state) {
  const Json reply = must(parseReply(replyText(state.range(0)))).body;
  for (auto _ : state) benchmark::DoNotOptimize(printJson(encodeStrings(reply, kDeviceAlphabet)));
}
BENCHMARK(printsReply)->Arg(1)->Arg(25)->Arg(1000);

void transformsPassword(benchmark::State& state, PasswordTransform transform) {
  for (auto _ : state) benchmark::DoNotOptimize(transformPassword(transform, "correct-horse"));
}
BENCHMARK_CAPTURE(transformsPassword, md5, PasswordTransform::md5);
BENCHMARK_CAPTURE(transformsPassword, orgAuthPwd, PasswordTransform::orgAuthPwd);

void digestsForNonce(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(digestForNonce("correct-horse", "QXBO34x1"));
}
BENCHMARK(digestsForNonce);

// All that a client does between the challenge and the login.
void preparesPassword(benchmark::State& state) {
  const Challenge from = challenge();
  for (auto _ : state) benchmark::DoNotOptimize(preparePassword("correct-horse", from));
}
BENCHMARK(preparesPassword);

void readsPublicKey(benchmark::State& state) {
  const std::string text = privateKey().publicSpkiBase64();
  for (auto _ : state) benchmark::DoNotOptimize(RsaPublicKey::parse(text));
}
BENCHMARK(readsPublicKey);

const std::string& boundPassword() {
  static const std::string kText = bindToNonce(hashPassword("correct-horse"), "QXBO34x1");
  return kText;
}

void rsaEncrypts(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(publicKey().encrypt(boundPassword()));
}
BENCHMARK(rsaEncrypts);

void rsaDecrypts(benchmark::State& state) {
  const std::string ciphertext = must(publicKey().encrypt(boundPassword()));
  require(must(privateKey().decrypt(ciphertext)) == boundPassword(), "RSA does not work");
  for (auto _ : state) benchmark::DoNotOptimize(privateKey().decrypt(ciphertext));
}
BENCHMARK(rsaDecrypts);

void readsChallenge(benchmark::State& state) {
  const Json data = must(parseJson(printJson(encodeStrings(toJson(challenge()), kDeviceAlphabet))));
  for (auto _ : state) benchmark::DoNotOptimize(parseChallenge(data));
}
BENCHMARK(readsChallenge);

void printsChallenge(benchmark::State& state) {
  const Challenge from = challenge();
  for (auto _ : state)
    benchmark::DoNotOptimize(printJson(encodeStrings(toJson(from), kDeviceAlphabet)));
}
BENCHMARK(printsChallenge);

void readsAdmission(benchmark::State& state) {
  const std::string text =
      R"({"error_code":0,"stok":"0123456789abcdef0123456789abcdef","user_group":"root"})";
  require(static_cast<bool>(parseAdmission(must(parseReply(text)))), "the admission is none");
  for (auto _ : state) benchmark::DoNotOptimize(parseAdmission(*parseReply(text)));
}
BENCHMARK(readsAdmission);

}  // namespace
