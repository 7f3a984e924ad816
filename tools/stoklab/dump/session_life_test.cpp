#include "dump/session_life.h"

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli::dump {

using protocol::Json;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// A session on a clock that sleepers move.
struct Session {
  seconds life;
  bool fixed = false;
  int logins = 0;
  std::chrono::steady_clock::time_point now = {}, since = {};

  Json measure(seconds upTo) {
    const Time time{.now = [this] { return now; }, .sleep = [this](milliseconds by) { now += by; }};
    return *measureSessionLife({.logIn = [this]() -> Result<void> {
                                  ++logins;
                                  since = now;
                                  return {};
                                },
                                .isAlive = [this]() -> Result<bool> {
                                  const bool alive = now - since < life;
                                  if (alive && !fixed) since = now;
                                  return alive;
                                }},
                               upTo, time);
  }
};

}  // namespace

TEST(SessionLife, IsFoundToTheSecondIfItIsShort) {
  EXPECT_EQ(Session{.life = seconds(20)}.measure(seconds(40)),
            Json::object({{"lifetime_s", 20}, {"expiry", "sliding"}}));
  EXPECT_EQ((Session{.life = seconds(20), .fixed = true}.measure(seconds(40))),
            Json::object({{"lifetime_s", 20}, {"expiry", "fixed"}}));
}

TEST(SessionLife, IsNotToldIfItIsLongerThanTheWait) {
  EXPECT_EQ(Session{.life = seconds(1800)}.measure(seconds(60)),
            Json::object({{"longer_than_s", 60}}));
}

TEST(SessionLife, TakesNoMoreLoginsThanAreAnnounced) {
  for (const int life : {1, 7, 100, 599}) {
    SCOPED_TRACE(life);
    Session session{.life = seconds(life)};
    session.measure(seconds(600));
    EXPECT_LE(session.logins, loginsForSessionLife(seconds(600)));
  }
}

}  // namespace stoklab::cli::dump
