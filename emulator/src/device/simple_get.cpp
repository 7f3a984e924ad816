#include "simple_get.h"

#include <cstddef>

namespace stoklab::emulator {

namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool take(char wanted) {
    skipSpace();
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // A string of at least one character, all of which stand for themselves: no escape, no percent
  // sign, nothing outside ASCII.
  bool takePlain(std::string_view& text) {
    if (!take('"')) return false;
    std::size_t length = 0;
    while (length < rest_.size() && isPlain(rest_[length])) ++length;
    if (length == 0 || length == rest_.size() || rest_[length] != '"') return false;
    text = rest_.substr(0, length);
    rest_.remove_prefix(length + 1);
    return true;
  }

  bool isAtEnd() {
    skipSpace();
    return rest_.empty();
  }

 private:
  static bool isPlain(char c) {
    return c >= ' ' && c < '\x7F' && c != '"' && c != '\\' && c != '%';
  }

  void skipSpace() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n' ||
                              rest_.front() == '\r' || rest_.front() == '\t'))
      rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

}  // namespace

std::optional<SimpleGet> readSimpleGet(std::string_view body) {
  Scanner scanner(body);
  SimpleGet get;
  std::string_view key, method, kind;
  const bool complete =
      scanner.take('{') && scanner.takePlain(key) && scanner.take(':') &&
      scanner.takePlain(method) && scanner.take(',') && scanner.takePlain(get.module) &&
      scanner.take(':') && scanner.take('{') && scanner.takePlain(kind) && scanner.take(':') &&
      scanner.takePlain(get.name) && scanner.take('}') && scanner.take('}') && scanner.isAtEnd();
  get.table = kind == "table";
  if (!complete || key != "method" || method != "get" || get.module == "method" ||
      (!get.table && kind != "name"))
    return std::nullopt;
  return get;
}

}  // namespace stoklab::emulator
