#include "control_options.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

using protocol::ErrorKind;
using protocol::FailsSaying;
using protocol::FailsWith;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

class Surroundings {
 public:
  protocol::Result<std::optional<ControlSetup>> setup(const ControlArguments& arguments) {
    return controlSetup(arguments, {}, console_);
  }

  std::istringstream in;
  std::map<std::string, std::string> variables;

 private:
  std::ostringstream out_, err_;
  Console console_{.in = in,
                   .out = out_,
                   .err = err_,
                   .environment = [this](const char* name) -> std::optional<std::string> {
                     const auto found = variables.find(name);
                     if (found == variables.end()) return std::nullopt;
                     return found->second;
                   }};
};

}  // namespace

TEST(ControlOptions, OpenNoPortUnlessTheyAreAskedTo) {
  Surroundings here;
  const auto none = here.setup({});
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE(none->has_value());
  const auto some = here.setup({.port = 0});
  ASSERT_TRUE(some.has_value() && some->has_value());
  EXPECT_EQ((*some)->server.address, "127.0.0.1");
  EXPECT_EQ((*some)->server.token, "");
  EXPECT_EQ((*some)->journal.maxEntries, 10'000U);
}

TEST(ControlOptions, TakeTheTokenFromAFileOrTheEnvironment) {
  Surroundings here;
  here.variables["STOKLAB_CONTROL_TOKEN"] = "from-the-environment";
  here.in.str("from-the-input\n");
  EXPECT_EQ((*here.setup({.port = 0}))->server.token, "from-the-environment");
  EXPECT_EQ((*here.setup({.port = 0, .tokenFile = "-"}))->server.token, "from-the-input");
  std::string file = testing::TempDir() + "control_options_test_XXXXXX";
  close(mkstemp(file.data()));
  std::ofstream(file, std::ios::binary) << "from-the-file\r\n";
  EXPECT_EQ((*here.setup({.port = 0, .tokenFile = file}))->server.token, "from-the-file");
  EXPECT_THAT(here.setup({.port = 0, .tokenFile = file + ".no"}),
              FailsSaying(AllOf(HasSubstr("--control-token-file"), HasSubstr("No such file"))));
}

TEST(ControlOptions, RefuseTokensThatWouldNotProtect) {
  for (const char* token : {"", "short", "with a space", "with\ttab", "t\xc3\xb6ken-of-eight"}) {
    SCOPED_TRACE(token);
    Surroundings here;
    here.variables["STOKLAB_CONTROL_TOKEN"] = token;
    const auto setup = here.setup({.port = 0});
    ASSERT_THAT(setup, FailsWith(ErrorKind::malformed));
    EXPECT_THAT(setup.error().detail, HasSubstr("STOKLAB_CONTROL_TOKEN"));
    if (*token != '\0') {
      EXPECT_THAT(setup.error().detail, Not(HasSubstr(token)));
    }
  }
}

TEST(ControlOptions, LetOthersInWithATokenOnlyAndShowThemNoSecrets) {
  Surroundings here;
  EXPECT_THAT(here.setup({.port = 0, .address = "0.0.0.0"}), FailsWith(ErrorKind::safety));
  EXPECT_TRUE(here.setup({.port = 0, .address = "::1", .revealSecrets = true}).has_value());
  here.variables["STOKLAB_CONTROL_TOKEN"] = "a-good-token";
  EXPECT_TRUE(here.setup({.port = 0, .address = "0.0.0.0"}).has_value());
  EXPECT_THAT(here.setup({.port = 0, .address = "0.0.0.0", .revealSecrets = true}),
              FailsSaying(HasSubstr("--reveal-secrets")));
}

TEST(ControlOptions, GiveMoreEntriesMoreRoom) {
  Surroundings here;
  const auto large = here.setup({.port = 0, .journalEntries = 100'000});
  EXPECT_EQ((*large)->journal.maxEntries, 100'000U);
  EXPECT_EQ((*large)->journal.maxBytes, 160'000'000U);
  EXPECT_EQ((*here.setup({.port = 0, .journalEntries = 1}))->journal.maxBytes, 1024U * 1024);
}

}  // namespace stoklab::cli
