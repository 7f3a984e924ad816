#include "failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

using protocol::Error;
using protocol::ErrorKind;
using protocol::Execution;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

std::string lineFor(const Error& error, During during) {
  std::istringstream in;
  std::ostringstream out, err;
  Console console{.in = in, .out = out, .err = err, .environment = {}};
  report(console, error, during, "get image.switch");
  EXPECT_EQ(out.str(), "");
  return err.str();
}

}  // namespace

TEST(ExitCodes, FollowTheTable) {
  struct Row {
    ErrorKind kind;
    int contact, login, command;
  };
  for (const Row& row : {Row{ErrorKind::transport, 3, 3, 3}, Row{ErrorKind::malformed, 3, 3, 3},
                         Row{ErrorKind::refused, 1, 4, 1}, Row{ErrorKind::locked, 4, 4, 4},
                         Row{ErrorKind::safety, 4, 4, 4}}) {
    SCOPED_TRACE(protocol::toText(row.kind));
    const Error error{.kind = row.kind};
    EXPECT_EQ(static_cast<int>(exitCodeFor(error, During::contact)), row.contact);
    EXPECT_EQ(static_cast<int>(exitCodeFor(error, During::login)), row.login);
    EXPECT_EQ(static_cast<int>(exitCodeFor(error, During::command)), row.command);
  }
}

TEST(ExitCodes, TellACommandThatIsRefusedFromASessionThatIsRefused) {
  const auto codeFor = [](int number) {
    return exitCodeFor({.kind = ErrorKind::refused, .deviceCode = number}, During::command);
  };
  EXPECT_EQ(codeFor(-40106), ExitCode::findings);
  EXPECT_EQ(codeFor(-60312), ExitCode::findings);
  EXPECT_EQ(codeFor(-40401), ExitCode::safety);
  EXPECT_EQ(codeFor(-40404), ExitCode::safety);
}

TEST(Report, IsOneLineThatSaysWhatWasTriedAndWhy) {
  const std::string line =
      lineFor({.kind = ErrorKind::refused, .detail = "the device said no"}, During::command);
  EXPECT_THAT(line, AllOf(StartsWith("error: get image.switch: "), HasSubstr("said no")));
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
}

TEST(Report, WarnsBeforeASecondWrongPassword) {
  EXPECT_THAT(lineFor({.kind = ErrorKind::refused, .detail = "no"}, During::login),
              HasSubstr("closer to locking itself"));
}

TEST(Report, SaysWhenARequestMayHaveBeenExecuted) {
  EXPECT_THAT(
      lineFor({.kind = ErrorKind::transport, .execution = Execution::mayHaveRun}, During::command),
      HasSubstr("read before you repeat it"));
  EXPECT_THAT(lineFor({.kind = ErrorKind::transport}, During::command),
              HasSubstr("check the target"));
}

}  // namespace stoklab::cli
