// "stoklab trace lint", on files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "program_run.h"
#include "stoklab/fixtures/redaction.h"
#include "stoklab/fixtures/trace.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Made up; in parts, so that whoever looks for such in this repository finds none.
const std::string kAddress = std::string("0A-1B-2C") + "-01-02-03";

class TraceLintVerb : public testing::Test {
 protected:
  TraceLintVerb() { fs::create_directories(directory_ / "inner"); }
  ~TraceLintVerb() override {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }

  std::string write(const std::string& name, const std::string& text) const {
    const fs::path file = directory_ / name;
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }

  static std::string soundTrace() {
    fixtures::Trace trace;
    trace.redaction.policy = fixtures::kRedactionPolicy;
    return fixtures::printTrace(trace);
  }

  fs::path directory_ =
      fs::path(testing::TempDir()) / ("stoklab-trace-lint-" + std::to_string(::getpid()));
};

TEST_F(TraceLintVerb, IsQuietAboutWhatIsNotAlive) {
  write("a.json", R"({"mac":"00-00-5E-00-53-07"})");
  write("inner/b.json", soundTrace());
  write("inner/notes.md", kAddress);
  const ProgramRun run({"trace", "lint", directory_.string()});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr("2 files hold nothing that looks alive"));
}

TEST_F(TraceLintVerb, PrintsALineForEachFindingAndShowsNoValue) {
  const std::string a = write("a.json", R"({"x":[{"mac":")" + kAddress + R"("}]})");
  const std::string b = write("inner/b.har", R"({"log":{"entries":[],"comment":")" + kAddress);
  const ProgramRun run({"trace", "lint", directory_.string()});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.out, a + ": x[0].mac: holds a hardware address outside of 00-00-5E-00-53-xx\n" + b +
                         ": line 1: holds a hardware address outside of 00-00-5E-00-53-xx\n");
  EXPECT_THAT(run.out + run.err, Not(HasSubstr(kAddress)));
}

TEST_F(TraceLintVerb, SaysWhenATraceIsNotCanonical) {
  const std::string file = write("a.json", soundTrace() + "\n");
  const ProgramRun run({"trace", "lint", file});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, AllOf(HasSubstr(file), HasSubstr("stoklab trace fmt")));
}

TEST_F(TraceLintVerb, PrintsOneDocument) {
  const std::string alive = write("a.json", R"({"mac":")" + kAddress + R"("})");
  const std::string broken = write("b.json", "{");
  const ProgramRun run({"trace", "lint", alive, broken, "--format", "json"});
  EXPECT_EQ(run.code, 2);
  const auto document = protocol::parseJson(run.out);
  ASSERT_TRUE(document) << run.out;
  EXPECT_EQ(*document->at({"files"})->integer(), 2);
  ASSERT_EQ(document->at({"findings"})->size(), 1U);
  EXPECT_EQ(*(*document->at({"findings"})->elements())[0].at({"file"})->string(), alive);
  EXPECT_EQ(*(*document->at({"findings"})->elements())[0].at({"where"})->string(), "mac");
  ASSERT_EQ(document->at({"errors"})->size(), 1U);
  EXPECT_EQ(*(*document->at({"errors"})->elements())[0].at({"file"})->string(), broken);
}

TEST_F(TraceLintVerb, EndsWith2AtWhatItCannotRead) {
  for (const std::string& file :
       {write("a.json", "{"), write("b.json", ""),
        write("c.json", R"({"schema_version":1,"redaction":{"policy":"none"},"exchanges":7})"),
        (directory_ / "missing.json").string()}) {
    const ProgramRun run({"trace", "lint", file});
    EXPECT_EQ(run.code, 2) << file;
    EXPECT_THAT(run.err, HasSubstr(file));
  }
  EXPECT_EQ(ProgramRun({"trace", "lint"}).code, 2);
}

TEST_F(TraceLintVerb, EndsWith6IfThereIsNothingToLint) {
  EXPECT_EQ(ProgramRun({"trace", "lint", directory_.string()}).code, 6);
}

}  // namespace
}  // namespace stoklab::cli
