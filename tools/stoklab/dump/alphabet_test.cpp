#include "dump/alphabet.h"

#include <gtest/gtest.h>

namespace stoklab::cli::dump {

TEST(Alphabet, IsTheSmallestUsualOneThatHoldsTheSamples) {
  EXPECT_EQ(alphabetOf({"0123", "9"}), "0123456789");
  EXPECT_EQ(alphabetOf({"9c0ffee1"}), "0123456789abcdef");
  EXPECT_EQ(alphabetOf({"lU3L7xDN"}),
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(alphabetOf({"a-b_c"}),
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_");
}

TEST(Alphabet, StaysAsAssumedUnlessTheSamplesSpeakAgainstIt) {
  const std::string hex = "0123456789abcdef", digits = "0123456789";
  EXPECT_EQ(settledAlphabet(digits, 4, hex), hex) << "four digits are hex by chance";
  EXPECT_EQ(settledAlphabet(digits, 64, hex), digits);
  EXPECT_EQ(settledAlphabet(hex, 8, digits), hex);
  EXPECT_EQ(settledAlphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 32, "ABCDEFGHJKLMNPQRSTUVWXYZ"),
            "ABCDEFGHJKLMNPQRSTUVWXYZ");
}

}  // namespace stoklab::cli::dump
