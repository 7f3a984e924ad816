#include "output.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "stoklab/protocol/secrets.h"

namespace stoklab::cli {

using protocol::Json;

namespace {

bool isRowList(const Json& value) {
  const Json::Array* elements = value.elements();
  if (elements == nullptr || elements->empty()) return false;
  return std::all_of(elements->begin(), elements->end(), [](const Json& row) {
    return row.size() == 1 && row.isObject() && row.members()->front().value.isObject();
  });
}

void appendLines(const std::string& path, const Json& value, std::string& lines) {
  const Json named = namedRows(value);
  if (named.isObject() && named.size() > 0) {
    for (const auto& [key, member] : *named.members()) {
      appendLines(path.empty() ? key : path + "." + key, member, lines);
    }
    return;
  }
  lines += path + " = " + displayText(named) + "\n";
}

}  // namespace

ExitCode complain(Console& console, ExitCode code, std::string_view what) {
  console.err << "error: " << what << "\n";
  return code;
}

void note(Console& console, std::string_view what) { console.err << "note: " << what << "\n"; }

void printDocument(Console& console, const Json& document) {
  Json whole = Json::object({{"schema_version", kSchemaVersion}});
  if (const auto* members = document.members()) {
    for (const auto& [key, value] : *members) whole.set(key, value);
  }
  console.out << printPrettyJson(whole) << "\n";
}

void printSettings(Console& console, std::string_view key, const Json& settings) {
  const Json visible = protocol::redact(settings);
  if (console.format == Format::text) {
    console.out << settingLines(visible);
    return;
  }
  printDocument(console, Json::object({{std::string(key), visible}}));
}

std::string settingLines(const Json& settings) {
  std::string lines;
  if (const auto* members = settings.members()) {
    for (const auto& [key, value] : *members) appendLines(key, value, lines);
  }
  return lines;
}

std::string displayText(const Json& value) {
  const std::string* text = value.string();
  if (text == nullptr) return printJson(value);
  const bool plain = std::none_of(text->begin(), text->end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  return plain ? *text : printJson(value);
}

Json namedRows(const Json& value) {
  if (!isRowList(value)) return value;
  Json rows = Json::object();
  for (const Json& row : *value.elements()) {
    const auto& member = row.members()->front();
    rows.set(member.key, member.value);
  }
  return rows;
}

}  // namespace stoklab::cli
