// What the calls of the control interface do to a camera, and what they answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "control/test_camera.h"
#include "control/time_text.h"

namespace stoklab::emulator {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ControlClock, IsMovedFrozenAndReset) {
  TestControl control;
  EXPECT_EQ(control.call("GET", "/clock"),
            R"(200 {"now":"2026-01-01T00:00:00.000Z","now_ms":1767225600000,"frozen":false})");
  EXPECT_THAT(control.call("POST", "/clock", R"({"advance_ms":1800500})"),
              HasSubstr("2026-01-01T00:30:00.500Z"));
  EXPECT_THAT(control.call("POST", "/clock", R"({"freeze":true})"), HasSubstr(R"("frozen":true)"));
  EXPECT_THAT(control.call("POST", "/clock", R"({"set":"2030-02-28T12:00:00Z"})"),
              HasSubstr("2030-02-28T12:00:00.000Z"));
  EXPECT_THAT(control.call("POST", "/clock", R"({"set_ms":1})"),
              HasSubstr("1970-01-01T00:00:00.001Z"));
  EXPECT_THAT(control.call("POST", "/clock", R"({"reset":true})"),
              AllOf(HasSubstr("2026-01-01T00:00:00.000Z"), HasSubstr(R"("frozen":false)")));
}

TEST(ControlClock, RefusesWhatIsNoStep) {
  TestControl control;
  for (const char* body : {"{}", R"({"advance_ms":1,"set_ms":1})", R"({"set":"tomorrow"})",
                           R"({"set":"2026-02-30T00:00:00Z"})", R"({"set":"2200-01-01T00:00:00Z"})",
                           R"({"reset":false})", R"({"advance_ms":-1})", R"({"advance_ms":1.5})",
                           R"({"set_ms":99999999999999})", R"({"freeze":"yes"})"})
    EXPECT_EQ(control.errorOf("POST", "/clock", body), "400 bad_body") << body;
  control.call("POST", "/clock", R"({"set":"2199-12-31T23:59:59Z"})");
  EXPECT_EQ(control.errorOf("POST", "/clock", R"({"advance_ms":2000})"), "422 too_late");
}

TEST(TimeText, IsReadAsItIsWritten) {
  for (const char* text : {"1970-01-01T00:00:00.000Z", "2026-11-25T23:59:59.999Z"})
    EXPECT_EQ(timeText(parseTime(text).value()), text);
  EXPECT_EQ(timeText(parseTime("2026-01-01T00:00:00.12Z").value()), "2026-01-01T00:00:00.120Z");
  for (const char* text : {"", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z",
                           "2026-01-01T24:00:00Z", "2026-01-01T00:00:00.Z", "1969-12-31T00:00:00Z",
                           "2026-01-01T00:00:00+Z", "2026-01-01T00:00:00.1234567890Z"})
    EXPECT_FALSE(parseTime(text).has_value()) << text;
}

TEST(ControlState, IsReadByPath) {
  TestControl control;
  EXPECT_EQ(control.call("GET", "/state?path=image.switch.flicker"),
            R"(200 {"path":"image.switch.flicker","value":"50hz"})");
  EXPECT_THAT(control.call("GET", "/state"), HasSubstr(R"("path":"","value":{"image":)"));
  EXPECT_EQ(control.errorOf("GET", "/state?path=image.nothing"), "404 no_such_setting");
  EXPECT_EQ(control.errorOf("GET", "/state?path=a.b.c.d.e"), "400 bad_path");
  EXPECT_EQ(control.errorOf("GET", "/state?path=a..b"), "400 bad_path");
}

TEST(ControlState, ShowsNoSecretUnlessItIsToldTo) {
  TestControl control;
  EXPECT_THAT(control.call("GET", "/state"),
              AllOf(Not(HasSubstr("hidden-passwd")), Not(HasSubstr("00-00-5E-00-53-17"))));
  EXPECT_THAT(control.call("GET", "/state?path=user_management.root.passwd"),
              Not(HasSubstr("hidden-passwd")));
  TestControl open(1, {.revealSecrets = true});
  EXPECT_THAT(open.call("GET", "/state"), HasSubstr("hidden-passwd"));
}

TEST(ControlState, IsPatchedBehindTheDevicesBack) {
  TestControl control;
  EXPECT_EQ(control.call("PATCH", "/state", R"({"image":{"switch":{"flicker":"60hz"}}})"),
            R"(200 {"changed":["image.switch.flicker"]})");
  EXPECT_THAT(control.call("GET", "/state?path=image.switch.flicker"), HasSubstr("60hz"));
  EXPECT_EQ(control.errorOf("PATCH", "/state", R"({"nothing":{}})"), "422 no_such_setting");
  EXPECT_THAT(
      control.call("GET", "/journal?kind=event"),
      HasSubstr(R"("event":"state_patched","details":{"changed":["image.switch.flicker"]})"));
}

TEST(ControlState, IsChangedAsIfByAPerson) {
  TestControl control;
  EXPECT_EQ(
      control.call("POST", "/events", R"({"modules":{"image":{"switch":{"flicker":"auto"}}}})"),
      R"(200 {"error_code":0})");
  EXPECT_THAT(control.call("POST", "/events", R"({"method":"delete","modules":{"image":{}}})"),
              AllOf(StartsWith("422 "), HasSubstr(R"("device_code":-40209)")));
  EXPECT_EQ(control.errorOf("POST", "/events", "{}"), "400 bad_body");
}

TEST(ControlSnapshots, BringSettingsBack) {
  TestControl control;
  EXPECT_EQ(control.call("PUT", "/snapshots/before"), R"(201 {"name":"before"})");
  EXPECT_EQ(control.call("PUT", "/snapshots/before"), R"(200 {"name":"before"})");
  control.call("PATCH", "/state", R"({"image":{"switch":{"flicker":"60hz"}}})");
  control.call("PUT", "/snapshots/after");
  EXPECT_THAT(control.call("POST", "/reset"), StartsWith("200 "));
  EXPECT_THAT(control.call("GET", "/state?path=image.switch.flicker"), HasSubstr("50hz"));
  EXPECT_THAT(control.call("POST", "/reset", R"({"snapshot":"after"})"), StartsWith("200 "));
  EXPECT_THAT(control.call("GET", "/state?path=image.switch.flicker"), HasSubstr("60hz"));
  EXPECT_THAT(control.call("GET", "/snapshots"),
              AllOf(HasSubstr(R"("name":"before")"), HasSubstr(R"("name":"after")")));
  EXPECT_EQ(control.call("DELETE", "/snapshots/after"), R"(200 {"dropped":1})");
  EXPECT_EQ(control.errorOf("DELETE", "/snapshots/after"), "404 no_such_snapshot");
  EXPECT_EQ(control.errorOf("POST", "/reset", R"({"snapshot":"after"})"), "404 no_such_snapshot");
  EXPECT_EQ(control.errorOf("PUT", "/snapshots/a%2Fb"), "400 bad_name");
}

TEST(ControlSnapshots, AreBounded) {
  TestControl control;
  for (int i = 0; i < 64; ++i) control.call("PUT", "/snapshots/s" + std::to_string(i));
  EXPECT_EQ(control.errorOf("PUT", "/snapshots/one-more"), "409 too_many_snapshots");
}

TEST(ControlReset, UndoesAllThatATestHasDone) {
  TestControl control;
  auto& camera = control.directory.at(0);
  camera.device.login();
  camera.receive("{}");
  control.call("POST", "/lockout", R"({"kind":"for_good"})");
  control.call("POST", "/clock", R"({"advance_ms":5000})");
  EXPECT_THAT(control.call("POST", "/reset"), StartsWith("200 "));
  EXPECT_EQ(control.call("GET", "/sessions"), R"(200 {"sessions":[]})");
  EXPECT_THAT(control.call("GET", "/lockout"), HasSubstr(R"("kind":"none")"));
  EXPECT_THAT(control.call("GET", "/clock"), HasSubstr("00:00:00.000Z"));
  EXPECT_THAT(control.call("GET", "/journal/counts"), HasSubstr(R"("recorded":0)"));
}

TEST(ControlSessions, AreListedWithoutTheirTokens) {
  TestControl control;
  control.directory.at(0).device.login();
  EXPECT_EQ(
      control.call("GET", "/sessions"),
      R"(200 {"sessions":[{"id":1,"user_group":"root","opened_at":"2026-01-01T00:00:00.000Z",)"
      R"("expires_at":"2026-01-01T00:30:00.000Z","expires_in_ms":1800000}]})");
  TestControl open(1, {.revealSecrets = true});
  open.directory.at(0).device.login();
  EXPECT_THAT(open.call("GET", "/sessions"), HasSubstr(R"("token":"token-of-a-session")"));
}

TEST(ControlSessions, AreEndedOneByOneOrAll) {
  TestControl control;
  auto& device = control.directory.at(0).device;
  for (int i = 0; i < 3; ++i) device.login();
  EXPECT_EQ(control.call("POST", "/sessions/expire", R"({"id":2})"), R"(200 {"ended":1})");
  EXPECT_EQ(control.errorOf("POST", "/sessions/expire", R"({"id":2})"), "404 no_such_session");
  EXPECT_EQ(control.call("POST", "/sessions/revoke"), R"(200 {"ended":2})");
}

TEST(ControlLockout, IsSetAndShown) {
  TestControl control;
  EXPECT_EQ(
      control.call("POST", "/lockout", R"({"kind":"timed","seconds":1800,"client":"127.0.0.1"})"),
      R"(200 {"kind":"timed","seconds_left":1800,"clients":)"
      R"([{"address":"127.0.0.1","failures":3,"seconds_left":1800}]})");
  EXPECT_EQ(control.call("POST", "/lockout", R"({"kind":"factory"})"),
            R"(200 {"kind":"factory","seconds_left":null,"clients":[]})");
  EXPECT_EQ(control.errorOf("POST", "/lockout", R"({"kind":"none","seconds":1})"), "400 bad_body");
  EXPECT_EQ(control.errorOf("POST", "/lockout", "{}"), "400 bad_body");
}

TEST(ControlJournal, IsReadFilteredAndCleared) {
  TestControl control;
  control.directory.at(0).receive(R"({"method":"get","image":{"name":"switch"}})");
  control.directory.at(0).receive(R"({"method":"set","image":{"switch":{"flicker":"60hz"}}})");
  EXPECT_THAT(control.call("GET", "/journal?method=set"),
              AllOf(HasSubstr(R"("asks":["image.switch.flicker"])"), HasSubstr(R"("next":2)"),
                    Not(HasSubstr("token-of-a-session"))));
  EXPECT_THAT(control.call("GET", "/journal/counts?module=image"),
              HasSubstr(R"("matching":2,"by_method":{"get":1,"set":1},"by_module":{"image":2})"));
  EXPECT_THAT(control.call("GET", "/journal/wait?count=2&timeout_ms=0&module=image"),
              HasSubstr(R"("matching":2,"entries":[{"n":1)"));
  EXPECT_THAT(control.call("GET", "/journal/wait?count=3&timeout_ms=0&module=image"),
              AllOf(StartsWith("409 "), HasSubstr(R"("matching":2)"),
                    HasSubstr("after 0 ms 2 of 3 have come: a request with module image")));
  EXPECT_EQ(control.call("DELETE", "/journal"), R"(200 {"dropped":2})");
  EXPECT_THAT(control.call("GET", "/journal"), HasSubstr(R"("entries":[])"));
}

TEST(ControlReboot, TakesTheCameraAway) {
  TestControl control;
  EXPECT_THAT(control.call("POST", "/reboot", R"({"away_ms":2500})"),
              HasSubstr(R"("away_ms":2500)"));
  EXPECT_THAT(control.call("POST", "/reboot"), HasSubstr(R"("away_ms":60000)"));
}

TEST(ControlUpgrade, BeginsOnceAndLeavesNothingToSteerMeanwhile) {
  TestControl control;
  EXPECT_EQ(control.errorOf("POST", "/upgrade"), "409 no_upgrade");
  control.directory.at(0).mayUpgrade = true;
  EXPECT_THAT(control.call("POST", "/upgrade"), StartsWith("202 "));
  EXPECT_EQ(control.errorOf("POST", "/upgrade"), "409 no_upgrade");
  control.directory.at(0).upgrading = true;
  EXPECT_EQ(control.errorOf("GET", "/sessions"), "409 upgrading");
  EXPECT_EQ(control.errorOf("POST", "/reset"), "409 upgrading");
  EXPECT_THAT(control.call("GET", "/camera"), HasSubstr(R"("progress":"upgrading")"));
  EXPECT_THAT(control.call("GET", "/journal"), StartsWith("200 "));
}

TEST(ControlFaults, AreAddedListedAndDropped) {
  TestControl control;
  EXPECT_EQ(control.call("POST", "/faults", R"({"name":"busy","do":{"code":-40109}})"),
            R"(201 {"ids":[1]})");
  EXPECT_THAT(control.call("GET", "/faults"),
              AllOf(HasSubstr(R"("id":1,"name":"busy")"), HasSubstr(R"("unused":[1])"),
                    HasSubstr(R"("planted":["slow-reads"])")));
  EXPECT_EQ(control.errorOf("POST", "/faults", R"({"do":{"explode":1}})"), "422 bad_fault");
  EXPECT_EQ(control.errorOf("DELETE", "/faults/9"), "404 no_such_fault");
  EXPECT_EQ(control.errorOf("DELETE", "/faults/x"), "404 no_such_fault");
  EXPECT_EQ(control.call("DELETE", "/faults/1"), R"(200 {"dropped":1})");
  EXPECT_EQ(control.call("DELETE", "/faults"), R"(200 {"dropped":0})");
}

}  // namespace stoklab::emulator
