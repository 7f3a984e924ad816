#include "lax_decrypt.h"

#include <openssl/rsa.h>

#include <memory>

#include "pem.h"

namespace stoklab::emulator {

std::optional<std::string> decryptLaxly(const protocol::RsaPrivateKey& key,
                                        std::string_view ciphertext) {
  const auto parsed = parsePrivateKey(key.pem());
  if (!parsed) return std::nullopt;
  using Context = std::unique_ptr<EVP_PKEY_CTX, OpenSslDeleter<EVP_PKEY_CTX_free>>;
  const Context context(EVP_PKEY_CTX_new(parsed->get(), nullptr));
  if (!context || EVP_PKEY_decrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1)
    return std::nullopt;
  std::string block(static_cast<std::size_t>(EVP_PKEY_get_size(parsed->get())), '\0');
  if (ciphertext.size() != block.size()) return std::nullopt;
  std::size_t size = block.size();
  const auto bytes = [](auto* data) {
    return static_cast<const unsigned char*>(static_cast<const void*>(data));
  };
  const int done =
      EVP_PKEY_decrypt(context.get(), static_cast<unsigned char*>(static_cast<void*>(block.data())),
                       &size, bytes(ciphertext.data()), ciphertext.size());
  takeOpenSslReason();
  const auto zero = block.rfind('\0');
  if (done != 1 || zero == std::string::npos) return std::nullopt;
  return block.substr(zero + 1);
}

}  // namespace stoklab::emulator
