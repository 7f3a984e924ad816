#include "harness/results.h"

#include <gmock/gmock.h>

namespace stoklab::conformance {
namespace {

using testing::ElementsAre;
using testing::Pair;

Result result(State state, std::string_view reason = "", bool blocked = false) {
  Result r;
  r.state = state;
  r.reason = Redactor().redact(reason);
  r.blocked = blocked;
  return r;
}

Report report(std::vector<Result> results) {
  Report r;
  r.results = std::move(results);
  return r;
}

TEST(ExitCode, IsZeroWhenWhatRanWasKept) {
  EXPECT_EQ(exitCodeOf(report({result(State::pass), result(State::skipped, "needs a flag")})), 0);
}

TEST(ExitCode, IsOneWhenSomethingWasNotKept) {
  EXPECT_EQ(exitCodeOf(report({result(State::pass), result(State::fail)})), 1);
}

TEST(ExitCode, IsOneWhenSomethingCouldNotBeJudged) {
  EXPECT_EQ(exitCodeOf(report({result(State::pass), result(State::skipped, "no session", true)})),
            1);
}

TEST(ExitCode, IsSixWhenNothingRan) {
  EXPECT_EQ(exitCodeOf(report({})), 6);
  EXPECT_EQ(exitCodeOf(report({result(State::skipped), result(State::notApplicable)})), 6);
}

TEST(ExitCode, IsThatOfTheStop) {
  Report stopped = report({result(State::pass), result(State::fail)});
  stopped.stop = Stop{4, "locked", 900};
  EXPECT_EQ(exitCodeOf(stopped), 4);
  stopped.stop = Stop{3, "gone", {}};
  EXPECT_EQ(exitCodeOf(stopped), 3);
}

TEST(ExitCode, IsFiveWheneverTheJudgeIsAtFault) {
  Report broken = report({result(State::error), result(State::fail)});
  EXPECT_EQ(exitCodeOf(broken), 5);
  broken = report({result(State::pass)});
  broken.faults = {"cannot write"};
  broken.stop = Stop{4, "locked", {}};
  EXPECT_EQ(exitCodeOf(broken), 5);
}

TEST(Verdict, NamesTheSecondsOfALock) {
  Report stopped = report({});
  stopped.stop = Stop{4, "the device is locked", 900};
  EXPECT_EQ(verdictOf(stopped), "the device is locked; locked for another 900 s");
}

TEST(Totals, CountEveryState) {
  const Totals totals = totalsOf(
      report({result(State::pass), result(State::pass), result(State::fail), result(State::skipped),
              result(State::notApplicable), result(State::error)}));
  EXPECT_EQ(totals.all, 6);
  EXPECT_EQ(totals.pass, 2);
  EXPECT_EQ(totals.ran(), 4);
}

TEST(ReasonsNotRun, AreCountedMostFrequentFirst) {
  EXPECT_THAT(reasonsNotRun(report({result(State::skipped, "a"), result(State::skipped, "b"),
                                    result(State::notApplicable, "b"), result(State::pass, "")})),
              ElementsAre(Pair("b", 2), Pair("a", 1)));
}

TEST(Outcome, HasAWordForPeople) {
  EXPECT_EQ(outcomeOf({.state = State::pass}), "kept");
  EXPECT_EQ(outcomeOf({.state = State::fail}), "not kept");
  EXPECT_EQ(outcomeOf({.state = State::skipped}), "skipped");
  EXPECT_EQ(outcomeOf({.state = State::skipped, .blocked = true}), "not judged");
  EXPECT_EQ(outcomeOf({.state = State::notApplicable}), "not applicable");
  EXPECT_EQ(outcomeOf({.state = State::error}), "error of the judge");
}

}  // namespace
}  // namespace stoklab::conformance
