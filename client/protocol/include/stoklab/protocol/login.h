// The two requests that need no session, and the answer to the second (facts.md section 6).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/password.h"
#include "stoklab/protocol/result.h"
#include "stoklab/protocol/session_token.h"

namespace stoklab::protocol {

// {"method":"do","user_management":{"get_encrypt_info":null}}
Request challengeRequest();

// {"method":"do","login":{"username":...,"password":...,"passwdType":"md5","encrypt_type":"2"}}
// (L1), each of the last with what the password was prepared for.
Request loginRequest(std::string_view username, const PreparedPassword& password);

// What a device says when it lets someone in (L2).
struct Admission {
  SessionToken token;
  std::optional<std::string> userGroup = {};  // "root", "admin" or "guest" (L3)
};

// `reply` is the answer to a login request with error code 0. Fails with ErrorKind::malformed if
// it carries no usable token.
Result<Admission> parseAdmission(const Reply& reply);

// What a login that was not accepted means to the caller: ErrorKind::locked with the seconds left
// for -40404 and -40408, wherever the code stands (L6, L7), else ErrorKind::refused with the code.
Error loginError(const Reply& reply);

}  // namespace stoklab::protocol
