#include "trace_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stoklab::cli {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::Pair;

namespace {

fixtures::Exchange exchange(int at, const char* session, const char* request, const char* reply) {
  fixtures::Exchange made;
  made.at = milliseconds(at);
  made.session = session;
  made.request.body = protocol::parseJson(request).value();
  const auto names = fixtures::namesIn(made.request.body);
  made.request.method = names.method;
  made.request.asks = names.asks;
  if (reply != nullptr) {
    made.reply = fixtures::TraceReply{.status = 200, .body = protocol::parseJson(reply).value()};
  }
  return made;
}

constexpr auto kGet = R"({"method":"get","image":{"name":["switch","common"]}})";
constexpr auto kSet = R"({"method":"set","image":{"switch":{"a":"b"}}})";

}  // namespace

TEST(TraceSummary, CountsWhatThereIs) {
  const TraceSummary summary =
      summaryOf({.exchanges = {exchange(0, "", "null", R"({"error_code":-40401})"),
                               exchange(20, "s2", kGet, R"({"error_code":0})"),
                               exchange(30, "s1", kGet, R"({"error_code":0})"),
                               exchange(90, "s2", kSet, nullptr)}});
  EXPECT_EQ(summary.exchanges, 4u);
  EXPECT_EQ(summary.withoutAnswer, 1u);
  EXPECT_EQ(summary.span, milliseconds(90));
  EXPECT_THAT(summary.methods, ElementsAre(Pair("POST /", 1), Pair("get", 2), Pair("set", 1)));
  EXPECT_THAT(summary.requests,
              ElementsAre(Pair("get image.common", 2), Pair("get image.switch", 2),
                          Pair("set image.switch", 1)));
  EXPECT_THAT(summary.statuses, ElementsAre(Pair(200, 3)));
  EXPECT_THAT(summary.codes, ElementsAre(Pair(-40401, 1), Pair(0, 2)));
  ASSERT_EQ(summary.sessions.size(), 2u);
  EXPECT_EQ(summary.sessions[0].label, "s2");
  EXPECT_EQ(summary.sessions[0].exchanges, 2u);
  EXPECT_EQ(summary.sessions[0].first, milliseconds(20));
  EXPECT_EQ(summary.sessions[0].last, milliseconds(90));
  EXPECT_EQ(summary.sessions[1].label, "s1");
  EXPECT_FALSE(summary.durations);
}

TEST(TraceSummary, RanksDurations) {
  fixtures::Trace trace;
  for (int i = 100; i > 0; --i) trace.exchanges.push_back({.duration = milliseconds(i)});
  trace.exchanges.push_back({});
  const auto durations = summaryOf(trace).durations;
  ASSERT_TRUE(durations);
  EXPECT_EQ(durations->count, 100u);
  EXPECT_EQ(durations->median, milliseconds(50));
  EXPECT_EQ(durations->ninety, milliseconds(90));
  EXPECT_EQ(durations->ninetyNine, milliseconds(99));
  EXPECT_EQ(durations->longest, milliseconds(100));

  const auto one = summaryOf({.exchanges = {{.duration = milliseconds(7)}}}).durations;
  ASSERT_TRUE(one);
  EXPECT_EQ(one->median, milliseconds(7));
  EXPECT_EQ(one->ninetyNine, milliseconds(7));
}

TEST(TraceSummary, OfNothingIsEmpty) {
  const TraceSummary summary = summaryOf({});
  EXPECT_EQ(summary.exchanges, 0u);
  EXPECT_TRUE(summary.sessions.empty());
  EXPECT_FALSE(summary.durations);
}

}  // namespace stoklab::cli
