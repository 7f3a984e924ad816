// Rows of tables, and how text values travel: CMD-SET-ROW, CMD-VALUE, CMD-ADD and CMD-DELETE.
#include <algorithm>

#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using testing::Eq;

SUITE_NEEDS_OWN_EMULATOR(Rows);

const Setting kLabel{"OSD", "label_info_1", "text", "label_info"};

Answer getLabels() { return device().command(R"({"method":"get","OSD":{"table":"label_info"}})"); }

REQUIREMENT(Label, IsSetByItsName, "CMD-SET-ROW") {
  EXPECT_THAT(device().change(kLabel, "north"), HasCode(0));
  EXPECT_THAT(device().read(kLabel), Eq("north"));
}

REQUIREMENT(Label, LeavesOtherRows, "CMD-SET-ROW-LEAVES-REST") {
  const Answer before = getLabels();
  device().change(kLabel, "south");
  const Answer after = getLabels();
  const Value* old = before.at("OSD.label_info");
  const Value* now = after.at("OSD.label_info");
  if (old == nullptr || now == nullptr) throw Blocked("the table cannot be read");
  ASSERT_THAT(now->items.size(), Eq(old->items.size()));
  for (std::size_t i = 0; i < old->items.size(); ++i) {
    if (old->items[i].find("label_info_1") != nullptr) continue;
    EXPECT_THAT(now->items[i], IsValue(old->items[i]));
  }
}

// Writes one wire value and expects another to be read.
void expectText(const char* written, const char* read) {
  EXPECT_THAT(device().change(kLabel, written), HasCode(0));
  EXPECT_THAT(device().read(kLabel), Eq(read));
}

REQUIREMENT(Label, IsReadAsItWasWritten, "CMD-VALUE-ROUND-TRIP") {
  expectText("east%2fwest%2c%20%22gate%22", "east%2fwest%2c%20%22gate%22");
}

REQUIREMENT(Label, IsReadInLowerCaseHex, "CMD-VALUE-UPPER-HEX") {
  expectText("east%2Fwest", "east%2fwest");
}

REQUIREMENT(Label, IsDecodedOnce, "CMD-VALUE-DECODED-ONCE") { expectText("100%2525", "100%2525"); }

REQUIREMENT(Label, KeepsAPlus, "CMD-VALUE-PLUS") { expectText("a+b", "a%2bb"); }

REQUIREMENT(Label, MayComeUnencoded, "CMD-VALUE-UNENCODED") {
  expectText("north gate", "north%20gate");
}

REQUIREMENT(Label, MayBeBeyondAscii, "CMD-VALUE-UTF8") { expectText("caf%c3%a9", "caf%c3%a9"); }

// --- add and delete

constexpr std::string_view kAdd =
    R"({"method":"add","user_management":{"table":"admin","name":"admin_7",)"
    R"("para":{"username":"judge","comment":"","ciphertext":""}}})";
constexpr std::string_view kDelete =
    R"({"method":"delete","user_management":{"name":["admin_7"]}})";

// Takes the row away again, whatever the test did.
struct Cleanup {
  Cleanup() = default;
  Cleanup(const Cleanup&) = delete;
  Cleanup& operator=(const Cleanup&) = delete;
  ~Cleanup() {
    try {
      device().command(kDelete);
    } catch (const std::exception&) {
      // Whatever is wrong now was wrong in the test already.
    }
  }
};

bool rowExists() {
  const Answer answer = device().command(R"({"method":"get","user_management":{"table":"admin"}})");
  const Value* table = answer.at("user_management.admin");
  if (table == nullptr) throw Blocked("the table of operators cannot be read");
  return std::any_of(table->items.begin(), table->items.end(),
                     [](const Value& row) { return row.find("admin_7") != nullptr; });
}

REQUIREMENT(Rows, AppearWhenAdded, "CMD-ADD-ROW") {
  const Cleanup cleanup;
  EXPECT_THAT(device().command(kAdd), HasCode(0));
  EXPECT_TRUE(rowExists()) << "admin_7 is not in user_management.admin";
}

REQUIREMENT(Rows, AreNotAddedTwice, "CMD-ADD-EXISTING") {
  const Cleanup cleanup;
  if (!device().command(kAdd).succeeded()) throw Blocked("the row could not be added");
  EXPECT_THAT(device().command(kAdd), HasCode(-40203));
}

REQUIREMENT(Rows, DisappearWhenDeleted, "CMD-DELETE-ROW") {
  const Cleanup cleanup;
  if (!device().command(kAdd).succeeded()) throw Blocked("the row could not be added");
  EXPECT_THAT(device().command(kDelete), HasCode(0));
  EXPECT_FALSE(rowExists()) << "admin_7 is still in user_management.admin";
}

REQUIREMENT(Rows, AreNotDeletedTwice, "CMD-DELETE-MISSING") {
  EXPECT_THAT(device().command(kDelete), HasCode(-40205));
}

}  // namespace
}  // namespace stoklab::conformance
