#include "targets/resume_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {
namespace {

using protocol::ErrorKind;
using protocol::FailsWith;
using protocol::IsOk;
using testing::HasSubstr;

class ResumeFileTest : public testing::Test {
 protected:
  ResumeFileTest() { std::filesystem::remove(name_); }
  ~ResumeFileTest() override { std::filesystem::remove(name_); }

  std::string text() const {
    std::ostringstream all;
    all << std::ifstream(name_).rdbuf();
    return all.str();
  }
  void write(const std::string& text) const { std::ofstream(name_, std::ios::binary) << text; }

  const std::string name_ =
      (std::filesystem::temp_directory_path() / ("stoklab-resume-" + std::to_string(::getpid())))
          .string();
};

}  // namespace

TEST_F(ResumeFileTest, RemembersHowFarEachDeviceIs) {
  {
    const auto file = ResumeFile::open(name_, "task");
    ASSERT_THAT(file, IsOk());
    EXPECT_EQ((*file)->before("1"), Stage::untouched);
    EXPECT_THAT((*file)->note("1", Stage::sending), IsOk());
    EXPECT_THAT((*file)->note("1", Stage::done), IsOk());
    EXPECT_THAT((*file)->note("2", Stage::sending), IsOk());
    // It tells of the run before, not of this one.
    EXPECT_EQ((*file)->before("1"), Stage::untouched);
  }
  const auto again = ResumeFile::open(name_, "task");
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ((*again)->before("1"), Stage::done);
  EXPECT_EQ((*again)->before("2"), Stage::sending);
  EXPECT_EQ((*again)->before("3"), Stage::untouched);
}

TEST_F(ResumeFileTest, IsNotTakenForAnotherTask) {
  ASSERT_THAT(ResumeFile::open(name_, "task"), IsOk());
  const auto other = ResumeFile::open(name_, "other");
  ASSERT_THAT(other, FailsWith(ErrorKind::malformed));
  EXPECT_THAT(other.error().detail, HasSubstr("not of this change"));
  EXPECT_THAT(text(), testing::Not(HasSubstr("task\"")));
}

TEST_F(ResumeFileTest, ForgetsALineThatWasCutOff) {
  {
    const auto file = ResumeFile::open(name_, "task");
    ASSERT_THAT(file, IsOk());
    EXPECT_THAT((*file)->note("1", Stage::done), IsOk());
    EXPECT_THAT((*file)->note("2", Stage::done), IsOk());
  }
  const std::string whole = text();
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    SCOPED_TRACE(cut);
    write(whole.substr(0, cut));
    {
      const auto file = ResumeFile::open(name_, "task");
      ASSERT_THAT(file, IsOk());
      EXPECT_EQ((*file)->before("2"), Stage::untouched);
      EXPECT_THAT((*file)->note("3", Stage::sending), IsOk());
    }
    const auto again = ResumeFile::open(name_, "task");
    ASSERT_THAT(again, IsOk());
    EXPECT_EQ((*again)->before("3"), Stage::sending);
  }
}

TEST_F(ResumeFileTest, IsUsedByOneRunAtATime) {
  const auto file = ResumeFile::open(name_, "task");
  ASSERT_THAT(file, IsOk());
  const auto second = ResumeFile::open(name_, "task");
  ASSERT_THAT(second, FailsWith(ErrorKind::malformed));
  EXPECT_THAT(second.error().detail, HasSubstr("in use"));
}

TEST_F(ResumeFileTest, RefusesWhatItHasNotWritten) {
  write("some notes of mine\n");
  EXPECT_THAT(ResumeFile::open(name_, "task"), FailsWith(ErrorKind::malformed));
  EXPECT_EQ(text(), "some notes of mine\n");
  write("");
  ASSERT_THAT(ResumeFile::open(name_, "task"), IsOk());
  write(text() + "{\"id\":1}\n");
  const auto odd = ResumeFile::open(name_, "task");
  ASSERT_THAT(odd, FailsWith(ErrorKind::malformed));
  EXPECT_THAT(odd.error().detail, HasSubstr("line 2"));
  EXPECT_THAT(ResumeFile::open("/nonexistent/file", "task"), FailsWith(ErrorKind::malformed));
}

}  // namespace stoklab::cli
