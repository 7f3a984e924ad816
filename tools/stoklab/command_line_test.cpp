#include "command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "program_run.h"
#include "verb.h"

namespace stoklab::cli {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

namespace {

std::string configFile(const std::string& content) {
  std::string path = testing::TempDir() + "command_line_test_XXXXXX";
  close(mkstemp(path.data()));
  std::ofstream(path) << content;
  return path;
}

}  // namespace

TEST(CommandLine, PrintsItsHelpAndItsExitCodes) {
  const ProgramRun run({"--help"});
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.out, AllOf(HasSubstr("Exit codes: 0"), HasSubstr("Not affiliated")));
  EXPECT_EQ(run.err, "");
}

TEST(CommandLine, NamesEveryVerbInItsHelp) {
  const ProgramRun run({"--help"});
  for (const Verb& verb : verbs()) EXPECT_THAT(run.out, HasSubstr(std::string(verb.summary)));
}

TEST(CommandLine, GivesEveryVerbAHelpWithAnExample) {
  for (const Verb& verb : verbs()) {
    SCOPED_TRACE(verb.name);
    const ProgramRun run({std::string(verb.name), "--help"});
    EXPECT_EQ(run.code, 0);
    EXPECT_THAT(run.out,
                AllOf(HasSubstr("Example:\n" + std::string(verb.example)), HasSubstr("--format")));
  }
}

TEST(CommandLine, SuggestsAVerbForATypingError) {
  const ProgramRun run({"mdoules"});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("did you mean \"modules\"?"));
}

TEST(CommandLine, ListsTheVerbsWhenNothingIsNear) {
  const ProgramRun run({"frobnicate"});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, AllOf(HasSubstr("frobnicate"), Not(HasSubstr("did you mean"))));
}

TEST(CommandLine, FailsAsUsageAndSaysWhereTheHelpIs) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {},
           {"get"},
           {"version", "--nonsense"},
           {"version", "surplus"},
           {"version", "--format", "xml"},
           {"get", "image.switch", "--tls-pin", "aa", "--insecure"},
           {"get", "image.switch", "--timeout", "soon"},
           {"profile"}}) {
    SCOPED_TRACE(testing::PrintToString(arguments));
    const ProgramRun run(arguments);
    EXPECT_EQ(run.code, 2);
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err, HasSubstr("--help"));
  }
}

TEST(CommandLine, NamesTheWordsThatAChoiceTakes) {
  const ProgramRun run({"emulate", "--fleet", "2", "--fleet-by", "prt"});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("--fleet-by: takes auto, address or port, and not \"prt\""));
}

TEST(CommandLine, FailsAsUsageBeforeItConnectsAnywhere) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"get", "image..switch"},
           {"set", "image.switch=off"},
           {"set", "a.b.c:=x"},
           {"do", "reboot"},
           {"add", "t", "row", "a=1"},
           {"delete", "m.t", "row"},
           {"challenge"},
           {"challenge", "--target", "192.0.2.7"},
           {"challenge", "--target", "http://127.0.0.1:1", "--insecure"},
           {"ready"}}) {
    SCOPED_TRACE(testing::PrintToString(arguments));
    const ProgramRun run(arguments, {{"STOKLAB_PASSWORD", "x"}});
    EXPECT_EQ(run.code, 2);
    EXPECT_THAT(run.err, testing::StartsWith("error: "));
  }
}

TEST(CommandLine, TakesOptionsFromTheEnvironment) {
  const ProgramRun run({"version"}, {{"STOKLAB_FORMAT", "json"}});
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.out, HasSubstr("\"schema_version\": 1"));
}

TEST(CommandLine, PrefersTheFlagToTheEnvironment) {
  const ProgramRun run({"version", "--format", "text"}, {{"STOKLAB_FORMAT", "json"}});
  EXPECT_THAT(run.out, Not(HasSubstr("schema_version")));
}

TEST(CommandLine, NamesAVariableThatIsWrong) {
  const ProgramRun run({"version"}, {{"STOKLAB_FORMAT", "xml"}});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("STOKLAB_FORMAT"));
  EXPECT_THAT(run.err, HasSubstr("takes text or json, and not \"xml\""));
}

// Or "set --target ..." would be done to many devices where the variable names a list of them.
TEST(CommandLine, PrefersAFlagToTheVariableOfOneThatItExcludes) {
  const std::pair<std::string, std::string> list = {"STOKLAB_TARGETS", "/nonexistent/list"};
  const std::pair<std::string, std::string> one = {"STOKLAB_TARGET", "ftp://192.0.2.7"};
  EXPECT_THAT(
      ProgramRun({"get", "image", "--target", "ftp://192.0.2.8"}, {list, {"STOKLAB_PASSWORD", "x"}})
          .err,
      HasSubstr("192.0.2.8"));
  EXPECT_THAT(ProgramRun({"get", "image", "--targets", "/nonexistent/2"}, {one}).err,
              HasSubstr("/nonexistent/2"));
  const ProgramRun both({"get", "image"}, {list, one});
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.err, HasSubstr("STOKLAB_TARGET"));
  EXPECT_THAT(both.err, HasSubstr("excludes STOKLAB_TARGETS"));
}

TEST(CommandLine, DoesNotMindAWrongVariableOfAnotherVerb) {
  EXPECT_EQ(ProgramRun({"version"}, {{"STOKLAB_PORT", "many"}}).code, 0);
  EXPECT_EQ(ProgramRun({"--help"}, {{"STOKLAB_PORT", "many"}}).code, 0);
  EXPECT_THAT(ProgramRun({"emulate", "--profile", "none"}, {{"STOKLAB_PORT", "many"}}).err,
              HasSubstr("STOKLAB_PORT"));
}

TEST(CommandLine, TakesOptionsFromAFileUnlessTheEnvironmentHasThem) {
  const std::string file = configFile("[version]\nformat = \"json\"\n");
  EXPECT_THAT(ProgramRun({"--config", file, "version"}).out, HasSubstr("schema_version"));
  EXPECT_THAT(ProgramRun({"--config", file, "version"}, {{"STOKLAB_FORMAT", "text"}}).out,
              Not(HasSubstr("schema_version")));
  EXPECT_THAT(ProgramRun({"--config", file, "version", "--format", "text"}).out,
              Not(HasSubstr("schema_version")));
  unlink(file.c_str());
}

TEST(CommandLine, RefusesAFileWithAKeyThatNoVerbHas) {
  for (const char* content : {"[version]\nfromat = \"json\"\n", "[vresion]\nformat = \"json\"\n",
                              "format = \"json\"\n"}) {
    SCOPED_TRACE(content);
    const std::string file = configFile(content);
    EXPECT_EQ(ProgramRun({"--config", file, "version"}).code, 2);
    unlink(file.c_str());
  }
  EXPECT_EQ(ProgramRun({"--config", "/nonexistent/config", "version"}).code, 2);
}

TEST(Version, SaysWhoIsNotBehindIt) {
  EXPECT_THAT(ProgramRun({"version"}).out, HasSubstr("Not affiliated with or endorsed by TP-Link"));
}

TEST(Ready, LooksOnceAndSaysWhatIsMissing) {
  const ProgramRun run({"ready", "--port-file", "/nonexistent/port"});
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("/nonexistent/port"));
}

TEST(Challenge, ReportsATargetWhereNobodyListens) {
  // Port 1 of this machine: nothing listens there, and nothing leaves the machine.
  const ProgramRun run({"challenge", "--target", "https://127.0.0.1:1"});
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("https://127.0.0.1:1"));
}

TEST(Get, NeedsAPasswordAndSaysWhereItMayComeFrom) {
  const ProgramRun run({"get", "image.switch", "--target", "https://127.0.0.1:1", "--password-file",
                        "/nonexistent/password"});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("/nonexistent/password"));
}

}  // namespace stoklab::cli
