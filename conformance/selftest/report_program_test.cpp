// The reports of real runs: they have the form of their schemas, say the same for the same
// findings, and are written however a run ends.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "selftest/report_schemas.h"

namespace stoklab::conformance {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kKinds[] = {"text", "junit", "json", "md", "html"};

// Runs the judge and returns its reports by kind; empty ones were not written.
std::map<std::string, std::string> reportsOf(const std::string& arguments) {
  static int count = 0;
  const std::filesystem::path directory =
      std::filesystem::temp_directory_path() /
      ("stoklab-reports-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
  std::filesystem::create_directories(directory);
  std::string command =
      "STOKLAB_PASSWORD=Selftest-Password-1 '" STOKLAB_PROGRAM "' conform --quiet " + arguments;
  for (const char* kind : kKinds)
    command += std::string(" --report ") + kind + "='" + (directory / kind).string() + "'";
  // What the exit code has to be is for program_test.cpp to say.
  [[maybe_unused]] const int status =
      std::system((command + " </dev/null >/dev/null 2>&1").c_str());
  std::map<std::string, std::string> reports;
  for (const char* kind : kKinds) {
    std::ifstream in(directory / kind, std::ios::binary);
    reports[kind] = {std::istreambuf_iterator<char>(in), {}};
  }
  std::filesystem::remove_all(directory);
  return reports;
}

// Nobody listens on port 1.
constexpr const char* kNobody = "--target https://127.0.0.1:1";

TEST(ReportFiles, AreWrittenAndOfTheirFormHoweverARunEnds) {
  for (const std::string arguments :
       {"--select AUTH-CHALLENGE", "--select SESS-DEAD --fault dead-token-status-200", kNobody,
        "--select NO-SUCH"}) {
    SCOPED_TRACE(arguments);
    const auto reports = reportsOf(arguments);
    for (const auto& [kind, text] : reports) EXPECT_THAT(text, Not(IsEmpty())) << kind;
    EXPECT_THAT(jsonReportFaults(reports.at("json")), IsEmpty());
    EXPECT_THAT(junitReportFaults(reports.at("junit")), IsEmpty());
  }
}

// A run with failures, whose exchanges hold tokens, nonces and keys that differ each time.
TEST(ReportFiles, AreTheSameByteByByteForTheSameFindings) {
  const std::string arguments =
      "--select AUTH-REFUSED --select SESS-DEAD --select CLIENT-LOGIN "
      "--fault refusal-with-status-200 --fault dead-token-status-200";
  const auto first = reportsOf(arguments);
  const auto second = reportsOf(arguments);
  for (const char* kind : kKinds) {
    SCOPED_TRACE(kind);
    EXPECT_THAT(first.at(kind), HasSubstr("AUTH-REFUSED-STATUS"));
    EXPECT_EQ(first.at(kind), second.at(kind));
  }
}

}  // namespace
}  // namespace stoklab::conformance
