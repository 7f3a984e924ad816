// Whether a set, add or delete may touch what it wants to touch, and with which value. Nothing is
// written before everything in a request has passed.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

// Why a request is turned down: a kind of fixtures::badRequestKinds(), whose answer the profile
// holds, and the field's own code where the vendor has one.
struct Refusal {
  std::string_view kind;
  std::optional<int> errorCode = {};
};

// The outcome of a step that can be turned down.
template <class T>
class Checked {
 public:
  Checked(T value) : value_(std::move(value)) {}
  Checked(Refusal refusal) : refusal_(refusal) {}

  explicit operator bool() const { return value_.has_value(); }
  T& operator*() & { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  T* operator->() { return &*value_; }
  const Refusal& refusal() const { return *refusal_; }

 private:
  std::optional<T> value_;
  std::optional<Refusal> refusal_;
};

// What `value` becomes when it is stored in `field` where `old` stands now: numbers become strings
// where a string is stored (facts.md W8, K19). `old` is nullptr for a field that a row of a table
// does not have yet.
Checked<protocol::Json> checkField(const fixtures::Section& section, std::string_view field,
                                   const protocol::Json& value, const protocol::Json* old);

}  // namespace stoklab::emulator
