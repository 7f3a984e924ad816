// Which characters a device makes its nonces and tokens of, judged by a few of them.
//
// The one thing not to get wrong: the samples are secrets; what is concluded from them is not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stoklab::cli::dump {

// The smallest usual alphabet that every sample is made of: "0123456789abcdef". With punctuation
// in them: letters, digits and the punctuation that occurs.
std::string alphabetOf(const std::vector<std::string>& samples);

// What to say of a device whose samples, `characters` in all, look like `found`: `assumed`, unless
// they speak against it. Few characters of a large alphabet look like a small one by chance.
std::string settledAlphabet(const std::string& found, std::size_t characters,
                            const std::string& assumed);

}  // namespace stoklab::cli::dump
