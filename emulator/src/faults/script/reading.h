// How a script is read: every failure says at which place, what must stand there.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

// "faults[2].do.code: must be an integer". An empty place stands for the whole script.
protocol::Error wrongAt(const std::string& place, const std::string& what);

std::string memberOf(const std::string& place, std::string_view key);

// Whether it is an object without other members than these. `what` names it in the message: "a
// fault".
protocol::Result<void> checkObject(const protocol::Json& value, const std::string& place,
                                   std::string_view what,
                                   std::initializer_list<std::string_view> members);

protocol::Result<std::int64_t> integerAt(const protocol::Json& value, const std::string& place,
                                         std::int64_t least, std::int64_t most);
// An integer or a real.
protocol::Result<double> numberAt(const protocol::Json& value, const std::string& place,
                                  double least, double most);
protocol::Result<std::string> textAt(const protocol::Json& value, const std::string& place,
                                     std::size_t longest);
protocol::Result<void> trueAt(const protocol::Json& value, const std::string& place);
// Which of them it is.
protocol::Result<std::size_t> choiceAt(const protocol::Json& value, const std::string& place,
                                       std::initializer_list<std::string_view> choices);

// "a, b and c"
std::string listed(std::initializer_list<std::string_view> words, std::string_view last);

}  // namespace stoklab::emulator
