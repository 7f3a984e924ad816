// What a function returns when it can fail for reasons outside the program: a value, or an
// Error that says what the caller can do about it. The member names are those of C++23's
// std::expected, which this class gives way to one day.
//
// The one thing not to get wrong: value(), * and -> on a failed result, and error() on a good
// one, are programming errors and end the program.
#pragma once

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace stoklab::protocol {

// Each kind answers "what now?".
enum class ErrorKind {
  transport,  // no complete answer came: try again, but first read Error::execution
  malformed,  // something is not in the form it must have: no repeat will help
  refused,    // a well-formed "no" of the device: see Error::deviceCode
  locked,     // the device takes no logins for now: wait Error::retryAfter
  safety,     // our own guard stopped it before anything was sent
};

std::string_view toText(ErrorKind kind);

// Whether the device may have carried out the request that failed. A set, do, add or delete
// that may have run must not be sent again without a read that settles it.
enum class Execution { didNotRun, mayHaveRun };

// Never holds a password, a session token or other secret: it is made to be printed.
struct Error {
  ErrorKind kind = ErrorKind::malformed;
  std::string detail = {};                              // one sentence for a person
  std::optional<int> deviceCode = {};                   // e.g. -40401; see device_code.h
  std::optional<std::chrono::seconds> retryAfter = {};  // with ErrorKind::locked
  Execution execution = Execution::didNotRun;           // with ErrorKind::transport
};

// "refused: the device answered -40106 EINVINSTRUCT (unsupported command)"
std::string describe(const Error& error);

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& value() & { return require(), *std::get_if<0>(&content_); }
  const T& value() const& { return require(), *std::get_if<0>(&content_); }
  T&& value() && { return require(), std::move(*std::get_if<0>(&content_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return requireError(), *std::get_if<1>(&content_); }
  Error&& error() && { return requireError(), std::move(*std::get_if<1>(&content_)); }

  T value_or(T other) const& { return has_value() ? **this : std::move(other); }

 private:
  void require() const {
    if (!has_value()) std::abort();
  }
  void requireError() const {
    if (has_value()) std::abort();
  }

  std::variant<T, Error> content_;
};

// Success without a value.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const noexcept { return !error_; }
  explicit operator bool() const noexcept { return has_value(); }
  const Error& error() const& { return requireError(), *error_; }
  Error&& error() && { return requireError(), std::move(*error_); }

 private:
  void requireError() const {
    if (!error_) std::abort();
  }

  std::optional<Error> error_;
};

// Error{ErrorKind::malformed, detail}: the commonest failure of a parser.
Error malformed(std::string detail);

}  // namespace stoklab::protocol
