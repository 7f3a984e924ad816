#include "capture/trace_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

namespace fs = std::filesystem;
using protocol::ErrorKind;
using protocol::FailsSaying;
using protocol::FailsWith;
using protocol::IsOk;
using testing::AllOf;
using testing::HasSubstr;

namespace {

const auto kAll = [](std::string_view) { return true; };

class TraceFileOnDisk : public testing::Test {
 protected:
  TraceFileOnDisk() { EXPECT_NE(mkdtemp(folder_.data()), nullptr); }
  ~TraceFileOnDisk() override { fs::remove_all(folder_); }

  fs::path in(const std::string& name) const { return fs::path(folder_) / name; }
  fs::path name() const { return in("trace.json"); }

  static std::string read(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  static void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(folder_))
      all.push_back(entry.path().filename().string());
    return all;
  }

 private:
  std::string folder_ = testing::TempDir() + "trace_file_test_XXXXXX";
};

}  // namespace

TEST_F(TraceFileOnDisk, IsCompleteAfterEveryExchange) {
  auto file = TraceFile::open(name(), ExistingFile::refuse);
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(names(), testing::IsEmpty());
  ASSERT_THAT(file->append("head[", "one", "]tail"), IsOk());
  EXPECT_EQ(read(name()), "head[one]tail");
  ASSERT_THAT(file->append("longer head[", "two", "]t"), IsOk());
  EXPECT_EQ(read(name()), "longer head[one,\ntwo]t");
  ASSERT_THAT(file->append("h[", "three", "] longer tail"), IsOk());
  EXPECT_EQ(read(name()), "h[one,\ntwo,\nthree] longer tail");
  ASSERT_THAT(file->finish("H[", "]T\n", kAll), IsOk());
  EXPECT_EQ(read(name()), "H[one,\ntwo,\nthree]T\n");
  EXPECT_THAT(names(), testing::ElementsAre("trace.json"));
}

TEST_F(TraceFileOnDisk, KeepsWhatIsLargerThanABuffer) {
  auto file = TraceFile::open(name(), ExistingFile::refuse);
  ASSERT_THAT(file, IsOk());
  std::string expected;
  for (int i = 0; i < 30; ++i) {
    const std::string exchange(10'000, static_cast<char>('a' + i % 26));
    expected += (i == 0 ? "" : ",\n") + exchange;
    ASSERT_THAT(file->append("[", exchange, "]"), IsOk());
  }
  EXPECT_EQ(read(name()), "[" + expected + "]");
}

TEST_F(TraceFileOnDisk, MakesNoFileWithoutAnExchange) {
  auto file = TraceFile::open(name(), ExistingFile::refuse);
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT(file->finish("[", "]", kAll), IsOk());
  EXPECT_THAT(names(), testing::IsEmpty());
}

TEST_F(TraceFileOnDisk, TakesOutInTheEndWhatIsNotFitToStay) {
  for (const std::string taken : {"", "a", "e", "bc", "ace", "bd", "abcd", "bcde"}) {
    SCOPED_TRACE(taken);
    fs::remove(name());
    auto file = TraceFile::open(name(), ExistingFile::refuse);
    ASSERT_THAT(file, IsOk());
    std::string expected;
    for (const char each : std::string("abcde")) {
      const std::string exchange(static_cast<std::size_t>(each - 'a') + 1, each);
      ASSERT_THAT(file->append("head[", exchange, "]tail"), IsOk());
      if (taken.find(each) == std::string::npos)
        expected += (expected.empty() ? "" : ",\n") + exchange;
    }
    const auto out = file->finish("h[", "]t", [&](std::string_view exchange) {
      return taken.find(exchange.front()) == std::string::npos;
    });
    ASSERT_THAT(out, IsOk());
    EXPECT_EQ(*out, taken.size());
    EXPECT_EQ(read(name()), "h[" + expected + "]t");
    EXPECT_EQ(file->exchanges(), 5 - taken.size());
  }
}

TEST_F(TraceFileOnDisk, IsNoMoreIfNothingIsFitToStay) {
  auto file = TraceFile::open(name(), ExistingFile::refuse);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(file->append("[", "one", "]"), IsOk());
  ASSERT_THAT(file->finish("[", "]", [](std::string_view) { return false; }), IsOk());
  EXPECT_THAT(names(), testing::IsEmpty());
}

TEST_F(TraceFileOnDisk, LeavesAFileAloneThatIsThere) {
  write(name(), "precious");
  EXPECT_THAT(TraceFile::open(name(), ExistingFile::refuse),
              FailsSaying(AllOf(HasSubstr("trace.json"), HasSubstr("--overwrite"))));
  EXPECT_EQ(read(name()), "precious");
}

TEST_F(TraceFileOnDisk, LeavesAFileAloneThatHasComeMeanwhile) {
  auto file = TraceFile::open(name(), ExistingFile::refuse);
  ASSERT_THAT(file, IsOk());
  write(name(), "precious");
  EXPECT_THAT(file->append("[", "one", "]"), FailsSaying(HasSubstr("File exists")));
  EXPECT_EQ(read(name()), "precious");
  EXPECT_THAT(names(), testing::ElementsAre("trace.json"));
}

TEST_F(TraceFileOnDisk, ReplacesAFileWithItsFirstExchangeAndNotBefore) {
  write(in("other.json"), "old");
  fs::create_symlink("other.json", name());
  auto file = TraceFile::open(name(), ExistingFile::replace);
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(read(name()), "old");
  ASSERT_THAT(file->append("[", "one", "]"), IsOk());
  EXPECT_EQ(read(in("other.json")), "[one]");
  EXPECT_TRUE(fs::is_symlink(name()));
}

TEST_F(TraceFileOnDisk, RefusesWhatItCannotWriteBeforeAnythingIsRecorded) {
  EXPECT_THAT(TraceFile::open(in("missing") / "t.json", ExistingFile::refuse),
              FailsSaying(HasSubstr("No such file or directory")));
  EXPECT_THAT(TraceFile::open(in(""), ExistingFile::replace), FailsSaying(HasSubstr("is no file")));
  EXPECT_THAT(TraceFile::open("/dev/null", ExistingFile::replace),
              FailsSaying(HasSubstr("is no file")));
  EXPECT_THAT(TraceFile::open("", ExistingFile::replace), FailsWith(ErrorKind::malformed));
}

// A limit on the size of files stands for a disk that is full.
TEST_F(TraceFileOnDisk, IsAsItWasIfTheDiskIsFull) {
  auto file = TraceFile::open(name(), ExistingFile::refuse);
  ASSERT_THAT(file, IsOk());
  ASSERT_THAT(file->append("[", "one", "]"), IsOk());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto failed = file->append("[", std::string(2000, 'x'), "]");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(failed, FailsSaying(HasSubstr("File too large")));
  EXPECT_EQ(read(name()), "[one]");
  EXPECT_THAT(names(), testing::ElementsAre("trace.json"));
  ASSERT_THAT(file->append("[", "two", "]"), IsOk());
  EXPECT_EQ(read(name()), "[one,\ntwo]");
}

TEST_F(TraceFileOnDisk, TidiesUpAfterARecorderThatWasKilled) {
  // A process that certainly is no more.
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ASSERT_GT(child, 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  const std::string gone = "trace.json." + std::to_string(child) + ".part";
  const std::string alive = "trace.json." + std::to_string(::getppid()) + ".part";
  for (const std::string& other : {gone, alive, std::string("trace.json.x.part"),
                                   std::string("trace.json..part"), std::string("a.1.part")})
    write(in(other), "x");
  ASSERT_THAT(TraceFile::open(name(), ExistingFile::refuse), IsOk());
  EXPECT_THAT(names(), testing::UnorderedElementsAre(alive, "trace.json.x.part", "trace.json..part",
                                                     "a.1.part"));
}

}  // namespace stoklab::cli
