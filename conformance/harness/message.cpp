#include "harness/message.h"

#include <algorithm>
#include <cctype>

namespace stoklab::conformance {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

// What stands after `label` at the start of a line, up to the next of the labels or the end.
std::string section(std::string_view message, std::string_view label, std::string_view next) {
  std::size_t at = message.rfind(label, 0) == 0 ? 0 : message.find("\n" + std::string(label));
  if (at == std::string_view::npos) return {};
  at = message.find(label, at) + label.size();
  const std::size_t end =
      next.empty() ? std::string_view::npos : message.find("\n" + std::string(next), at);
  return std::string(trimmed(message.substr(at, end == std::string_view::npos ? end : end - at)));
}

// GoogleTest shows a C string as "0x5598 pointing to "text"". Where it lies in memory differs from
// run to run and interests nobody.
std::string withoutAddresses(std::string_view message) {
  constexpr std::string_view kAfter = " pointing to \"";
  std::string text(message);
  for (std::size_t at = text.find(kAfter); at != std::string::npos; at = text.find(kAfter, at)) {
    std::size_t start = at;
    while (start > 0 && std::isxdigit(static_cast<unsigned char>(text[start - 1])) != 0) --start;
    if (start < at && start > 1 && text.compare(start - 2, 2, "0x") == 0) {
      text.erase(start - 2, at + kAfter.size() - 1 - (start - 2));
      at = start - 2;
    } else {
      at += kAfter.size();
    }
  }
  return text;
}

RawFinding takenApart(std::string_view message) {
  const std::size_t expected = message.find("\nExpected: ");
  const std::size_t actual = message.find("\n  Actual: ");
  if (expected == std::string_view::npos || actual == std::string_view::npos)
    return {std::string(trimmed(message)), "", ""};
  if (expected < actual) {  // EXPECT_THAT
    std::string got = section(message, "  Actual: ", "");
    // The C++ type says nothing to a reader of a report.
    const std::size_t type = got.rfind(" (of type ");
    if (type != std::string::npos) got.erase(type, got.find(')', type) + 1 - type);
    return {section(message, "Value of: ", "Expected: "),
            section(message, "Expected: ", "  Actual: "), got};
  }
  // EXPECT_TRUE: "Expected: true", and in the next lines what the test has to say, which is all
  // that a reader wants to know.
  const std::string tail = section(message, "Expected: ", "");
  const std::size_t end = tail.find('\n');
  if (end != std::string::npos) return {tail.substr(end + 1), "", ""};
  return {section(message, "Value of: ", "  Actual: "), tail,
          section(message, "  Actual: ", "Expected: ")};
}

// What the scopes of the test say, SCOPED_TRACE: "white_led_always_on". Where they are in the
// source is no use to a reader; the finding says where the test is.
std::string scopesOf(std::string_view trace) {
  std::string scopes;
  while (!trace.empty()) {
    const std::size_t end = std::min(trace.find('\n'), trace.size());
    const std::string_view line = trace.substr(0, end);
    trace.remove_prefix(std::min(end + 1, trace.size()));
    // "../conformance/suites/set_suite.cpp:130: white_led_always_on"
    const std::size_t source = line.find(".cpp:");
    const std::size_t text = source == std::string_view::npos ? source : line.find(": ", source);
    if (text == std::string_view::npos) continue;
    scopes += (scopes.empty() ? "" : ", ") + std::string(line.substr(text + 2));
  }
  return scopes;
}

}  // namespace

RawFinding readMessage(std::string_view message) {
  constexpr std::string_view kTrace = "\nGoogle Test trace:\n";
  const std::size_t at = message.rfind(kTrace);
  if (at == std::string_view::npos) return takenApart(withoutAddresses(message));
  RawFinding finding = takenApart(withoutAddresses(message.substr(0, at)));
  const std::string scopes = scopesOf(message.substr(at + kTrace.size()));
  if (!scopes.empty()) finding.what += " (" + scopes + ")";
  return finding;
}

}  // namespace stoklab::conformance
