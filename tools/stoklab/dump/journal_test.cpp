#include "dump/journal.h"

#include <unistd.h>

#include <fstream>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli::dump {

using protocol::ErrorKind;
using protocol::FailsWith;
using protocol::IsOk;
using protocol::Json;

namespace {

const Json kHead = Json::object({{"base", "a"}});

class JournalOfADump : public ::testing::Test {
 protected:
  JournalOfADump() { std::filesystem::remove(file_); }
  ~JournalOfADump() override { std::filesystem::remove(file_); }

  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("stoklab-journal-" + std::to_string(::getpid()));
};

}  // namespace

TEST_F(JournalOfADump, RemembersWhatWasWritten) {
  {
    auto journal = Journal::open(file_, kHead);
    ASSERT_THAT(journal, IsOk());
    ASSERT_THAT(journal->write("tls", {.facts = Json::object({{"x", 1}}), .masked = true}), IsOk());
  }
  const auto journal = Journal::open(file_, kHead);
  ASSERT_THAT(journal, IsOk());
  ASSERT_NE(journal->find("tls"), nullptr);
  EXPECT_TRUE(journal->find("tls")->masked);
  EXPECT_EQ(journal->find("tls")->facts, Json::object({{"x", 1}}));
  EXPECT_EQ(journal->find("other"), nullptr);
}

TEST_F(JournalOfADump, ForgetsALineThatWasCutOff) {
  {
    auto journal = Journal::open(file_, kHead);
    ASSERT_THAT(journal->write("one", {.facts = Json::object()}), IsOk());
  }
  std::ofstream(file_, std::ios::app) << R"({"step":"two","fac)";
  {
    auto journal = Journal::open(file_, kHead);
    ASSERT_THAT(journal, IsOk());
    EXPECT_EQ(journal->size(), 1U);
    ASSERT_THAT(journal->write("three", {.facts = Json::object()}), IsOk());
  }
  const auto again = Journal::open(file_, kHead);
  EXPECT_EQ(again->size(), 2U) << "what is written afterwards begins on a line of its own";
}

TEST_F(JournalOfADump, IsThrownAwayIfItBelongsToAnotherDump) {
  {
    auto journal = Journal::open(file_, kHead);
    ASSERT_THAT(journal->write("one", {.facts = Json::object()}), IsOk());
  }
  EXPECT_EQ(Journal::open(file_, Json::object({{"base", "b"}}))->size(), 0U);
}

TEST_F(JournalOfADump, BelongsToOneProcessAtATime) {
  const auto first = Journal::open(file_, kHead);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Journal::open(file_, kHead), FailsWith(ErrorKind::malformed));
}

TEST_F(JournalOfADump, IsGoneOnceItIsRemoved) {
  auto journal = Journal::open(file_, kHead);
  journal->remove();
  EXPECT_FALSE(std::filesystem::exists(file_));
}

}  // namespace stoklab::cli::dump
