#include "replay/timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "replay/test_trace.h"

namespace stoklab::emulator {

using fixtures::Exchange;
using ::testing::ElementsAre;

namespace {

// A recorded session and a client of it that names its requests by what the trace holds.
class Played {
 public:
  explicit Played(std::vector<Exchange> exchanges)
      : trace_(traceOf(std::move(exchanges))), timeline_(trace_, all()) {}

  // The entry that answers a request like that one; -1 if there is none, and -2 - entry if the
  // trace does not show the state.
  int ask(const Exchange& like) {
    const auto choice = position_.advance(recordedKey(like.request));
    if (!choice) return -1;
    const int index = static_cast<int>(choice->index);
    return choice->shown ? index : -2 - index;
  }
  std::vector<int> ask(const Exchange& like, int times) {
    std::vector<int> entries;
    for (int i = 0; i < times; ++i) entries.push_back(ask(like));
    return entries;
  }

 private:
  std::vector<std::size_t> all() const {
    std::vector<std::size_t> indices(trace_.exchanges.size());
    std::iota(indices.begin(), indices.end(), 0U);
    return indices;
  }

  fixtures::Trace trace_;
  Timeline timeline_;
  Position position_{timeline_};
};

Exchange get(std::string_view module, std::string_view section, std::string_view reply = "{}") {
  return command("s1",
                 R"({"method":"get",")" + std::string(module) + R"(":{"name":")" +
                     std::string(section) + R"("}})",
                 reply);
}
Exchange set(std::string_view module, std::string_view section, std::string_view value,
             int errorCode = 0) {
  return command("s1",
                 R"({"method":"set",")" + std::string(module) + R"(":{")" + std::string(section) +
                     R"(":{"x":")" + std::string(value) + R"("}}})",
                 R"({"error_code":)" + std::to_string(errorCode) + "}");
}
Exchange perform(std::string_view module, std::string_view action) {
  return command("s1", R"({"method":"do",")" + std::string(module) + R"(":{")" +
                           std::string(action) + R"(":null}})");
}

const Exchange kGet = getLdc("s1", "");
const Exchange kOn = setLdc("s1", "on");
const Exchange kOff = setLdc("s1", "off");

}  // namespace

TEST(Timeline, AnswersRepeatsInOrderAndThenWithTheLast) {
  Played played({kGet, get("led", "config"), kGet, kGet});
  EXPECT_THAT(played.ask(kGet, 5), ElementsAre(0, 2, 3, 3, 3));
  EXPECT_EQ(played.ask(get("led", "config")), 1);
}

TEST(Timeline, KnowsWhatWasNeverAsked) {
  Played played({kGet});
  EXPECT_EQ(played.ask(kOn), -1);
  EXPECT_EQ(played.ask(get("image", "common")), -1);
}

TEST(Timeline, ShowsTheStateBeforeASetHoweverOftenItIsAsked) {
  Played played({kGet, kOn, kGet, kOff, kGet});
  EXPECT_THAT(played.ask(kGet, 3), ElementsAre(0, 0, 0));
  EXPECT_EQ(played.ask(kOn), 1);
  EXPECT_THAT(played.ask(kGet, 3), ElementsAre(2, 2, 2));
  EXPECT_EQ(played.ask(kOff), 3);
  EXPECT_THAT(played.ask(kGet, 2), ElementsAre(4, 4));
}

TEST(Timeline, ShowsTheStateAfterASetHoweverSeldomItWasAskedBefore) {
  Played played({kGet, kGet, kOn, kGet});
  EXPECT_EQ(played.ask(kOn), 2);
  EXPECT_EQ(played.ask(kGet), 3);
}

TEST(Timeline, KeepsTheOrderOfLiveValuesBetweenSets) {
  Played played({kGet, kGet, kOn, kGet, kGet});
  EXPECT_THAT(played.ask(kGet, 4), ElementsAre(0, 1, 1, 1));
  EXPECT_EQ(played.ask(kOn), 2);
  EXPECT_THAT(played.ask(kGet, 3), ElementsAre(3, 4, 4));
}

TEST(Timeline, TakesASetThatIsRepeatedForOneThatHasBeenMade) {
  Played played({kOn, kGet, kOff, kGet, kOn, kGet});
  EXPECT_THAT(played.ask(kOn, 3), ElementsAre(0, 0, 0));
  EXPECT_EQ(played.ask(kGet), 1);
  EXPECT_EQ(played.ask(kOff), 2);
  EXPECT_EQ(played.ask(kGet), 3);
  EXPECT_EQ(played.ask(kOn), 4);
  EXPECT_EQ(played.ask(kGet), 5);
}

TEST(Timeline, GoesBackWithAClientThatTakesASetBack) {
  Played played({kOn, kGet, kOff, kGet});
  EXPECT_EQ(played.ask(kOn), 0);
  EXPECT_EQ(played.ask(kOff), 2);
  EXPECT_EQ(played.ask(kGet), 3);
  EXPECT_EQ(played.ask(kOn), 0);
  EXPECT_EQ(played.ask(kGet), 1);
  EXPECT_EQ(played.ask(kOff), 2);
  EXPECT_EQ(played.ask(kGet), 3);
}

TEST(Timeline, GoesBackForWhatWasTakenBackOnly) {
  const Exchange led = get("led", "config"), setLed = set("led", "config", "1");
  Played played({kOn, kGet, led, kOff, setLed, kGet, led});
  for (const auto& change : {kOn, kOff, setLed, kOn}) EXPECT_GE(played.ask(change), 0);
  EXPECT_EQ(played.ask(kGet), 1);
  EXPECT_EQ(played.ask(led), 6);
}

TEST(Timeline, DoesNotShowASetThatTheClientHasLeftOut) {
  const Exchange setLed = set("led", "config", "1");
  Played played({kGet, kOn, kGet, setLed, kGet});
  EXPECT_EQ(played.ask(setLed), 3);
  EXPECT_EQ(played.ask(kGet), 0);
  EXPECT_EQ(played.ask(kOn), 1);
  EXPECT_EQ(played.ask(kGet), 4) << "now both have been made";
}

TEST(Timeline, ShowsWhatASetOfAnotherModuleDid) {
  const Exchange mask = set("lens_mask", "config", "on");
  Played played({kGet, mask, kGet});
  EXPECT_THAT(played.ask(kGet, 2), ElementsAre(0, 0));
  EXPECT_EQ(played.ask(mask), 1);
  EXPECT_EQ(played.ask(kGet), 2);
}

TEST(Timeline, LetsActionsOfOtherModulesPass) {
  const Exchange alive = perform("system", "keepalive");
  Played played({kGet, alive, kGet, kOn, kGet});
  EXPECT_THAT(played.ask(kGet, 3), ElementsAre(0, 2, 2)) << "nobody keeps the session alive";
  EXPECT_EQ(played.ask(kOn), 3);
  EXPECT_EQ(played.ask(kGet), 4);
}

TEST(Timeline, TakesAnActionForAChangeOfItsModule) {
  const Exchange regions = perform("image", "add_regions");
  Played played({kGet, regions, kGet});
  EXPECT_THAT(played.ask(kGet, 2), ElementsAre(0, 0));
  EXPECT_EQ(played.ask(regions), 1);
  EXPECT_EQ(played.ask(kGet), 2);
}

TEST(Timeline, TakesARefusalForNoChange) {
  const Exchange refused = set("image", "switch", "bad", -60312);
  Played played({kGet, refused, kGet});
  EXPECT_EQ(played.ask(refused), 1);
  EXPECT_THAT(played.ask(kGet, 2), ElementsAre(0, 2));
}

TEST(Timeline, RefusesWhatWasRefusedUntilTheReasonIsGone) {
  const Exchange refused = set("image", "switch", "on", -64324);
  const Exchange unmask = set("lens_mask", "config", "off");
  const Exchange accepted = set("image", "switch", "on");
  Played played({refused, unmask, accepted, kGet});
  EXPECT_THAT(played.ask(accepted, 2), ElementsAre(0, 0));
  EXPECT_EQ(played.ask(unmask), 1);
  EXPECT_THAT(played.ask(accepted, 2), ElementsAre(2, 2));
  EXPECT_EQ(played.ask(kGet), 3);
}

TEST(Timeline, FindsReadsBehindSetsThatDoNotConcernThem) {
  Played played({kOn, get("led", "config"), kOff, kGet});
  EXPECT_EQ(played.ask(get("led", "config")), 1);
  EXPECT_EQ(played.ask(kOn), 0);
  EXPECT_EQ(played.ask(kOff), 2);
  EXPECT_EQ(played.ask(get("led", "config")), 1) << "still so";
}

TEST(Timeline, SaysWhereTheRecordingDoesNotShowTheState) {
  Played never({kGet, kOn});
  EXPECT_EQ(never.ask(kOn), 1);
  EXPECT_EQ(never.ask(kGet), -2 - 0) << "nobody looked after the set";
  Played late({kOn, kOff, kGet});
  EXPECT_EQ(late.ask(kOn), 0);
  EXPECT_EQ(late.ask(kGet), -2 - 2) << "nobody looked between the two";
}

TEST(Timeline, TakesWhatGotNoAnswerForAChange) {
  Exchange lost = kOn;
  lost.reply.reset();
  Played played({kGet, lost, kGet});
  EXPECT_THAT(played.ask(kGet, 2), ElementsAre(0, 0));
  EXPECT_EQ(played.ask(lost), 1);
  EXPECT_EQ(played.ask(kGet), 2);
}

TEST(Timeline, TellsRequestsOfDifferentHttpMethodsApart) {
  Exchange other = kGet;
  other.request.http = "PUT";
  Played played({kGet});
  EXPECT_EQ(played.ask(other), -1);
}

}  // namespace stoklab::emulator
