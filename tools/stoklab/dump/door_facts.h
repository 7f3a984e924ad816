// What a device shows to somebody who is not logged in: its challenge, and how it refuses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dump/wire_habits.h"
#include "stoklab/client/transport.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli::dump {

using protocol::Result;

// HTTP status, "error_code" and "data.code" of an answer; 0 for a number that is not there.
struct AnswerCodes {
  int status = 0, errorCode = 0, dataCode = 0;
};
AnswerCodes codesOf(const client::HttpAnswer& answer);

// ASCII letters made lower.
std::string lowered(std::string_view text);

// The value of a header, by its name in any case; empty if it is not there.
std::string headerOf(const client::HttpAnswer& answer, std::string_view name);

// The form and the size of the key of a challenge; an empty form: none that is known.
struct KeyFacts {
  std::string form = {};  // "spki" or "spki-without-sign-byte" (facts.md C7)
  int bits = 0;
};
KeyFacts keyFacts(const std::string& base64);

// Facts of several challenges of one device, no secret among them. Fails with
// ErrorKind::malformed if the first answer is none.
Result<protocol::Json> challengeFacts(const std::vector<client::HttpAnswer>& answers);

// Facts of the answer to a login that was refused.
protocol::Json refusalFacts(const client::HttpAnswer& answer);

}  // namespace stoklab::cli::dump
