// Actions: CMD-DO.
#include "suites/common.h"

namespace stoklab::conformance {
namespace {

REQUIREMENT(Action, TellsTheUserId, "CMD-DO-USER-ID") {
  const Answer answer = device().command(R"({"method":"do","system":{"get_user_id":null}})");
  EXPECT_THAT(answer, HasCode(0));
  EXPECT_THAT(answer, Holds("system.user_id", AnInteger()));
}

REQUIREMENT(Action, TakesTheTextNull, "CMD-DO-NULL-TEXT") {
  EXPECT_THAT(device().command(R"({"method":"do","system":{"get_user_id":"null"}})"),
              Holds("system.user_id", AnInteger()));
}

REQUIREMENT(Action, StartsAndStopsTheAlarm, "CMD-DO-ALARM") {
  const Answer started =
      device().command(R"({"method":"do","msg_alarm":{"manual_msg_alarm":{"action":"start"}}})");
  const Answer stopped =
      device().command(R"({"method":"do","msg_alarm":{"manual_msg_alarm":{"action":"stop"}}})");
  EXPECT_THAT(started, HasCode(0));
  EXPECT_THAT(stopped, HasCode(0));
}

}  // namespace
}  // namespace stoklab::conformance
