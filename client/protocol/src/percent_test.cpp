#include "stoklab/protocol/percent.h"

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::protocol {

TEST(Percent, WritesTheDevicesStyle) {
  EXPECT_EQ(percentEncode("InSight S245", kDeviceAlphabet), "InSight%20S245");
  EXPECT_EQ(percentEncode("03:00:00", kDeviceAlphabet), "03%3a00%3a00");
  EXPECT_EQ(percentEncode(R"(["0000-2400:2"])", kDeviceAlphabet), "%5b%220000-2400%3a2%22%5d");
  EXPECT_EQ(percentEncode("1/500", kDeviceAlphabet), "1%2f500");
  EXPECT_EQ(percentEncode("2880*1620", kDeviceAlphabet), "2880*1620");
  EXPECT_EQ(percentEncode("30%", kDeviceAlphabet), "30%25");
}

TEST(Percent, WritesTheClientsStyle) {
  EXPECT_EQ(percentEncode("a+b/c= !'()*~é", kClientAlphabet), "a%2Bb%2Fc%3D%20!'()*~%C3%A9");
}

TEST(Percent, DecodesBothStyles) {
  EXPECT_EQ(percentDecode("a%2bb%2Bc"), "a+b+c");
  EXPECT_EQ(percentDecode("%c3%a9"), "é");
  EXPECT_EQ(percentDecode("%25"), "%");
}

TEST(Percent, TakesPlusForPlus) { EXPECT_EQ(percentDecode("a+b%20c"), "a+b c"); }

TEST(Percent, LeavesTextThatIsNotEncodedAsItIs) {
  for (const char* text : {"", "plain", "100%", "%4", "%zz", "50% off", "%e9", "a%20b%"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(percentDecode(text), text);
  }
}

TEST(Percent, ComesBackForEveryByteOfValidText) {
  std::string text;
  for (int c = 1; c < 128; ++c) text += static_cast<char>(c);
  text += "äöü漢字😀";
  for (const auto& alphabet : {kDeviceAlphabet, kClientAlphabet})
    EXPECT_EQ(percentDecode(percentEncode(text, alphabet)), text);
}

TEST(Percent, ChangesStringValuesOnly) {
  const Json value =
      Json::object({{"a b", "c d"}, {"n", 1}, {"list", Json::array({"x y", true, nullptr, 2.5})}});
  EXPECT_EQ(printJson(encodeStrings(value, kDeviceAlphabet)),
            R"({"a b":"c%20d","n":1,"list":["x%20y",true,null,2.5]})");
  EXPECT_EQ(decodeStrings(encodeStrings(value, kDeviceAlphabet)), value);
}

}  // namespace stoklab::protocol
