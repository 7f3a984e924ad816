// What a dump does to a device: it reads, slowly, logs in once, stops at a lock, and goes on where
// it was interrupted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <sstream>

#include "dumped_device.h"
#include "stoklab/protocol/json.h"

namespace stoklab::drift {

using fixtures::Profile;
using protocol::Json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace {

Profile c350() { return *fixtures::builtInProfile("c350_hw1.0_fw2.3.2"); }

int countHolding(const std::vector<Contact>& contacts, std::string_view what) {
  return static_cast<int>(std::count_if(
      contacts.begin(), contacts.end(),
      [&](const Contact& contact) { return contact.body.find(what) != std::string::npos; }));
}

// The word under "method" of every request that has one.
std::vector<std::string> methodsOf(const std::vector<Contact>& contacts) {
  std::vector<std::string> methods;
  for (const Contact& contact : contacts) {
    const auto body = protocol::parseJson(contact.body);
    const Json* method = body ? body->find("method") : nullptr;
    if (method != nullptr && method->string() != nullptr) methods.push_back(*method->string());
  }
  return methods;
}

std::string contentOf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

TEST(Dump, LogsInOnceAndWritesNothing) {
  DumpedDevice device(c350());
  device.dump();
  const auto contacts = device.contacts();
  EXPECT_EQ(countHolding(contacts, "\"login\""), 1);
  EXPECT_EQ(countHolding(contacts, "\"logout\""), 1);
  const auto methods = methodsOf(contacts);
  for (const char* writing : {"set", "add", "delete"})
    EXPECT_EQ(std::count(methods.begin(), methods.end(), writing), 0) << writing;
  EXPECT_EQ(std::count(methods.begin(), methods.end(), "do"),
            1 + 1 + countHolding(contacts, "get_encrypt_info"))
      << "besides the login, the logout and challenges nothing is done";
}

TEST(Dump, SendsAtMostFourRequestsASecondAndIsDoneInThreeMinutes) {
  DumpedDevice device(c350());
  auto options = DumpedDevice::unthrottled();
  options.rate = 4;
  const auto begun = device.clock().now();
  device.dump(options);
  const auto contacts = device.contacts();
  ASSERT_GT(contacts.size(), 100U);
  for (std::size_t i = 4; i < contacts.size(); ++i)
    ASSERT_GE(contacts[i].at - contacts[i - 4].at, seconds(1)) << "request " << i;
  EXPECT_LT(device.clock().now() - begun, seconds(180));
}

TEST(Dump, AsksNothingMoreOfADeviceThatSaysItIsLocked) {
  Profile profile = c350();
  profile.authentication.challengeDataCode.value = -40404;
  DumpedDevice device(profile);
  const auto outcome = device.tryDump(DumpedDevice::unthrottled());
  ASSERT_TRUE(std::holds_alternative<cli::ExitCode>(outcome));
  EXPECT_EQ(std::get<cli::ExitCode>(outcome), cli::ExitCode::safety);
  EXPECT_EQ(device.contacts().size(), 1U);
}

TEST(Dump, StopsAtARefusedLogin) {
  DumpedDevice device(c350());
  device.setPassword("wrong");
  const auto outcome = device.tryDump(DumpedDevice::unthrottled());
  ASSERT_TRUE(std::holds_alternative<cli::ExitCode>(outcome));
  EXPECT_EQ(std::get<cli::ExitCode>(outcome), cli::ExitCode::safety);
  EXPECT_EQ(countHolding(device.contacts(), "\"login\""), 1);
}

TEST(Dump, ThatIsInterruptedAnywhereGoesOnToTheSameProfile) {
  DumpedDevice device(c350());
  const std::string whole = printProfile(device.dump());
  const auto journal = workFolder() / "interrupted.partial";
  std::atomic<int> interrupted = 0;
  auto options = DumpedDevice::unthrottled();
  options.journal = journal;
  options.interrupted = &interrupted;
  int interruptions = 0;
  for (std::size_t pause = 3;; pause += 17) {
    interrupted = 0;
    std::size_t steps = 0;
    options.progress = [&](std::string_view, std::size_t, std::size_t) {
      if (++steps == pause) interrupted = SIGINT;
    };
    auto outcome = device.tryDump(options);
    if (auto* dump = std::get_if<cli::dump::Dump>(&outcome)) {
      EXPECT_EQ(printProfile(dump->profile), whole);
      EXPECT_GT(dump->report.resumedSteps, 0U);
      break;
    }
    ASSERT_EQ(static_cast<int>(std::get<cli::ExitCode>(outcome)), 128 + SIGINT) << device.errors();
    ++interruptions;
  }
  EXPECT_GT(interruptions, 3);
}

TEST(Dump, BeginsAgainIfAnotherDeviceAnswers) {
  const auto journal = workFolder() / "other.partial";
  auto options = DumpedDevice::unthrottled();
  options.journal = journal;
  std::atomic<int> interrupted = 0;
  options.interrupted = &interrupted;
  std::size_t steps = 0;
  options.progress = [&](std::string_view, std::size_t, std::size_t) {
    if (++steps == 60) interrupted = SIGINT;
  };
  DumpedDevice(c350()).tryDump(options);
  Profile changed = c350();
  for (fixtures::Module& module : changed.modules)
    for (fixtures::Section& section : module.sections)
      if (module.name == "device_info" && section.name == "basic_info") {
        section.fields.set("another", "on");
      }
  DumpedDevice device(changed);
  const std::string fresh = printProfile(device.dump());
  interrupted = 0;
  options.progress = {};
  EXPECT_EQ(printProfile(device.dump(options)), fresh);
  EXPECT_THAT(device.errors(), HasSubstr("begins again"));
}

TEST(Dump, KeepsNothingThatBelongsToSomebody) {
  Profile profile = c350();
  for (fixtures::Module& module : profile.modules)
    for (fixtures::Section& section : module.sections)
      if (module.name == "device_info" && section.name == "basic_info") {
        // In two parts: whoever looks for addresses in this repository shall find none.
        section.fields.set("mac", std::string("A4-2B-B0-") + "11-53-42");
        section.fields.set("device_alias", "Grandmother's porch");
        section.fields.set("unheard_of", "0123456789abcdef0123");
      }
  DumpedDevice device(profile);
  auto options = DumpedDevice::unthrottled();
  options.journal = workFolder() / "kept.partial";
  const std::string dumped = printProfile(device.dump(options));
  const std::string journal = contentOf(options.journal);
  EXPECT_THAT(journal, HasSubstr("device_alias"));
  for (const std::string& text : {dumped, journal}) {
    EXPECT_THAT(text, Not(HasSubstr("53-42")));
    EXPECT_THAT(text, Not(HasSubstr("porch")));
    EXPECT_THAT(text, Not(HasSubstr("0123456789abcdef0123")));
    EXPECT_THAT(text, Not(HasSubstr("secret-1")));
  }
}

TEST(Dump, LearnsWhatARefusalIsLikeFromOneWrongPassword) {
  Profile profile = c350();
  profile.authentication.refusedStatus.value = 403;
  DumpedDevice device(profile);
  auto options = DumpedDevice::unthrottled();
  options.costly.failedLogins = 1;
  const Profile dumped = device.dump(options);
  EXPECT_EQ(dumped.authentication.refusedStatus.value, 403);
  EXPECT_EQ(dumped.authentication.refusedStatus.evidence, fixtures::Evidence::measured);
  EXPECT_EQ(countHolding(device.contacts(), "\"login\""), 2);
}

TEST(Dump, WritesOnlyValuesThatAreThereWhenItMay) {
  DumpedDevice device(c350());
  auto options = DumpedDevice::unthrottled();
  const Profile before = device.dump(options);
  options.costly.rewrite = true;
  device.dump(options);
  options.costly.rewrite = false;
  EXPECT_THAT(findingsBetween(before, device.dump(options), true), IsEmpty());
  EXPECT_GT(countHolding(device.contacts(), R"("method":"set")"), 50);
  for (const Contact& contact : device.contacts()) {
    const auto body = protocol::parseJson(contact.body);
    const Json* method = body ? body->find("method") : nullptr;
    if (method == nullptr || *method != Json("set")) continue;
    for (const char* untouched : {"network", "user_management", "system"})
      EXPECT_EQ(body->find(untouched), nullptr) << contact.body;
  }
}

}  // namespace stoklab::drift
