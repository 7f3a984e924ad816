// Where a verb reads and writes. Data goes to `out`, everything for a person to `err`, so that a
// pipe holds data only.
//
// The one thing not to get wrong: what a device sent may hold secrets. The functions here that
// print a message of the device redact it first.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "exit_code.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli {

enum class Format { text, json };  // in the order of the words of --format

// Belongs to main(), or to a test; outlives every verb.
struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  // An environment variable, e.g. "STOKLAB_PASSWORD"; nullopt if it is not set.
  std::function<std::optional<std::string>(const char*)> environment;
  Format format = Format::text;
};

// The version of every JSON document that the program prints.
inline constexpr int kSchemaVersion = 1;

// "error: <what>" on `err`; `what` says what went wrong, where, and what to do. Returns `code`.
ExitCode complain(Console& console, ExitCode code, std::string_view what);

// "note: <what>" on `err`.
void note(Console& console, std::string_view what);

// The members of `document` after "schema_version", indented, on `out`.
void printDocument(Console& console, const protocol::Json& document);

// Settings, redacted: as lines "image.switch.flicker = 50hz", or as the document
// {"schema_version":1,"<key>":{...}}. `settings` is an object of any depth.
void printSettings(Console& console, std::string_view key, const protocol::Json& settings);

// The lines that printSettings() prints as text. Rows of a table appear under their names.
std::string settingLines(const protocol::Json& settings);

// A string as it is, unless it holds control characters; everything else as JSON.
std::string displayText(const protocol::Json& value);

// The list of one-key objects that a device sends for a table (facts.md D4) as one object, row name
// -> fields; anything else as it is.
protocol::Json namedRows(const protocol::Json& value);

}  // namespace stoklab::cli
