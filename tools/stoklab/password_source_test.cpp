#include "password_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

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

Result<std::string> nobodyThere(const std::string&) { return protocol::malformed("no terminal"); }

// A console whose environment is the map.
struct Surroundings {
  std::istringstream in;
  std::ostringstream out, err;
  std::map<std::string, std::string> variables;
  Console console{.in = in,
                  .out = out,
                  .err = err,
                  .environment = [this](const char* name) -> std::optional<std::string> {
                    const auto found = variables.find(name);
                    if (found == variables.end()) return std::nullopt;
                    return found->second;
                  }};

  Result<std::string> read(const PasswordOptions& options, const Prompt& prompt = nobodyThere) {
    return readPassword(options, console, "admin", prompt);
  }
};

std::string fileWith(const std::string& content) {
  std::string path = testing::TempDir() + "password_source_test_XXXXXX";
  close(mkstemp(path.data()));
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

}  // namespace

TEST(PasswordSource, TakesTheEnvironmentBeforeItAsks) {
  Surroundings here;
  here.variables["STOKLAB_PASSWORD"] = "from the environment";
  EXPECT_EQ(*here.read({}, [](const std::string&) { return std::string("typed"); }),
            "from the environment");
}

TEST(PasswordSource, TakesAnOptionBeforeTheEnvironment) {
  Surroundings here;
  here.variables["STOKLAB_PASSWORD"] = "from the environment";
  const std::string path = fileWith("from a file\n");
  EXPECT_EQ(*here.read({.file = path}), "from a file");
  unlink(path.c_str());
}

TEST(PasswordSource, AsksForTheUserWhenNothingElseIsThere) {
  Surroundings here;
  std::string asked;
  const auto password = here.read({}, [&](const std::string& question) {
    asked = question;
    return std::string("typed");
  });
  EXPECT_EQ(*password, "typed");
  EXPECT_EQ(asked, "Password of admin: ");
}

TEST(PasswordSource, NamesTheOtherSourcesWhenThereIsNoTerminal) {
  Surroundings here;
  EXPECT_THAT(here.read({}),
              FailsSaying(AllOf(HasSubstr("STOKLAB_PASSWORD"), HasSubstr("--password-file"),
                                HasSubstr("--password-fd"))));
}

TEST(PasswordSource, DropsTheLineBreakAtTheEndAndNothingElse) {
  for (const auto& [content, password] : std::map<std::string, std::string>{
           {"p\n", "p"}, {"p\r\n", "p"}, {"p", "p"}, {" p \n", " p "}, {"p\n\n", "p\n"}}) {
    Surroundings here;
    here.in.str(content);
    EXPECT_EQ(*here.read({.file = "-"}), password) << testing::PrintToString(content);
  }
}

TEST(PasswordSource, ReadsADescriptorToItsEnd) {
  int ends[2] = {};
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "first", 5), 5);
  ASSERT_EQ(write(ends[1], "second\n", 7), 7);
  close(ends[1]);
  Surroundings here;
  EXPECT_EQ(*here.read({.fileDescriptor = ends[0]}), "firstsecond");
  close(ends[0]);
}

TEST(PasswordSource, FailsOnADescriptorThatIsNotOpen) {
  Surroundings here;
  EXPECT_THAT(here.read({.fileDescriptor = 1'000'000}), FailsSaying(HasSubstr("--password-fd")));
}

TEST(PasswordSource, FailsOnAFileThatIsNotThere) {
  Surroundings here;
  EXPECT_THAT(here.read({.file = "/nonexistent/password"}),
              FailsSaying(HasSubstr("/nonexistent/password")));
}

TEST(PasswordSource, RefusesAnEmptyPassword) {
  Surroundings here;
  here.variables["STOKLAB_PASSWORD"] = "";
  EXPECT_THAT(here.read({}), FailsWith(ErrorKind::malformed));
}

TEST(PasswordSource, RefusesWhatIsTooLongWithoutRepeatingIt) {
  Surroundings here;
  here.in.str(std::string(1024, 'x'));
  EXPECT_EQ(here.read({.file = "-"})->size(), 1024U);
  Surroundings there;
  there.in.str(std::string(1025, 'x'));
  EXPECT_THAT(there.read({.file = "-"}),
              FailsSaying(AllOf(HasSubstr("1024 bytes"), Not(HasSubstr("xxx")))));
}

}  // namespace stoklab::cli
