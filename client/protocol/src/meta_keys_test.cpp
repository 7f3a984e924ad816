#include "stoklab/protocol/meta_keys.h"

#include <gtest/gtest.h>

namespace stoklab::protocol {

// The first row of a table of a TL-IPC, and its font section, as the vendor's sample has them (E7).
TEST(MetaKeys, GoBeforeTheFields) {
  EXPECT_EQ(printJson(withMetaKeys(*parseJson(R"({"text":"TP IPC","enabled":"off"})"),
                                   "label_info_1", "label_info", 3)),
            R"({".name":"label_info_1",".type":"label_info",".anonymous":false,".index":3,)"
            R"("text":"TP IPC","enabled":"off"})");
  EXPECT_EQ(
      printJson(withMetaKeys(*parseJson(R"({"size":"auto",".type":"font_info"})"), "font", "font")),
      R"({".name":"font",".type":"font_info",".anonymous":false,"size":"auto"})");
}

TEST(MetaKeys, AreTakenOffAsTheyWerePut) {
  for (const char* text : {R"({"size":"auto"})", R"({".type":"font_info","size":"auto"})", "{}"}) {
    SCOPED_TRACE(text);
    const Json fields = *parseJson(text);
    EXPECT_EQ(withoutMetaKeys(withMetaKeys(fields, "font", "font", 1), "font"), fields);
  }
}

TEST(MetaKeys, AreFoundAtAnyDepth) {
  const Json answer = *parseJson(
      R"([{"row_1":{".name":"row_1",".index":1,"x":"1",".other":"kept"}},{".type":"t","y":[1]}])");
  EXPECT_EQ(printJson(withoutAnyMetaKeys(answer)),
            R"([{"row_1":{"x":"1",".other":"kept"}},{"y":[1]}])");
}

}  // namespace stoklab::protocol
