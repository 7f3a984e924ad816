// Requests that several suites make. Values are in wire form, and bodies are written out, so that a
// test can be read without looking anything up.
#pragma once

#include <string>
#include <string_view>

#include "harness/requirement_test.h"

namespace stoklab::conformance {

inline constexpr std::string_view kAskChallenge =
    R"({"method":"do","user_management":{"get_encrypt_info":null}})";
inline constexpr std::string_view kGetSwitch = R"({"method":"get","image":{"name":"switch"}})";

// The present wire values of the captured setting of a C350 (D20) and of its state.
inline const Setting kNightMode{"image", "switch", "pre_night_vision_mode"};
inline const Setting kNightState{"image", "switch", "night_vision_mode"};

inline Answer getSwitch() { return device().command(kGetSwitch); }

// A get of the section by which a test sees that the device serves, and the answer to it.
inline std::string getWitness() { return getBody(device().witness()); }
inline Answer readWitness() { return device().command(getWitness()); }

// A value that the device takes for device().nightSetting(), in wire form, other than the present
// one.
std::string otherNightValue();

// Whether it is a table as the profile says that tables are: a list of objects with one row each
// under its name, or one object of them (D4).
bool areRows(const Value& table);

// A challenge came: key and nonce in "data".
AnswerMatcher CarriesChallenge();
AnswerMatcher IsLoggedIn();
AnswerMatcher IsLocked();

}  // namespace stoklab::conformance
