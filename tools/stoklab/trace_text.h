// What a person gets to see of the messages of a trace: the values of a body in a line.
//
// The one thing not to get wrong: a file that calls itself a trace may hold anything. Values of
// secret fields that are no placeholders are not shown.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stoklab/fixtures/trace.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli {

// A value of a body and the way to it: "image.switch.flicker". Text is decoded. Rows of a table
// stand under their names.
struct BodyValue {
  std::string path = {};
  protocol::Json value = {};
};

// What a request gives besides names: the fields of a set, the arguments of an action.
std::vector<BodyValue> valuesOf(const fixtures::TraceRequest& request);
// What a reply gives besides its code, and besides the challenge that comes with a refusal.
std::vector<BodyValue> valuesOf(const fixtures::TraceReply& reply);

// "flicker=50hz, mode=off": paths without what `asks` says already, if it is one thing only.
std::string valuesLine(const std::vector<BodyValue>& values, const std::vector<std::string>& asks);

// "ok", "-40106 EINVINSTRUCT (unsupported command)", "-40401 EUNAUTH, data -40407 ...", or what
// else is to be said of the body.
std::string outcomeText(const fixtures::TraceReply& reply);

// "ok", "-40106 EINVINSTRUCT (unsupported command)".
std::string codeText(std::int64_t code);

// `body` as it stands in the file, strings in wire form, less secrets that are no placeholders.
protocol::Json withoutSecrets(const protocol::Json& body);

// `text` if it has at most `width` characters, else its beginning and "...".
std::string shortened(std::string_view text, std::size_t width);

// `text` in lines of at most `width` columns where spaces allow it; all but the first are indented,
// and the first begins at that column.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

// "1.234", in seconds.
std::string secondsText(std::chrono::milliseconds time);

}  // namespace stoklab::cli
