#include "device/challenge_text.h"

#include <gtest/gtest.h>

#include <chrono>

namespace stoklab::emulator {
namespace {

using protocol::Challenge;

Challenge usual() {
  return {.code = -40407,
          .encryptTypes = {"1", "2"},
          .key = "MIGf+MA0/GCSq==",
          .nonce = {},
          .passwdType = "md5"};
}

std::string written(const Challenge& challenge, const WireStyle& style) {
  std::string text = "<";
  ChallengeText(usual(), style).append(challenge, text);
  return text;
}

std::string expected(const Challenge& challenge, const WireStyle& style) {
  std::string text = "<";
  appendWire(toJson(challenge), style, text);
  return text;
}

TEST(ChallengeText, IsWhatAnyOtherWayOfWritingWouldGive) {
  const WireStyle styles[] = {
      {}, {.percentEncode = false}, {.alphabet = {.literals = "-.", .upperCaseHex = false}}};
  for (const WireStyle& style : styles) {
    for (const char* nonce : {"AbC012zZ", "with space", "a_b", "\"", ""}) {
      Challenge challenge = usual();
      challenge.nonce = nonce;
      EXPECT_EQ(written(challenge, style), expected(challenge, style)) << nonce;
    }
  }
}

TEST(ChallengeText, WritesWhatIsUnusualAsWell) {
  Challenge challenge = usual();
  challenge.nonce = "AbC012zZ";
  const auto check = [&](auto change) {
    Challenge other = challenge;
    change(other);
    EXPECT_EQ(written(other, {}), expected(other, {}));
    EXPECT_NE(written(other, {}), written(challenge, {}));
  };
  check([](Challenge& c) { c.code = -40401; });
  check([](Challenge& c) { c.encryptTypes.push_back("3"); });
  check([](Challenge& c) { c.key += "A"; });
  check([](Challenge& c) { c.key2 = "another"; });
  check([](Challenge& c) { c.md5EncryptType = "1"; });
  check([](Challenge& c) { c.passwdType.reset(); });
  check([](Challenge& c) { c.attemptsLeft = 3; });
  check([](Challenge& c) { c.maxAttempts = 10; });
  check([](Challenge& c) { c.lockedFor = std::chrono::seconds(5); });
}

}  // namespace
}  // namespace stoklab::emulator
