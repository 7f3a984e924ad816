// The login of the protocol on OpenSSL alone, so that a load does not measure our own client: the
// texts of the requests, and what is read out of their answers.
//
// The one thing not to get wrong: this reads answers of an emulator on this machine and finds
// members by their names; it is no JSON parser.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stoklab::bench {

inline constexpr std::string_view kChallengeBody =
    R"({"method":"do","user_management":{"get_encrypt_info":null}})";

// The text of `"name":"..."`, percent-decoded; nullopt if there is none.
std::optional<std::string> memberText(std::string_view json, std::string_view name);

// Whether an answer says "error_code":0.
bool saysSuccess(std::string_view body);

// A POST with the headers that a client needs, one text.
std::string postText(std::string_view path, std::string_view body, bool keepAlive);

// Prepares passwords; keeps the key of the last challenge. Not thread-safe.
class PasswordMaker {
 public:
  PasswordMaker(std::string username, std::string password);

  // The body of a login that answers `challenge`; nullopt if that is no challenge.
  std::optional<std::string> loginBody(std::string_view challenge);

 private:
  struct Free {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  };
  bool adoptKey(const std::string& base64);

  std::string username_;
  std::string hash_;  // UPPERHEX(MD5(salt + password))
  std::string key_;   // as the challenge had it
  std::unique_ptr<EVP_PKEY_CTX, Free> encryption_;
};

}  // namespace stoklab::bench
