#include "trace_verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <utility>

namespace stoklab::cli {

using fixtures::Compare;
using fixtures::Exchange;
using fixtures::Trace;
using protocol::Json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

Json json(std::string_view text) { return *protocol::parseJson(text); }

Exchange asked(std::string_view request, std::string_view reply) {
  Exchange exchange{
      .session = "s1",
      .request = {.path = std::string(fixtures::kTraceCommandPath), .body = json(request)}};
  exchange.reply = fixtures::TraceReply{.body = json(reply)};
  return exchange;
}

constexpr std::string_view kGet = R"({"method":"get","image":{"name":"switch"}})";

}  // namespace

TEST(TraceVerification, AsksAgainForNothingButReads) {
  const Trace trace{
      .exchanges = {asked(R"({"method":"set","image":{"switch":{"ldc":"on"}}})", "{}"),
                    asked(R"({"method":"do","system":{"reboot":null}})", "{}"),
                    asked(R"({"method":"add","m":{"table":"t","name":"t_1","para":{}}})", "{}"),
                    asked(R"({"method":"delete","m":{"name":["t_1"]}})", "{}"),
                    asked(R"({"image":{"name":"switch"}})", "{}"), asked(kGet, "{}")}};
  const auto found = readsOf(trace);
  ASSERT_THAT(found.reads, SizeIs(1));
  EXPECT_THAT(found.reads[0].indices, ElementsAre(5));
  EXPECT_EQ(found.leftOut, 0U);
}

TEST(TraceVerification, AsksOnceForWhatWasReadOften) {
  const Trace trace{.exchanges = {asked(kGet, "{}"),
                                  asked(R"({"method":"get","led":{"name":"config"}})", "{}"),
                                  asked(R"({"image":{"name":["switch"]},"method":"get"})", "{}")}};
  const auto found = readsOf(trace);
  ASSERT_THAT(found.reads, SizeIs(2));
  EXPECT_THAT(found.reads[0].indices, ElementsAre(0, 2));
  EXPECT_EQ(found.reads[0].body, json(kGet));
}

TEST(TraceVerification, LeavesOutWhatCannotBeCompared) {
  Trace trace{.exchanges = {asked(kGet, R"({"error_code":-40401,"data":{"nonce":"{nonce}"}})"),
                            asked(R"({"method":"get","m":{"name":"{password}"}})", "{}"),
                            asked(kGet, "{}"), asked(kGet, "{}")}};
  trace.exchanges[2].reply.reset();
  trace.exchanges[3].reply->body = {};
  const auto found = readsOf(trace);
  EXPECT_THAT(found.reads, IsEmpty());
  EXPECT_EQ(found.leftOut, 4U);
}

TEST(TraceVerification, FindsNothingIfAnyRecordedAnswerIsAlike) {
  const Trace trace{.exchanges = {asked(kGet, R"({"image":{"switch":{"a":"1"}},"error_code":0})"),
                                  asked(kGet, R"({"image":{"switch":{"b":"1"}},"error_code":0})")}};
  const auto read = readsOf(trace).reads.at(0);
  const auto outcome = compareRead(
      trace, read, json(R"({"error_code":0,"image":{"switch":{"b":"2"}}})"), Compare::shape);
  EXPECT_EQ(outcome.index, 1U);
  EXPECT_THAT(outcome.differences, IsEmpty());
}

TEST(TraceVerification, HasTheDeviceOnTheLeft) {
  const Trace trace{.exchanges = {asked(kGet, R"({"image":{"switch":{"a":"1"}},"error_code":0})")}};
  const auto outcome =
      compareRead(trace, readsOf(trace).reads.at(0),
                  json(R"({"image":{"switch":{"a":7}},"error_code":0})"), Compare::shape);
  ASSERT_THAT(outcome.differences, SizeIs(1));
  EXPECT_EQ(outcome.differences[0].path, "image.switch.a");
  EXPECT_EQ(outcome.differences[0].left, "7");
  EXPECT_EQ(outcome.differences[0].right, "\"1\"");
}

TEST(TraceVerification, ComparesValuesOnlyIfAsked) {
  const Trace trace{.exchanges = {asked(kGet, R"({"image":{"switch":{"a":"1"}},"error_code":0})")}};
  const auto read = readsOf(trace).reads.at(0);
  const Json answer = json(R"({"image":{"switch":{"a":"2"}},"error_code":0})");
  EXPECT_THAT(compareRead(trace, read, answer, Compare::shape).differences, IsEmpty());
  EXPECT_THAT(compareRead(trace, read, answer, Compare::values).differences, SizeIs(1));
}

TEST(TraceVerification, DoesNotCompareWhatIsMasked) {
  Trace trace{.exchanges = {asked(R"({"method":"get","system":{"name":"sys"}})",
                                  R"({"system":{"sys":{"dev_alias":"name 1"}},"error_code":0})")}};
  const auto read = readsOf(trace).reads.at(0);
  const Json answer = json(R"({"system":{"sys":{"dev_alias":"Our garage"}},"error_code":0})");
  for (const auto& [policy, count] : {std::pair{"structure-1", 0U}, {"none", 1U}}) {
    SCOPED_TRACE(policy);
    trace.redaction.policy = policy;
    EXPECT_THAT(compareRead(trace, read, answer, Compare::values).differences, SizeIs(count));
  }
}

TEST(TraceVerification, LooksAtTheErrorCodeInAnyCase) {
  const Trace trace{.exchanges = {asked(kGet, R"({"error_code":-40106})")}};
  const auto read = readsOf(trace).reads.at(0);
  EXPECT_THAT(
      compareRead(trace, read, json(R"({"error_code":-40106})"), Compare::shape).differences,
      IsEmpty());
  for (const auto compare : {Compare::shape, Compare::values})
    EXPECT_THAT(compareRead(trace, read, json(R"({"error_code":-40101})"), compare).differences,
                SizeIs(1));
}

}  // namespace stoklab::cli
