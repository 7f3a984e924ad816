#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/test_device.h"
#include "replay/test_trace.h"
#include "stoklab/emulator/replay.h"

namespace stoklab::emulator {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

constexpr std::string_view kLogin =
    R"({"method":"do","login":{"username":"admin","password":"{password}","encrypt_type":"2"}})";

}  // namespace

TEST(TraceHabits, AreThoseOfTheFirstChallenge) {
  const auto changed = withTraceHabits(
      testProfile(),
      traceOf({exchangeOf("", "/", R"({"method":"do","user_management":{"get_encrypt_info":null}})",
                          R"({"error_code":-1,"data":{"code":-2,"encrypt_type":["1"],)"
                          R"("key":"{key}","nonce":"{nonce}"}})",
                          200),
               challenge()}));
  EXPECT_EQ(changed.authentication.challengeStatus.value, 200);
  EXPECT_EQ(changed.authentication.challengeErrorCode.value, -1);
  EXPECT_EQ(changed.authentication.challengeDataCode.value, -2);
  EXPECT_EQ(changed.authentication.passwdType.value, "");
  EXPECT_THAT(changed.authentication.encryptTypes.value, ElementsAre("1"));
}

TEST(TraceHabits, AreThoseOfLoginsAndRefusals) {
  const auto changed = withTraceHabits(
      testProfile(),
      traceOf(
          {exchangeOf("", "/", kLogin,
                      R"({"error_code":-40401,"data":{"code":-40410,"nonce":"{nonce}"}})", 401),
           exchangeOf("", "/", kLogin,
                      R"({"error_code":-7,"data":{"code":-8,"nonce":"{nonce}","time":9}})", 403),
           exchangeOf("", "/", kLogin, R"({"error_code":-9,"data":{"code":-10,"sec_left":60}})",
                      423),
           exchangeOf("s1", "/", kLogin,
                      R"({"error_code":0,"stok":"{stok}","user_group":"ad%6din"})")}));
  const auto& rules = changed.authentication;
  EXPECT_EQ(rules.refusedStatus.value, 403);
  EXPECT_EQ(rules.refusedErrorCode.value, -7);
  EXPECT_EQ(rules.refusedDataCode.value, -8);
  EXPECT_EQ(rules.lockedStatus.value, 423);
  EXPECT_EQ(rules.lockedErrorCode.value, -9);
  EXPECT_EQ(rules.lockedDataCode.value, -10);
  EXPECT_EQ(rules.userGroup.value, "admin");
}

TEST(TraceHabits, AreNoneOfATraceThatShowsNone) {
  const auto profile = testProfile();
  const auto changed = withTraceHabits(profile, traceOf({getLdc("s1", "on")}));
  EXPECT_EQ(changed.authentication.challengeStatus.value,
            profile.authentication.challengeStatus.value);
  EXPECT_EQ(changed.authentication.refusedDataCode.value,
            profile.authentication.refusedDataCode.value);
  EXPECT_EQ(changed.authentication.userGroup.value, profile.authentication.userGroup.value);
}

TEST(ReplayNotes, AreNoneForAWholeTrace) {
  EXPECT_THAT(replayNotes(traceOf({challenge(), login("s1"), getLdc("s1", "on")})), IsEmpty());
}

TEST(ReplayNotes, SayWhatIsMissing) {
  auto lost = getLdc("s1", "on"), emptied = getLdc("s1", "on"), unread = getLdc("s2", "on");
  lost.reply.reset();
  emptied.reply->body = {};
  emptied.reply->bodyNote = "the export was made without content";
  unread.request.body = {};
  unread.request.bodyNote = "12 bytes that are not JSON";
  EXPECT_THAT(replayNotes(traceOf({login("s1"), lost, emptied, unread})),
              ElementsAre(HasSubstr("1 exchange has no answer"),
                          HasSubstr("1 answer was recorded without the body"),
                          HasSubstr("1 request has a body that is not in the trace"),
                          HasSubstr("1 session was recorded without the login")));
  EXPECT_THAT(replayNotes(traceOf({lost})),
              ElementsAre(HasSubstr("no answers"), HasSubstr("without the login")));
  EXPECT_THAT(replayNotes({}), ElementsAre(HasSubstr("no exchange")));
}

}  // namespace stoklab::emulator
