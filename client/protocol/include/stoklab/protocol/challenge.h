// The data that a device sends to a client that is not logged in: what it needs to prepare the
// password, and how many attempts are left. It comes as the answer to get_encrypt_info, inside a
// refused login, and with every -40401 (facts.md section 5, C11).
//
// A challenge is not an error, although it looks like one: HTTP 401 and a non-zero code are what
// a healthy device answers (H5, C1).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::protocol {

struct Challenge {
  int code = 0;                                        // data.code, e.g. -40407 (C3)
  std::vector<std::string> encryptTypes = {};          // e.g. {"1", "2"} (C12)
  std::string key = {};                                // base64 SPKI, decoded from percent (C6)
  std::optional<std::string> key2 = {};                // the second, stronger key (C5)
  std::string nonce = {};                              // never contains ':' (C8)
  std::optional<std::string> md5EncryptType = {};      // "1": what type "3" means here (P9)
  std::optional<std::string> passwdType = {};          // "md5" where the device says so (C1)
  std::optional<int> attemptsLeft = {};                // "time" (L5, K3)
  std::optional<int> maxAttempts = {};                 // "max_time"
  std::optional<std::chrono::seconds> lockedFor = {};  // "sec_left" (L6)
};

// `data` is the "data" member of a reply, strings still as on the wire or already decoded.
// Fails with ErrorKind::malformed if key or nonce is missing or of a wrong type.
Result<Challenge> parseChallenge(const Json& data);

// The wire form of a device: strings decoded (the printer encodes), members in a fixed order.
Json toJson(const Challenge& challenge);

}  // namespace stoklab::protocol
