#include "replay/recorded_reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "replay/test_trace.h"

namespace stoklab::emulator {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(RecordedReply, KeepsStatusHeadersKeyOrderAndEncoding) {
  const fixtures::TraceReply recorded{.status = 500,
                                      .headers = {{"Content-Type", "text/plain"},
                                                  {"X-Kept", "yes"},
                                                  {"Content-Length", "7"},
                                                  {"Connection", "keep-alive"}},
                                      .body = json(R"({"z":"a%2fb","a":[1,1.5,null]})")};
  const HttpReply reply = replyWith(recorded, recorded.body);
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.contentType, "text/plain");
  EXPECT_THAT(reply.headers, ElementsAre(Pair("X-Kept", "yes")));
  EXPECT_EQ(reply.body, R"({"z":"a%2fb","a":[1,1.5,null]})");
  EXPECT_EQ(reply.afterwards, Afterwards::asRequested);
}

TEST(RecordedReply, ClosesWhereTheDeviceSaidSo) {
  EXPECT_EQ(replyWith({.headers = {{"connection", "Close"}}}, {}).afterwards, Afterwards::close);
}

TEST(RecordedReply, HasATypeOnlyIfItHasABody) {
  EXPECT_EQ(replyWith({.status = 204}, {}).contentType, "");
  EXPECT_EQ(replyWith({.status = 204}, {}).body, "");
  EXPECT_THAT(replyWith({}, json("{}")).contentType, testing::StartsWith("application/json"));
}

TEST(RecordedReply, IsIncompleteIfItSaysWhyItHasNoBody) {
  EXPECT_TRUE(isComplete({.body = json("{}")}));
  EXPECT_TRUE(isComplete({.status = 204}));
  EXPECT_FALSE(isComplete({.bodyNote = "the export was made without content"}));
}

TEST(LiveSecrets, StandWhereThePlaceholdersStood) {
  const LiveSecrets secrets =
      secretsIn(json(R"({"stok":"t%2b","data":{"nonce":"n","key":"k%3d"},"error_code":0})"));
  EXPECT_EQ(printJson(withSecrets(
                json(R"({"url":"..%2fstok%3d{stok}%2fx%3d{stok}","l":["{nonce}",{"k":"{key}"}]})"),
                secrets)),
            R"({"url":"..%2fstok%3dt%2b%2fx%3dt%2b","l":["n",{"k":"k%3d"}]})");
}

TEST(LiveSecrets, ReplaceNothingTheyDoNotHave) {
  EXPECT_EQ(printJson(withSecrets(json(R"(["{stok}","{nonce}"])"), {.token = "t"})),
            R"(["t","{nonce}"])");
}

TEST(LiveSecrets, AreNeededWhereAChallengeIsQuoted) {
  EXPECT_TRUE(needsChallenge(json(R"({"data":[{"x":"{key_2}"}]})")));
  EXPECT_FALSE(needsChallenge(json(R"({"stok":"{stok}","n":1,"l":[null]})")));
}

TEST(Shaped, HasTheOrderAndTheTextsOfTheRecordingAndTheCodesOfNow) {
  EXPECT_EQ(
      printJson(
          inShapeOf(json(R"({"data":{"time":9,"nonce":"{nonce}","passwdType":"md5","code":-1},)"
                         R"("odd":"kept","error_code":-2})"),
                    json(R"({"error_code":-40401,"data":{"code":-40407,"key":"k","nonce":"n",)"
                         R"("passwdType":"x"}})"))),
      R"({"data":{"nonce":"n","passwdType":"md5","code":-40407,"key":"k"},"odd":"kept","error_code":-40401})");
}

TEST(Shaped, CountsAttemptsAsTheLiveDeviceDoes) {
  EXPECT_EQ(printJson(inShapeOf(
                json(R"({"data":{"time":9,"max_time":10,"code":-40401}})"),
                json(R"({"data":{"code":-40404,"time":2,"max_time":10,"sec_left":60}})"))),
            R"({"data":{"time":2,"max_time":10,"code":-40404,"sec_left":60}})");
}

TEST(Shaped, LeavesOutWhatTheRecordedDeviceDidNotSay) {
  EXPECT_EQ(printJson(inShapeOf(json(R"({"stok":"{stok}","error_code":0})"),
                                json(R"({"error_code":0,"stok":"t","user_group":"root"})"))),
            R"({"stok":"t","error_code":0})");
}

TEST(Shaped, GivesADeviceWithTwoKeysItsOnlyOneTwice) {
  EXPECT_EQ(printJson(inShapeOf(json(R"({"data":{"key":"{key}","key_2":"{key_2}"}})"),
                                json(R"({"data":{"key":"k"}})"))),
            R"({"data":{"key":"k","key_2":"k"}})");
}

}  // namespace stoklab::emulator
