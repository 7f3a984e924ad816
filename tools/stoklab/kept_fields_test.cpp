#include "kept_fields.h"

#include <gmock/gmock.h>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

using protocol::ErrorKind;
using protocol::FailsSaying;
using protocol::FailsWith;
using testing::HasSubstr;

TEST(KeptFields, HaveANameAndAReason) {
  const auto fields = parseKeptFields({"system.sys.dev_alias=as sold", "label=a = b"});
  ASSERT_TRUE(fields.has_value());
  ASSERT_EQ(fields->size(), 2U);
  EXPECT_EQ((*fields)[0].field, "system.sys.dev_alias");
  EXPECT_EQ((*fields)[0].reason, "as sold");
  EXPECT_EQ((*fields)[1].field, "label");
  EXPECT_EQ((*fields)[1].reason, "a = b");
}

TEST(KeptFields, AreNotKeptWithoutAReason) {
  for (const char* text : {"", "=", "label", "label=", "label= \t", "=because"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(parseKeptFields({text}), FailsWith(ErrorKind::malformed));
  }
  EXPECT_THAT(parseKeptFields({"label=a", "label=b"}), FailsSaying(HasSubstr("twice")));
}

}  // namespace stoklab::cli
