// Answers that are whole, sets that are cut off, and floods: CMD-ANSWER, CMD-SET-CUT,
// CMD-SET-ABANDONED and AUTH-FLOOD.
#include <chrono>
#include <set>
#include <thread>

#include "suites/common.h"

namespace stoklab::conformance {
namespace {

using std::chrono::milliseconds;
using testing::AnyOf;
using testing::Eq;
using testing::Lt;

SUITE_NEEDS_OWN_EMULATOR(Flood);

const Setting kLuma{"image", "common", "luma"};

// One of each kind.
constexpr const char* kCommands[] = {
    R"({"method":"get","image":{"name":"switch"}})",
    R"({"method":"get","OSD":{"name":"date","table":"label_info"}})",
    R"({"method":"get","device_info":{"name":"basic_info"}})",
    R"({"method":"get","no_such_module":{"name":"none"}})",
    R"({"method":"do","system":{"get_user_id":null}})",
    R"({"method":"guess","image":{"name":"switch"}})",
};

// --- answers

// The name of a member that stands twice in one object, anywhere in `value`; empty if none does.
std::string repeatedMember(const Value& value) {
  std::set<std::string> names;
  for (const Member& member : value.members) {
    if (!names.insert(member.name).second) return member.name;
    if (std::string inside = repeatedMember(member.value); !inside.empty()) return inside;
  }
  for (const Value& item : value.items) {
    if (std::string inside = repeatedMember(item); !inside.empty()) return inside;
  }
  return {};
}

REQUIREMENT(Whole, HasNoMemberTwice, "CMD-ANSWER-NO-DUPLICATES") {
  std::vector<Answer> answers = {device().askForChallenge()};
  for (const char* command : kCommands) answers.push_back(device().command(command));
  for (const Answer& answer : answers) {
    EXPECT_THAT(repeatedMember(answer.json.value_or(Value{})), Eq("")) << summary(answer);
  }
}

REQUIREMENT(Whole, IsAsLongAsItSays, "CMD-ANSWER-LENGTH") {
  for (const char* command : kCommands) {
    SCOPED_TRACE(command);
    Connection connection = device().connect();
    device().exchange(connection,
                      {.path = "/stok=" + percentEncode(device().session(), false) + "/ds",
                       .body = command,
                       .headers = {{"Connection", "close"}}});
    connection.closesWithin(milliseconds(300));
    EXPECT_THAT(connection.unread(), Eq(0U)) << "bytes after the end of the answer";
  }
}

REQUIREMENT(Whole, ComesPromptly, "CMD-ANSWER-PROMPT") {
  constexpr milliseconds kBound{5'000};
  const auto timeOf = [](const auto& exchange) {
    const auto start = std::chrono::steady_clock::now();
    exchange();
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start)
        .count();
  };
  EXPECT_THAT(timeOf([] { device().askForChallenge(); }), Lt(kBound.count())) << "milliseconds";
  device().session();
  for (const char* command : {R"({"method":"get","image":{"name":["switch","common"]}})",
                              R"({"method":"get","system":{"name":"clock_status"}})"}) {
    SCOPED_TRACE(command);
    EXPECT_THAT(timeOf([&] { device().command(command); }), Lt(kBound.count())) << "milliseconds";
  }
}

// --- sets that are cut off

std::string otherLuma() { return device().read(kLuma) == "60" ? "61" : "60"; }
std::string otherMode() { return device().read(kNightMode) == "off" ? "auto_ir" : "off"; }

// Sends `request` and hangs up. The device gets some time, so that nothing of it is still to come
// when the settings are looked at and put back.
void sendAndLeave(const std::string& request) {
  {
    Connection connection = device().connect();
    connection.send(request);
  }
  std::this_thread::sleep_for(milliseconds(device().own() ? 50 : 1000));
}

HttpRequest setRequest(std::string body) {
  return {.path = "/stok=" + percentEncode(device().session(), false) + "/ds",
          .body = std::move(body)};
}

REQUIREMENT(CutOff, WritesNothingIfTheBodyIsCut, "CMD-SET-CUT") {
  device().remember(kLuma);
  const std::string before = device().read(kLuma);
  HttpRequest set = setRequest(setBody(kLuma, jsonString(otherLuma())));
  // All of the JSON is there; what is missing could only be white space.
  set.headers = {{"Content-Length", std::to_string(set.body.size() + 10)}};
  sendAndLeave(toText(set, device().target().hostHeader()));
  EXPECT_THAT(device().read(kLuma), Eq(before));
}

REQUIREMENT(CutOff, WritesAllOrNothingForNobody, "CMD-SET-ABANDONED") {
  device().remember(kNightMode);
  device().remember(kLuma);
  const auto both = [] { return device().read(kNightMode) + " " + device().read(kLuma); };
  const std::string mode = otherMode();
  const std::string luma = otherLuma();
  const std::string before = both();
  sendAndLeave(
      toText(setRequest(R"({"method":"set","image":{"switch":{"pre_night_vision_mode":)" +
                        jsonString(mode) + R"(},"common":{"luma":)" + jsonString(luma) + "}}}"),
             device().target().hostHeader()));
  EXPECT_THAT(both(), AnyOf(before, mode + " " + luma));
}

// --- floods

constexpr int kFlood = 1000;
constexpr std::size_t kMostGrowth = 40U * 1024 * 1024;

struct FloodStory {
  std::optional<std::size_t> before, after;  // bytes that the process occupies
  Answer challenge, login;
};

// Past the device's own functions, which would remember every nonce.
void flood() {
  const std::string request =
      toText({.body = std::string(kAskChallenge)}, device().target().hostHeader());
  std::optional<Connection> connection;
  for (int i = 0; i < kFlood; ++i) {
    if (!connection) connection = device().connect();
    connection->send(request);
    if (connection->receive().header("Connection") == "close") connection.reset();
  }
}

const FloodStory& floodStory() {
  static const FloodStory story = [] {
    FloodStory s;
    device().loginNormally();  // whatever a device does once is done then
    s.before = device().residentBytes();
    flood();
    s.after = device().residentBytes();
    s.challenge = device().askForChallenge();
    const auto challenge = challengeIn(s.challenge);
    if (challenge) s.login = device().login({}, *challenge, true);
    return s;
  }();
  return story;
}

REQUIREMENT(Flood, LeavesTheDoorOpen, "AUTH-FLOOD-LOGIN") {
  EXPECT_THAT(floodStory().challenge, CarriesChallenge());
  EXPECT_THAT(floodStory().login, IsLoggedIn());
}

REQUIREMENT(Flood, TakesNoMemory, "AUTH-FLOOD-MEMORY") {
  const FloodStory& story = floodStory();
  if (!story.before || !story.after) throw NotApplicable("the memory of the device cannot be seen");
  const std::size_t growth = *story.after > *story.before ? *story.after - *story.before : 0;
  EXPECT_THAT(growth, Lt(kMostGrowth)) << "bytes in " << kFlood << " challenges";
}

}  // namespace
}  // namespace stoklab::conformance
