#include "json_plain.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace stoklab::protocol {

namespace {

// From here on looking at each key for an equal one is slow, and all are sorted at the end.
constexpr std::size_t kManyMembers = 32;
constexpr std::size_t kUsualMembers = 2;
constexpr std::size_t kMostDigits = 18;  // always fit 64 bits

class PlainParser {
 public:
  PlainParser(std::string_view text, std::size_t maxDepth)
      : at_(text.data()), end_(text.data() + text.size()), levelsLeft_(maxDepth) {}

  std::optional<Json> parse() {
    Json value;
    if (!readValue(value)) return std::nullopt;
    skipSpace();
    if (at_ != end_) return std::nullopt;
    return value;
  }

 private:
  void skipSpace() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool take(char wanted) {
    if (at_ == end_ || *at_ != wanted) return false;
    ++at_;
    return true;
  }

  bool takeWord(std::string_view word) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word))
      return false;
    at_ += word.size();
    return true;
  }

  bool readValue(Json& value) {
    skipSpace();
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
        return readObject(value);
      case '[':
        return readArray(value);
      case '"':
        value = Json(std::string_view());
        return readString(*value.string());
      case 't':
        value = Json(true);
        return takeWord("true");
      case 'f':
        value = Json(false);
        return takeWord("false");
      case 'n':
        value = Json();
        return takeWord("null");
      default:
        return readInteger(value);
    }
  }

  bool readObject(Json& value) {
    if (levelsLeft_ == 0) return false;
    --levelsLeft_;
    ++at_;
    value = Json::object();
    Json::Object& members = *value.members();
    skipSpace();
    if (!take('}')) {
      members.reserve(kUsualMembers);
      do {
        skipSpace();
        JsonMember& member = members.emplace_back();
        if (at_ == end_ || *at_ != '"' || !readString(member.key)) return false;
        if (members.size() <= kManyMembers &&
            std::any_of(members.begin(), members.end() - 1,
                        [&](const JsonMember& m) { return m.key == member.key; }))
          return false;
        skipSpace();
        if (!take(':') || !readValue(member.value)) return false;
        skipSpace();
      } while (take(','));
      if (!take('}')) return false;
      if (members.size() > kManyMembers && holdsAKeyTwice(members)) return false;
    }
    ++levelsLeft_;
    return true;
  }

  static bool holdsAKeyTwice(const Json::Object& members) {
    std::vector<std::string_view> keys;
    keys.reserve(members.size());
    for (const JsonMember& member : members) keys.push_back(member.key);
    std::sort(keys.begin(), keys.end());
    return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
  }

  bool readArray(Json& value) {
    if (levelsLeft_ == 0) return false;
    --levelsLeft_;
    ++at_;
    value = Json::array();
    Json::Array& elements = *value.elements();
    skipSpace();
    if (!take(']')) {
      do {
        if (!readValue(elements.emplace_back())) return false;
        skipSpace();
      } while (take(','));
      if (!take(']')) return false;
    }
    ++levelsLeft_;
    return true;
  }

  // Into an empty text.
  bool readString(std::string& text) {
    const char* begin = ++at_;
    while (true) {
      while (at_ != end_ && *at_ >= ' ' && *at_ < '\x7F' && *at_ != '"' && *at_ != '\\') ++at_;
      if (at_ == end_) return false;
      text.append(begin, static_cast<std::size_t>(at_ - begin));
      if (*at_ == '"') {
        ++at_;
        return true;
      }
      if (*at_ != '\\' || at_ + 1 == end_) return false;
      const char escaped = unescaped(at_[1]);
      if (escaped == '\0') return false;
      text += escaped;
      begin = at_ += 2;
    }
  }

  // '\0' for what is not a short escape.
  static char unescaped(char letter) {
    switch (letter) {
      case '"':
      case '\\':
      case '/':
        return letter;
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      default:
        return '\0';
    }
  }

  bool readInteger(Json& value) {
    const char* const begin = at_;
    if (*at_ == '-') ++at_;
    const char* const digits = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    const auto count = static_cast<std::size_t>(at_ - digits);
    if (count == 0 || count > kMostDigits || (count > 1 && *digits == '0')) return false;
    // "-0" is nothing that everybody reads alike.
    if (digits != begin && *digits == '0') return false;
    if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) return false;
    std::int64_t number = 0;
    std::from_chars(begin, at_, number);
    value = Json(number);
    return true;
  }

  const char* at_;
  const char* const end_;
  std::size_t levelsLeft_;
};

}  // namespace

std::optional<Json> parsePlainJson(std::string_view text, std::size_t maxDepth) {
  return PlainParser(text, maxDepth).parse();
}

}  // namespace stoklab::protocol
