// A planted defect of its own: RSA without a look at the padding, as a device does it that takes
// whatever stands behind the last zero byte of the block for the text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "stoklab/protocol/crypto.h"

namespace stoklab::emulator {

// nullopt if `ciphertext` is not of the key's length, or the block holds no zero byte.
std::optional<std::string> decryptLaxly(const protocol::RsaPrivateKey& key,
                                        std::string_view ciphertext);

}  // namespace stoklab::emulator
