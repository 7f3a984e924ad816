#include "login_budget.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

using protocol::ErrorKind;
using protocol::FailsWith;
using protocol::IsOk;
using testing::HasSubstr;
using namespace std::chrono_literals;

namespace {

class LoginBudgetFile : public testing::Test {
 protected:
  LoginBudgetFile() { EXPECT_NE(mkdtemp(folder_.data()), nullptr); }
  ~LoginBudgetFile() override { std::filesystem::remove_all(folder_); }

  // Each stands for a process of its own.
  LoginBudget budget(const std::string& authority = "192.0.2.7:443") {
    return LoginBudget(
        {.directory = directory(), .authority = authority, .patience = 50ms, .now = [this] {
           return now_;
         }});
  }
  std::filesystem::path directory() const { return std::filesystem::path(folder_) / "logins"; }

  // One login that the device refuses.
  void refuse() {
    auto one = budget();
    ASSERT_THAT(one.begin(), IsOk());
    one.conclude(true);
  }

  std::chrono::system_clock::time_point now_{1'700'000'000s};

 private:
  std::string folder_ = testing::TempDir() + "login_budget_test_XXXXXX";
};

}  // namespace

TEST_F(LoginBudgetFile, IsSpentAfterThreeRefusalsOfDifferentProcesses) {
  for (int i = 0; i < 3; ++i) refuse();
  auto fourth = budget();
  const auto begun = fourth.begin();
  ASSERT_THAT(begun, FailsWith(ErrorKind::safety));
  EXPECT_THAT(begun.error().detail, HasSubstr("3 logins within the last 30 minutes"));
  EXPECT_THAT(begun.error().detail, HasSubstr("another 1800 s"));
}

TEST_F(LoginBudgetFile, ComesBackWithTime) {
  for (int i = 0; i < 3; ++i) {
    refuse();
    now_ += 10min;
  }
  EXPECT_THAT(budget().begin(), IsOk()) << "the first refusal is 30 minutes old";
}

TEST_F(LoginBudgetFile, IsNotSpentByLoginsThatSucceed) {
  for (int i = 0; i < 10; ++i) {
    auto one = budget();
    ASSERT_THAT(one.begin(), IsOk());
    one.conclude(false);
  }
}

TEST_F(LoginBudgetFile, IsOneForEachDevice) {
  for (int i = 0; i < 3; ++i) refuse();
  EXPECT_THAT(budget("192.0.2.8:443").begin(), IsOk());
}

TEST_F(LoginBudgetFile, LetsOneProcessLogInAtATime) {
  auto first = budget();
  ASSERT_THAT(first.begin(), IsOk());
  EXPECT_THAT(budget().begin(), FailsWith(ErrorKind::safety));
  first.conclude(false);
  EXPECT_THAT(budget().begin(), IsOk());
}

TEST_F(LoginBudgetFile, EndsTheTurnOfAProcessThatEnds) {
  {
    auto first = budget();
    ASSERT_THAT(first.begin(), IsOk());
  }
  EXPECT_THAT(budget().begin(), IsOk());
}

TEST_F(LoginBudgetFile, RefusesARecordThatItCannotRead) {
  std::filesystem::create_directories(directory());
  for (const char* text : {"", "{}", R"({"schema_version":2,"refused_at_s":[]})", "nonsense"}) {
    SCOPED_TRACE(text);
    std::ofstream(directory() / "192.0.2.7_443.json") << text;
    EXPECT_THAT(budget().begin(), FailsWith(ErrorKind::malformed));
  }
}

}  // namespace stoklab::cli
