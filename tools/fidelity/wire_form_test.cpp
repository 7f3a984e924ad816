#include "wire_form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

namespace stoklab::fidelity {

using protocol::Json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

Json json(std::string_view text) { return *protocol::parseJson(text); }

}  // namespace

TEST(WireForm, TellsOrderEncodingAndFormApart) {
  const Json recorded = json(R"({"method":"set","m":{"s":{"x":"a%20b"}}})");
  EXPECT_THAT(wireDifferences(recorded, recorded), IsEmpty());
  EXPECT_THAT(wireDifferences(json(R"({"m":{"s":{"x":"a%20b"}},"method":"set"})"), recorded),
              ElementsAre("wire.key_order"));
  EXPECT_THAT(wireDifferences(json(R"({"method":"set","m":{"s":{"x":"a b"}}})"), recorded),
              ElementsAre("wire.encoding"));
  EXPECT_THAT(wireDifferences(json(R"({"m":{"s":{"x":"a b"}},"method":"set"})"), recorded),
              ElementsAre("wire.encoding", "wire.key_order"));
  EXPECT_THAT(wireDifferences(json(R"({"method":"set","m":{"s":{"x":["a b"]}}})"), recorded),
              ElementsAre("wire.form"));
}

TEST(WireForm, PutsPlaceholdersWhereTheyWereRecorded) {
  EXPECT_EQ(
      printJson(withPlaceholdersOf(json(R"({"stok":"{stok}","l":[{"n":"{nonce}"},1],"k":"{key}"})"),
                                   json(R"({"l":[{"n":"live"},2,3],"stok":"t","k":7,"x":"y"})"))),
      R"({"l":[{"n":"{nonce}"},2,3],"stok":"{stok}","k":7,"x":"y"})");
}

}  // namespace stoklab::fidelity
