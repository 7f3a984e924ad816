#include "table_rows.h"

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::client {

using protocol::ErrorKind;
using protocol::FailsWith;
using protocol::IsOk;
using protocol::parseJson;
using protocol::printJson;

TEST(TableRows, AreTheSameFromAListAndFromAnObject) {
  for (const char* table : {R"([{"hd_info_1":{"status":"normal"}},{"hd_info_2":{}}])",
                            R"({"hd_info_1":{"status":"normal"},"hd_info_2":{}})"}) {
    SCOPED_TRACE(table);
    const auto rows = rowsByName(*parseJson(table));
    ASSERT_THAT(rows, IsOk());
    EXPECT_EQ(printJson(*rows), R"({"hd_info_1":{"status":"normal"},"hd_info_2":{}})");
  }
}

TEST(TableRows, MayCarryTheirNameInside) {
  const auto rows = rowsByName(*parseJson(R"([{".name":"md_1",".type":"region","x_coor":"0"}])"));
  ASSERT_THAT(rows, IsOk());
  EXPECT_EQ(printJson(*rows), R"({"md_1":{".name":"md_1",".type":"region","x_coor":"0"}})");
}

TEST(TableRows, OfAnEmptyTableAreNone) {
  for (const char* table : {"[]", "{}", "null"}) {
    SCOPED_TRACE(table);
    const auto rows = rowsByName(*parseJson(table));
    ASSERT_THAT(rows, IsOk());
    EXPECT_EQ(printJson(*rows), "{}");
  }
}

TEST(TableRows, RefuseWhatIsNoTable) {
  for (const char* table : {"\"text\"", "5", "[5]", R"([{"a":1,"b":2}])", "[{}]"}) {
    SCOPED_TRACE(table);
    EXPECT_THAT(rowsByName(*parseJson(table)), FailsWith(ErrorKind::malformed));
  }
}

}  // namespace stoklab::client
