// Matchers for Result<T>, so that a failed assertion shows the error and not just "false".
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "stoklab/protocol/result.h"

namespace stoklab::protocol {

inline void PrintTo(ErrorKind kind, std::ostream* out) { *out << toText(kind); }

// ASSERT_THAT(result, IsOk());
MATCHER(IsOk, negation ? "is an error" : "is a value") {
  if (arg.has_value()) return true;
  *result_listener << "which is the error " << describe(arg.error());
  return false;
}

// EXPECT_THAT(result, FailsWith(ErrorKind::malformed));
MATCHER_P(FailsWith, kind, "fails with " + ::testing::PrintToString(kind)) {
  if (arg.has_value()) {
    *result_listener << "which is a value";
    return false;
  }
  *result_listener << "which is the error " << describe(arg.error());
  return arg.error().kind == kind;
}

// EXPECT_THAT(result, FailsSaying(HasSubstr("nonce")));
MATCHER_P(FailsSaying, detail, "fails with a detail that matches") {
  if (arg.has_value()) {
    *result_listener << "which is a value";
    return false;
  }
  return ::testing::ExplainMatchResult(detail, arg.error().detail, result_listener);
}

}  // namespace stoklab::protocol
