// What a failed assertion of GoogleTest says, taken apart for a report. The wording is that of
// GoogleTest 1.12; a message in any other form is kept whole.
#pragma once

#include <string>
#include <string_view>

namespace stoklab::conformance {

// Turns "Value of: x\nExpected: y\n  Actual: z" into a finding; any other message becomes its
// `what`.
struct RawFinding {
  std::string what, expected, got;
};
RawFinding readMessage(std::string_view message);

}  // namespace stoklab::conformance
