#include "json_scan.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <unordered_set>
#include <utility>

#include "stoklab/protocol/text_position.h"

namespace stoklab::protocol {

namespace {

// From here on a set finds equal keys; below, looking at each is faster.
constexpr std::size_t kManyKeys = 16;
constexpr std::size_t kLongestPath = 160;
// How much of a key a path shows.
constexpr std::size_t kShownKey = 40;

struct Level {
  bool object = false;
  std::size_t count = 0;  // of elements or members that have begun
  std::string_view key = {};
  bool wanted = false;  // the array whose elements are handed over
  std::vector<std::string_view> keys = {};
  std::unordered_set<std::string_view> manyKeys = {};

  bool insert(std::string_view newKey) {
    if (keys.size() < kManyKeys) {
      if (std::find(keys.begin(), keys.end(), newKey) != keys.end()) return false;
      keys.push_back(newKey);
      return true;
    }
    if (manyKeys.empty()) manyKeys.insert(keys.begin(), keys.end());
    return manyKeys.insert(newKey).second;
  }
};

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// The length of the character that begins at `at`, 0 if it is not UTF-8 (RFC 3629).
std::size_t characterLength(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  const unsigned second = byte(1);
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!follows(1) || !follows(2)) return 0;
    if (first == 0xE0 && second < 0xA0) return 0;  // fits two bytes
    if (first == 0xED && second > 0x9F) return 0;  // a surrogate
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if (first == 0xF0 && second < 0x90) return 0;  // fits three bytes
    if (first == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
    return 4;
  }
  return 0;
}

// A key as a step of a path: as it is if it is a plain word, else as a short JSON string.
std::string pathStep(std::string_view key) {
  const bool plain =
      !key.empty() && key.size() <= kShownKey && std::all_of(key.begin(), key.end(), [](char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
               c == '-' || c == '$';
      });
  if (plain) return std::string(key);
  std::string shown(key.substr(0, kShownKey));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x7F; },
      '?');
  return "[" + printJson(Json(shown + (key.size() > kShownKey ? "..." : ""))) + "]";
}

class Scanner {
 public:
  Scanner(std::string_view text, std::span<const std::string_view> path, const JsonLimits& limits,
          const OnJsonElement& onElement)
      : text_(text), path_(path), limits_(limits), onElement_(onElement) {}

  JsonScan run() {
    document();
    return std::move(scan_);
  }

 private:
  // The functions below return false once scan_ says why.

  bool document() {
    skipSpace();
    if (!value()) return false;
    while (depth_ > 0) {
      if (!step()) return false;
    }
    skipSpace();
    return at_ == text_.size() || fail("something follows the end of the JSON text");
  }

  // What comes next within the innermost object or array, which is one member, one element, or its
  // end.
  bool step() {
    Level& level = levels_[depth_ - 1];
    skipSpace();
    const char close = level.object ? '}' : ']';
    if (at_ == text_.size()) {
      return fail(level.object ? "the text ends within an object"
                               : "the text ends within an array");
    }
    if (text_[at_] == close) {
      ++at_;
      return leave();
    }
    if (level.count > 0) {
      if (text_[at_] != ',') {
        return fail(level.object ? "\",\" or \"}\" is missing" : "\",\" or \"]\" is missing");
      }
      ++at_;
      skipSpace();
    }
    if (level.object && !key(level)) return false;
    ++level.count;
    return value();
  }

  bool key(Level& level) {
    level.key = {};
    const std::size_t begin = at_;
    if (at_ == text_.size()) return fail("the text ends within an object");
    if (text_[at_] != '"') return fail("a key in quotes is missing");
    if (!string()) return false;
    std::string_view name = text_.substr(begin + 1, at_ - begin - 2);
    if (name.find('\\') != std::string_view::npos) name = decoded(begin);
    if (limits_.duplicateKeys == DuplicateKeys::reject && !level.insert(name)) {
      at_ = begin;
      return fail("the key " + printJson(Json(name.substr(0, kShownKey))) +
                  " stands twice in one object");
    }
    level.key = name;
    skipSpace();
    if (at_ == text_.size() || text_[at_] != ':') return fail("\":\" is missing after a key");
    ++at_;
    skipSpace();
    return true;
  }

  // The key that begins at `begin`, without its escapes.
  std::string_view decoded(std::size_t begin) {
    const auto parsed = parseJson(text_.substr(begin, at_ - begin));
    return decodedKeys_.emplace_back(parsed ? *parsed->string() : "");
  }

  bool value() {
    if (at_ == text_.size()) return fail("the text ends where a value is due");
    if (isAtPath()) {
      foundBegin_ = at_;
      scan_.found.reset();  // of two equal keys the last one counts
    }
    if (inWanted()) elementBegin_ = at_;
    const char c = text_[at_];
    if (c == '{' || c == '[') return enter(c == '{');
    const bool fine = c == '"' ? string() : c == '-' || isDigit(c) ? number() : literal();
    return fine && valueEnded();
  }

  bool enter(bool object) {
    if (depth_ == limits_.maxDepth) {
      return fail("objects and arrays nest deeper than " + std::to_string(limits_.maxDepth) +
                  " levels");
    }
    const bool wanted = !object && onElement_ != nullptr && isAtPath();
    if (levels_.size() == depth_) levels_.emplace_back();
    Level& level = levels_[depth_++];
    level.object = object;
    level.count = 0;
    level.key = {};
    level.wanted = wanted;
    level.keys.clear();
    if (!level.manyKeys.empty()) level.manyKeys = {};  // clear() would keep a large table
    ++at_;
    return true;
  }

  bool leave() {
    --depth_;
    return valueEnded();
  }

  bool inWanted() const { return depth_ > 0 && levels_[depth_ - 1].wanted; }

  bool valueEnded() {
    if (isAtPath()) scan_.found = text_.substr(foundBegin_, at_ - foundBegin_);
    if (!inWanted()) return true;
    const auto taken = onElement_(text_.substr(elementBegin_, at_ - elementBegin_));
    if (!taken) scan_.stopped = taken.error();
    return taken.has_value();
  }

  // Whether the value that begins or ends here is the one under path_.
  bool isAtPath() const {
    if (path_.empty() || depth_ != path_.size()) return false;
    for (std::size_t i = 0; i < depth_; ++i) {
      if (!levels_[i].object || levels_[i].key != path_[i]) return false;
    }
    return true;
  }

  bool string() {
    const std::size_t begin = at_++;
    while (at_ < text_.size()) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c == '\\') {
        if (!escape()) return false;
      } else if (c < 0x20) {
        return fail("a control character stands unescaped in a string");
      } else if (c < 0x80) {
        ++at_;
      } else {
        const std::size_t length = characterLength(text_, at_);
        if (length == 0) return fail("a byte is not UTF-8");
        at_ += length;
      }
    }
    at_ = begin;
    return fail("a string that begins here does not end");
  }

  bool escape() {
    const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (c == 'u') {
      const auto unit = codeUnit(at_);
      if (!unit) return fail("\"\\u\" needs four hexadecimal digits");
      const bool high = *unit >= 0xD800 && *unit <= 0xDBFF;
      if (high) {
        const auto second = codeUnit(at_ + 6);
        if (!second || *second < 0xDC00 || *second > 0xDFFF)
          return fail("half a surrogate pair stands alone");
        at_ += 12;
        return true;
      }
      if (*unit >= 0xDC00 && *unit <= 0xDFFF) return fail("half a surrogate pair stands alone");
      at_ += 6;
      return true;
    }
    if (c == '\0' || std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos)
      return fail("an escape that JSON does not know");
    at_ += 2;
    return true;
  }

  // Of "\uXXXX" at `at`.
  std::optional<unsigned> codeUnit(std::size_t at) const {
    if (text_.size() < at + 6 || text_[at] != '\\' || text_[at + 1] != 'u') return std::nullopt;
    unsigned unit = 0;
    const char* const begin = text_.data() + at + 2;
    const auto parsed = std::from_chars(begin, begin + 4, unit, 16);
    if (parsed.ec != std::errc() || parsed.ptr != begin + 4) return std::nullopt;
    return unit;
  }

  bool number() {
    const std::size_t begin = at_;
    const auto digits = [&] {
      const std::size_t first = at_;
      while (at_ < text_.size() && isDigit(text_[at_])) ++at_;
      return at_ > first;
    };
    if (text_[at_] == '-') ++at_;
    const bool zero = at_ < text_.size() && text_[at_] == '0';
    if (zero) ++at_;
    if (!zero && !digits()) return failAt(begin, "a number has no digits");
    bool real = false;
    if (at_ < text_.size() && text_[at_] == '.') {
      real = true;
      ++at_;
      if (!digits()) return failAt(begin, "a number has no digits after its point");
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      real = true;
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (!digits()) return failAt(begin, "a number has no digits in its exponent");
    }
    if (zero && at_ < text_.size() && isDigit(text_[at_]))
      return failAt(begin, "a number begins with 0");
    const char* const first = text_.data() + begin;
    const char* const last = text_.data() + at_;
    if (real) {
      double parsed = 0;
      // Too small is 0, too large is infinite.
      if (std::from_chars(first, last, parsed).ec == std::errc::result_out_of_range &&
          std::abs(std::strtod(std::string(first, last).c_str(), nullptr)) > 1)
        return failAt(begin, "a number is too large");
    } else {
      std::int64_t parsed = 0;
      if (std::from_chars(first, last, parsed).ec != std::errc())
        return failAt(begin, "a number does not fit 64 bits");
    }
    return true;
  }

  bool literal() {
    for (const std::string_view word : {"true", "false", "null"}) {
      if (text_.substr(at_, word.size()) == word) {
        at_ += word.size();
        return true;
      }
    }
    return fail("no value begins like this");
  }

  void skipSpace() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }

  bool failAt(std::size_t offset, std::string what) {
    at_ = offset;
    return fail(std::move(what));
  }

  bool fail(std::string what) {
    scan_.mistake = {.offset = at_, .what = std::move(what), .path = path()};
    return false;
  }

  std::string path() const {
    std::string path;
    for (std::size_t i = 0; i < depth_; ++i) {
      const Level& level = levels_[i];
      if (level.count == 0 && level.key.empty()) continue;
      if (level.object) {
        if (level.key.empty()) continue;
        const std::string step = pathStep(level.key);
        if (!path.empty() && step.front() != '[') path += '.';
        path += step;
      } else {
        path += "[" + std::to_string(level.count - 1) + "]";
      }
    }
    // Of a path that is very deep, its beginning and its end tell enough.
    if (path.size() > kLongestPath) {
      path.replace(kLongestPath / 2, path.size() - kLongestPath, "...");
    }
    return path;
  }

  std::string_view text_;
  std::span<const std::string_view> path_;
  const JsonLimits& limits_;
  const OnJsonElement& onElement_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::vector<Level> levels_;  // of which depth_ are in use
  std::deque<std::string> decodedKeys_;
  std::size_t foundBegin_ = 0;
  std::size_t elementBegin_ = 0;
  JsonScan scan_;
};

}  // namespace

std::string describe(const JsonMistake& mistake, std::string_view text) {
  return mistake.what + " at " + toText(positionIn(text, mistake.offset)) +
         (mistake.path.empty() ? "" : " (" + mistake.path + ")");
}

JsonScan scanJson(std::string_view text, std::span<const std::string_view> path,
                  const JsonLimits& limits, const OnJsonElement& onElement) {
  return Scanner(text, path, limits, onElement).run();
}

}  // namespace stoklab::protocol
