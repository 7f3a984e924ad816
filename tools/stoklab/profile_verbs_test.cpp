// "stoklab profile": what its verbs print, and their exit codes.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "program_run.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/fixtures/profile_table.h"

namespace stoklab::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

std::string textOfDefault() {
  return std::string(fixtures::builtInProfileText(fixtures::kDefaultProfile).value());
}

// A file in a folder of its own, which goes with it.
class File {
 public:
  File(const std::string& name, const std::string& content)
      : folder_(fs::path(testing::TempDir()) /
                ("profile_verbs_" + std::to_string(::getpid()) + "_" +
                 testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::create_directories(folder_);
    std::ofstream(path(name), std::ios::binary) << content;
    name_ = path(name);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  const std::string& name() const { return name_; }
  std::string content() const {
    std::ifstream in(name_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  fs::path folder_;
  std::string name_;
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(ProfileVerbs, ListEveryProfile) {
  const ProgramRun run({"profile", "list"});
  EXPECT_EQ(run.code, 0);
  for (const std::string& name : fixtures::builtInProfiles()) EXPECT_THAT(run.out, HasSubstr(name));
}

TEST(ProfileVerbs, PrintTheTableThatIsKept) {
  const ProgramRun run({"profile", "table"});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.out, fixtures::profileTable(fixtures::profileRows().value()));
}

TEST(ProfileVerbs, PrintTheTableAsJson) {
  const ProgramRun run({"profile", "table", "--format", "json"});
  EXPECT_EQ(run.code, 0);
  EXPECT_THAT(run.out, AllOf(HasSubstr("\"schema_version\""),
                             HasSubstr("\"firmware_date\": \"2026-06-24\"")));
}

TEST(ProfileVerbs, LintWhatShipsWithoutAFinding) {
  const ProgramRun run({"profile", "lint"});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.out, "");
}

TEST(ProfileVerbs, LintAFile) {
  const File file("other_name.json", replaced(textOfDefault(), "\"minimum\": 1, \"maximum\": 5}",
                                              "\"minimum\": 4, \"maximum\": 5}"));
  const ProgramRun run({"profile", "lint", file.name()});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, AllOf(HasSubstr("modules."), HasSubstr(".rules."),
                             HasSubstr("the file is called other_name.json")));
}

TEST(ProfileVerbs, LintSaysWhatCannotBeRead) {
  const File file("broken.json", "{");
  const ProgramRun run({"profile", "lint", file.name()});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.err, HasSubstr("broken.json"));
  EXPECT_EQ(ProgramRun({"profile", "lint", "no_such_profile"}).code, 2);
}

TEST(ProfileVerbs, FormatRewritesAFileThatDiffers) {
  const File file("p.json", replaced(textOfDefault(), "\n  \"name\"", "\n\n   \"name\""));
  const ProgramRun checked({"profile", "fmt", "--check", file.name()});
  EXPECT_EQ(checked.code, 1);
  EXPECT_THAT(checked.out, HasSubstr(file.name()));
  EXPECT_NE(file.content(), textOfDefault());
  const ProgramRun run({"profile", "fmt", file.name()});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(file.content(), textOfDefault());
  const ProgramRun again({"profile", "fmt", "--check", file.name()});
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.out, IsEmpty());
}

TEST(ProfileVerbs, NeedAVerb) { EXPECT_EQ(ProgramRun({"profile"}).code, 2); }

}  // namespace
}  // namespace stoklab::cli
