// What the control interface takes: a table of names says what a body or a query may hold, and
// everything else is refused with a message that says what is wrong and what would be right.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

enum class ArgumentKind { text, integer, boolean, object, array, any };

inline constexpr std::int64_t kLargestNumber = std::numeric_limits<std::int64_t>::max();
// A number of the journal or of a session; far from the end, so that one more is no overflow.
inline constexpr std::int64_t kLargestCount = std::int64_t{1} << 53U;

struct Argument {
  std::string_view name;
  ArgumentKind kind = ArgumentKind::text;
  bool required = false;
  std::int64_t least = 0, most = kLargestNumber;  // of integers
  std::size_t shortest = 1, longest = 256;        // of texts, in bytes
  std::span<const std::string_view> words = {};   // the only texts; empty: any
};

// Fails with ErrorKind::malformed if `body` is no object of these members. `where` is what messages
// begin with: "expect[2]."; empty at the top.
protocol::Result<void> checkMembers(const protocol::Json& body, std::span<const Argument> arguments,
                                    std::string_view where = {});

// The query of a target ("since=3&limit=10", without the question mark) as an object of values of
// the kinds that the table says. Fails likewise.
protocol::Result<protocol::Json> readQuery(std::string_view query,
                                           std::span<const Argument> arguments);

// Of checked arguments: the value, or what stands for one that was not given.
std::int64_t integerOf(const protocol::Json& arguments, std::string_view name, std::int64_t other);
std::string textOf(const protocol::Json& arguments, std::string_view name);
bool isGiven(const protocol::Json& arguments, std::string_view name);

// A segment of a path or a part of a query, decoded; fails with ErrorKind::malformed for a wrong
// percent sequence or what is not UTF-8.
protocol::Result<std::string> decodePart(std::string_view part, bool plusIsSpace);

}  // namespace stoklab::emulator
