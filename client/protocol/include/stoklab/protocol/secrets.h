// Which fields hold a secret, in one table, and what a person may see of a message that holds
// some. Everything that prints, logs or stores a message passes it through redact() first.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "stoklab/protocol/json.h"

namespace stoklab::protocol {

// Names of fields whose value is a secret, wherever they stand: "password", "stok", "nonce"...
std::span<const std::string_view> secretFields();
bool isSecretField(std::string_view name);

// `value` with the value of every secret field replaced by "***"; null and empty strings stay,
// since they say that there is no secret.
Json redact(const Json& value);

// The same for a message that may not be JSON: its text if it is, else only its length.
std::string redactBody(std::string_view body);

}  // namespace stoklab::protocol
