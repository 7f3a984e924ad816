#include "dump/wire_habits.h"

#include <gtest/gtest.h>

namespace stoklab::cli::dump {

using protocol::Json;

namespace {

WireHabits seenIn(const char* answer) {
  WireHabits habits;
  habits.look(*protocol::parseJson(answer));
  return habits;
}

}  // namespace

TEST(WireHabits, SayWhetherADeviceEncodes) {
  EXPECT_EQ(seenIn(R"({"a":{"b":{"c":"VIGI%20C350"}},"error_code":0})").percentEncodes(), true);
  EXPECT_EQ(seenIn(R"({"a":{"b":{"c":"VIGI C350"}},"error_code":0})").percentEncodes(), false);
  EXPECT_EQ(seenIn(R"({"a":{"b":{"c":"on"}},"error_code":0})").percentEncodes(), std::nullopt);
}

TEST(WireHabits, SayWhereTheErrorCodeStands) {
  EXPECT_EQ(seenIn(R"({"a":{},"error_code":0})").errorCodePlace(), "last");
  EXPECT_EQ(seenIn(R"({"error_code":0,"a":{}})").errorCodePlace(), "first");
}

TEST(WireHabits, TellLiteralCharactersFromEncodedOnes) {
  const auto habits = seenIn(R"({"a":{"b":{"c":"2560%2a1440","d":"a.b%20c"}},"error_code":0})");
  EXPECT_EQ(habits.literalCharacters("-_.~*"), "-_.~");
}

TEST(WireHabits, SeeMetaKeysAndTheFormOfTables) {
  EXPECT_EQ(seenIn(R"({"a":{"b":{".name":"b","c":"on"}},"error_code":0})").metaKeys(), true);
  EXPECT_EQ(seenIn(R"({"a":{"b":{"c":"on"}},"error_code":0})").metaKeys(), false);
  WireHabits habits;
  EXPECT_EQ(habits.tableForm(), std::nullopt);
  habits.lookAtTable(Json::object());
  EXPECT_EQ(habits.tableForm(), "object");
  habits.lookAtTable(Json::array());
  EXPECT_EQ(habits.tableForm(), "list");
}

TEST(WireHabits, SurviveTheJournal) {
  const auto before = seenIn(R"({"a":{"b":{"c":"x%2fy"}},"error_code":0})");
  WireHabits after;
  after.add(before.toJson());
  EXPECT_EQ(after.toJson(), before.toJson());
}

}  // namespace stoklab::cli::dump
