#include "replaced_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

using protocol::FailsSaying;
using protocol::IsOk;
using testing::HasSubstr;

namespace {

namespace fs = std::filesystem;

// A directory of its own for each test.
class ReplacedFile : public testing::Test {
 protected:
  ReplacedFile() { fs::create_directories(directory_); }
  ~ReplacedFile() override { fs::remove_all(directory_); }

  static std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::ptrdiff_t filesHere() const {
    return std::distance(fs::directory_iterator(directory_), fs::directory_iterator());
  }

  const fs::path directory_ =
      fs::path(testing::TempDir()) / ("stoklab-replaced-" + std::to_string(::getpid()));
  const fs::path file_ = directory_ / "a file.json";
};

}  // namespace

TEST_F(ReplacedFile, IsMadeWhereNoneWas) {
  ASSERT_THAT(replaceFile(file_, "new\n"), IsOk());
  EXPECT_EQ(read(file_), "new\n");
  EXPECT_EQ(filesHere(), 1);
}

TEST_F(ReplacedFile, KeepsItsMode) {
  std::ofstream(file_) << "old, and longer than the new one";
  fs::permissions(file_, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  ASSERT_THAT(replaceFile(file_, "new"), IsOk());
  EXPECT_EQ(read(file_), "new");
  EXPECT_EQ(fs::status(file_).permissions(),
            fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
}

TEST_F(ReplacedFile, StaysBehindItsSymbolicLink) {
  std::ofstream(file_) << "old";
  const fs::path link = directory_ / "link";
  fs::create_symlink(file_, link);
  ASSERT_THAT(replaceFile(link, "new"), IsOk());
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(read(file_), "new");
}

TEST_F(ReplacedFile, FailsWithItsNameAndTheReasonAndLeavesNothingBehind) {
  EXPECT_THAT(replaceFile(directory_, "new"), FailsSaying(HasSubstr("directory")));
  const fs::path nowhere = directory_ / "missing" / "file";
  EXPECT_THAT(replaceFile(nowhere, "new"),
              FailsSaying(nowhere.string() + ": No such file or directory"));
  EXPECT_EQ(filesHere(), 0);
}

TEST_F(ReplacedFile, WritesIntoWhatIsNoFile) {
  EXPECT_THAT(replaceFile("/dev/null", "new"), IsOk());
  EXPECT_FALSE(fs::is_regular_file("/dev/null"));
}

}  // namespace stoklab::cli
