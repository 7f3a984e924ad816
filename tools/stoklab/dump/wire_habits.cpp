#include "dump/wire_habits.h"

#include <cctype>

#include "stoklab/protocol/percent.h"

namespace stoklab::cli::dump {

using protocol::Json;

namespace {

// What one observation is called in the journal.
constexpr std::string_view kLiteral = "literal ", kEncoded = "encoded ";
constexpr std::string_view kFirst = "error_code first", kLast = "error_code last";
constexpr std::string_view kList = "table list", kObject = "table object";
constexpr std::string_view kMeta = "meta keys", kNoMeta = "no meta keys";

bool isPunctuation(unsigned char c) { return c < 0x80 && std::ispunct(c) != 0; }

std::string with(std::string_view kind, char c) { return std::string(kind) + c; }

}  // namespace

void WireHabits::lookAtText(std::string_view wire) {
  const std::string decoded = protocol::percentDecode(wire);
  const bool encoded = decoded != wire;
  // In a text without any escape a percent sign proves nothing.
  for (const char c : encoded ? std::string_view(decoded) : wire) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || byte == ' ') seen_.insert(with(encoded ? kEncoded : kLiteral, ' '));
  }
  for (std::size_t i = 0; i < wire.size(); ++i) {
    if (encoded && wire[i] == '%') {
      const std::string one = protocol::percentDecode(wire.substr(i, 3));
      if (one.size() == 1 && isPunctuation(static_cast<unsigned char>(one[0])))
        seen_.insert(with(kEncoded, one[0]));
      i += 2;
    } else if (isPunctuation(static_cast<unsigned char>(wire[i])) && wire[i] != '%') {
      seen_.insert(with(kLiteral, wire[i]));
    }
  }
}

void WireHabits::lookAtValue(const Json& value, bool inModule) {
  if (const std::string* text = value.string()) {
    lookAtText(*text);
  } else if (const auto* elements = value.elements()) {
    for (const Json& each : *elements) lookAtValue(each, false);
  } else if (const auto* members = value.members()) {
    for (const auto& member : *members) {
      if (inModule && member.value.isObject())
        seen_.insert(std::string(member.value.find(".name") != nullptr ? kMeta : kNoMeta));
      lookAtValue(member.value, false);
    }
  }
}

void WireHabits::look(const Json& answer) {
  const auto* members = answer.members();
  if (members == nullptr || members->size() < 2) return;
  if (members->front().key == "error_code") seen_.insert(std::string(kFirst));
  if (members->back().key == "error_code") seen_.insert(std::string(kLast));
  for (const auto& member : *members)
    if (member.key != "error_code") lookAtValue(member.value, true);
}

void WireHabits::lookAtTable(const Json& table) {
  if (table.isArray()) seen_.insert(std::string(kList));
  if (table.isObject()) seen_.insert(std::string(kObject));
}

Json WireHabits::toJson() const {
  Json out = Json::array();
  for (const std::string& each : seen_) out.push(each);
  return out;
}

void WireHabits::add(const Json& seen) {
  const auto* elements = seen.elements();
  if (elements == nullptr) return;
  for (const Json& each : *elements)
    if (each.string() != nullptr) seen_.insert(*each.string());
}

std::optional<bool> WireHabits::percentEncodes() const {
  // "+", "/" and "=" stand in every key, and a space in every version.
  for (const char c : std::string_view(" +/=:,[]\"")) {
    if (seen_.contains(with(kEncoded, c))) return true;
  }
  for (const char c : std::string_view(" +/=:,[]\"")) {
    if (seen_.contains(with(kLiteral, c))) return false;
  }
  return std::nullopt;
}

std::optional<std::string> WireHabits::errorCodePlace() const {
  const bool first = seen_.contains(std::string(kFirst)), last = seen_.contains(std::string(kLast));
  if (first == last) return std::nullopt;
  return first ? "first" : "last";
}

std::optional<bool> WireHabits::metaKeys() const {
  if (seen_.contains(std::string(kMeta))) return true;
  if (seen_.contains(std::string(kNoMeta))) return false;
  return std::nullopt;
}

std::optional<std::string> WireHabits::tableForm() const {
  if (seen_.contains(std::string(kList))) return "list";
  if (seen_.contains(std::string(kObject))) return "object";
  return std::nullopt;
}

std::string WireHabits::literalCharacters(std::string_view assumed) const {
  std::string out;
  if (percentEncodes() != std::optional<bool>(true)) return std::string(assumed);
  for (const char c : assumed)
    if (!seen_.contains(with(kEncoded, c))) out += c;
  // Those that the form of a profile can hold.
  for (const char c : std::string_view("-!$&'()*,./:;=?@_~")) {
    const bool literal = seen_.contains(with(kLiteral, c)) && !seen_.contains(with(kEncoded, c));
    if (literal && out.find(c) == std::string::npos) out += c;
  }
  return out;
}

}  // namespace stoklab::cli::dump
