#include "fault_options.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

using protocol::ErrorKind;
using protocol::FailsSaying;
using protocol::FailsWith;
using protocol::IsOk;
using protocol::Json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

class File {
 public:
  explicit File(const std::string& text) {
    std::string name = testing::TempDir() + "faults-XXXXXX";
    ::close(::mkstemp(name.data()));
    path = name;
    std::ofstream(path) << text;
  }
  ~File() { ::unlink(path.c_str()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::string path;
};

protocol::Result<Json> scriptOf(const std::string& text) {
  const File file(text);
  return readFaultScript({.file = file.path});
}

}  // namespace

TEST(FaultOptions, TellNamesFromScripts) {
  const FaultArguments arguments{.faults = {"lock-too-long", R"( {"do":{"code":-1}})"}};
  const auto planted = plantedFaults(arguments);
  ASSERT_THAT(planted, IsOk());
  ASSERT_EQ(planted->size(), 1U);
  EXPECT_EQ(planted->front()->name, "lock-too-long");
  EXPECT_EQ(printJson(readFaultScript(arguments).value()),
            R"({"schema_version":1,"faults":[{"do":{"code":-1}}]})");
}

TEST(FaultOptions, KnowNoScriptWhereNoneIsGiven) {
  EXPECT_TRUE(readFaultScript({.faults = {"lock-too-long"}}).value().isNull());
}

TEST(FaultOptions, PutTheFileBeforeTheFlags) {
  const File file(R"({"schema_version":1,"seed":3,"faults":[{"do":{"code":-1}}]})");
  const auto script =
      readFaultScript({.faults = {R"({"do":{"code":-2}})", R"({"faults":[{"do":{"code":-3}}]})"},
                       .file = file.path});
  ASSERT_THAT(script, IsOk());
  EXPECT_EQ(printJson(*script),
            R"({"schema_version":1,"faults":[{"do":{"code":-1}},{"do":{"code":-2}},)"
            R"({"do":{"code":-3}}],"seed":3})");
}

TEST(FaultOptions, NameWhatIsWrongWhere) {
  EXPECT_THAT(plantedFaults({.faults = {"no-such"}}), FailsSaying(HasSubstr("no fault no-such")));
  EXPECT_THAT(readFaultScript({.file = "/does/not/exist"}),
              FailsSaying(AllOf(HasSubstr("/does/not/exist"), HasSubstr("No such file"))));
  EXPECT_THAT(readFaultScript({.file = "/"}), FailsWith(ErrorKind::malformed));
  EXPECT_THAT(readFaultScript({.faults = {R"({"do":{"code":0}})"}}),
              FailsSaying(StartsWith("--fault: do.code: must be an integer other than 0")));
  EXPECT_THAT(readFaultScript({.faults = {"{"}}), FailsSaying(HasSubstr("--fault: not JSON")));
  EXPECT_THAT(scriptOf(R"({"schema_version":1,"faults":[{"do":{"code":-1}},{"do":{}}]})"),
              FailsSaying(HasSubstr(": faults[1].do: must hold one of")));
  EXPECT_THAT(scriptOf(R"({"faults":[]})"), FailsSaying(HasSubstr("schema_version")));
  EXPECT_THAT(scriptOf(R"({"schema_version":1,"faults":[],"faults":[]})"),
              FailsWith(ErrorKind::malformed));
  EXPECT_THAT(scriptOf(""), FailsSaying(HasSubstr("not JSON")));
}

TEST(FaultOptions, MakeUnusedFaultsAFindingIfTheyAreStrict) {
  const std::vector<emulator::ScriptedFaultFacts> unused = {
      {.id = 1, .name = "busy", .fault = Json::object({{"do", 1}}), .met = 5, .used = 1, .left = 2},
      {.id = 7, .fault = Json::object({{"do", 2}})}};
  std::istringstream in;
  std::ostringstream out, err;
  Console console{.in = in, .out = out, .err = err, .environment = [](const char*) {
                    return std::optional<std::string>();
                  }};
  EXPECT_EQ(reportUnusedFaults({}, "", unused, console), ExitCode::asExpected);
  EXPECT_EQ(reportUnusedFaults({.strict = true}, "", {}, console), ExitCode::asExpected);
  EXPECT_EQ(err.str(), "");
  EXPECT_EQ(reportUnusedFaults({.strict = true}, "3", unused, console), ExitCode::findings);
  EXPECT_THAT(err.str(), HasSubstr("to camera 3"));
  EXPECT_THAT(err.str(),
              HasSubstr(R"(busy: used 1 of 3 times, its "when" held 5 times: {"do":1})"));
  EXPECT_THAT(err.str(), HasSubstr("fault 7: used 0 times"));
  EXPECT_EQ(out.str(), "");
}

}  // namespace stoklab::cli
