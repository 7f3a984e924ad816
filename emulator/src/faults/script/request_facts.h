// What the "when" of a scripted fault may ask about a request.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "stoklab/emulator/endpoint.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

// A set of bits, so that a kind of fault can say which of them it happens to.
enum RequestKind : unsigned {
  kChallengeRequest = 1,
  kLoginRequest = 2,
  kCommandRequest = 4,
  kUploadRequest = 8,
  kPageRequest = 16,
  kOtherRequest = 32,
  kAnyRequest = 63,
};

// Of one request; reads no more of it than it is asked about. The request must outlive this. Not
// synchronised.
class RequestFacts {
 public:
  explicit RequestFacts(const HttpRequest& request) : request_(request) {}

  RequestKind kind() const;
  std::string_view method() const;  // of the body, "set"; empty if there is none
  // The body; null if it is no JSON.
  const protocol::Json& body() const;
  // As it came, percent-decoded; empty if the path has none.
  std::string token() const;
  // "username" of a login; else empty.
  std::string loginUser() const;

  // Whether the body speaks of that module, section (or action, or row) and field (or argument),
  // all three together; an empty one stands for any.
  bool speaksOf(std::string_view module, std::string_view section, std::string_view field) const;

 private:
  const HttpRequest& request_;
  mutable std::optional<protocol::Json> body_ = {};
};

}  // namespace stoklab::emulator
