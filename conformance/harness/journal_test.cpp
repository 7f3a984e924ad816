#include "harness/journal.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace stoklab::conformance {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kTarget = "https://192.0.2.7";
const Setting kFlicker{"image", "switch", "flicker"};
const Setting kLabel{"OSD", "label_info_1", "text", "label_info"};

class Journal : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "stoklab-journal-XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string file() const { return directory_ + "/of/a/device.jsonl"; }
  std::string text() const {
    std::ifstream stream(file());
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void append(const std::string& bytes) const { std::ofstream(file(), std::ios::app) << bytes; }

  // What a process leaves that is killed: the file without the end of the object's life.
  std::string leave(const std::vector<Setting>& changed) const {
    JournalFile journal(file(), kTarget);
    for (const Setting& setting : changed) journal.aboutToChange(setting, "\"old\"");
    return text();
  }

 private:
  std::string directory_;
};

TEST_F(Journal, KeepsAChangeUntilItIsRestored) {
  leave({kFlicker});
  JournalFile journal(file(), kTarget);
  ASSERT_THAT(journal.pending(), SizeIs(1));
  EXPECT_EQ(journal.pending().front().setting, kFlicker);
  EXPECT_EQ(journal.pending().front().oldJson, "\"old\"");
  journal.restored(kFlicker);
  EXPECT_THAT(journal.pending(), IsEmpty());
}

TEST_F(Journal, IsOnDiskBeforeTheChangeIsSent) {
  JournalFile journal(file(), kTarget);
  journal.aboutToChange(kLabel, "\"north%20gate\"");
  EXPECT_THAT(text(), HasSubstr(R"({"change":1,"module":"OSD","section":"label_info_1",)"
                                R"("field":"text","table":"label_info","old":"north%20gate"})"
                                "\n"));
}

TEST_F(Journal, GoesWhenNothingIsPending) {
  {
    JournalFile journal(file(), kTarget);
    journal.aboutToChange(kFlicker, "\"50hz\"");
    journal.restored(kFlicker);
    EXPECT_TRUE(std::filesystem::exists(file()));
  }
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(Journal, IsReadableByItsOwnerOnly) {
  JournalFile journal(file(), kTarget);
  struct stat facts {};
  ASSERT_EQ(::stat(file().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(Journal, ForgetsALineThatWasBeingWritten) {
  leave({kFlicker});
  append(R"({"change":2,"module":"ima)");
  JournalFile journal(file(), kTarget);
  EXPECT_THAT(journal.pending(), SizeIs(1));
  journal.aboutToChange(kLabel, "\"x\"");
  EXPECT_EQ(pendingChanges(file()), 2U);
}

TEST_F(Journal, GoesOnCountingWhereItStopped) {
  leave({kFlicker});
  {
    JournalFile journal(file(), kTarget);
    journal.aboutToChange(kFlicker, "\"60hz\"");
    EXPECT_EQ(journal.pending().back().number, 2);
    journal.restored(kFlicker);  // the last one of that setting
  }
  JournalFile journal(file(), kTarget);
  ASSERT_THAT(journal.pending(), SizeIs(1));
  EXPECT_EQ(journal.pending().front().number, 1);
}

TEST_F(Journal, IsHeldByOneProcessAtATime) {
  const JournalFile first(file(), kTarget);
  EXPECT_THROW(JournalFile(file(), kTarget), JournalBusy);
}

TEST_F(Journal, SaysWhereItIsUnusable) {
  leave({kFlicker});
  for (const char* line : {"nonsense\n", "{}\n", "[]\n",
                           R"({"change":"x"})"
                           "\n"}) {
    SCOPED_TRACE(line);
    const std::string before = text();
    append(line);
    try {
      JournalFile journal(file(), kTarget);
      ADD_FAILURE() << "it was taken";
    } catch (const std::runtime_error& problem) {
      EXPECT_THAT(problem.what(), HasSubstr("line 3"));
    }
    EXPECT_EQ(text(), before + line) << "a journal that is not understood is left alone";
    std::ofstream(file()) << before;
  }
}

TEST_F(Journal, IsOfOneTarget) {
  leave({kFlicker});
  EXPECT_THROW(JournalFile(file(), "https://192.0.2.8"), std::runtime_error);
}

TEST_F(Journal, ThatIsNotThereHasNothingPending) { EXPECT_EQ(pendingChanges(file()), 0U); }

}  // namespace
}  // namespace stoklab::conformance
