#include "stoklab/protocol/login.h"

#include "stoklab/protocol/challenge.h"
#include "stoklab/protocol/device_code.h"

namespace stoklab::protocol {

Request challengeRequest() { return performAction("user_management", "get_encrypt_info"); }

Request loginRequest(std::string_view username, const PreparedPassword& password) {
  Json arguments = Json::object({{"username", username}, {"password", password.password}});
  if (password.passwdType) arguments.set("passwdType", *password.passwdType);
  arguments.set("encrypt_type", password.encryptType);
  if (password.md5EncryptType) arguments.set("md5_encrypt_type", *password.md5EncryptType);
  if (password.keyType) arguments.set("keyType", *password.keyType);
  Request request{.method = Method::perform};
  request.modules.set("login", std::move(arguments));
  return request;
}

Result<Admission> parseAdmission(const Reply& reply) {
  const Json* stok = reply.body.find("stok");
  if (stok == nullptr || stok->string() == nullptr)
    return malformed("the device accepted the login but sent no \"stok\"");
  auto token = SessionToken::parse(*stok->string());
  if (!token) return std::move(token).error();
  Admission admission{.token = *std::move(token)};
  if (const Json* group = reply.body.find("user_group"); group != nullptr && group->string())
    admission.userGroup = *group->string();
  return admission;
}

Error loginError(const Reply& reply) {
  const Json* data = reply.data();
  const Json* inner = data == nullptr ? nullptr : data->find("code");
  const bool hasInner = inner != nullptr && inner->integer() != nullptr;
  const int dataCode = hasInner ? static_cast<int>(*inner->integer()) : reply.errorCode;

  for (const int found : {reply.errorCode, dataCode}) {
    if (found != code::kLocked && found != code::kLockedForGood) continue;
    Error error{.kind = ErrorKind::locked,
                .detail = found == code::kLocked
                              ? "the device is locked after too many wrong passwords"
                              : "the device is locked for good and needs a reset",
                .deviceCode = found};
    const Json* left = data == nullptr ? nullptr : data->find("sec_left");
    if (left == nullptr) left = reply.body.find("sec_left");
    if (left != nullptr && left->integer() != nullptr)
      error.retryAfter = std::chrono::seconds(*left->integer());
    return error;
  }

  Error error{.kind = ErrorKind::refused,
              .detail = "the device refused the login",
              .deviceCode = dataCode != 0 ? dataCode : reply.errorCode};
  if (data != nullptr) {
    const Json* left = data->find("time");
    const Json* of = data->find("max_time");
    if (left != nullptr && left->integer() != nullptr) {
      error.detail += ", " + std::to_string(*left->integer());
      if (of != nullptr && of->integer() != nullptr)
        error.detail += " of " + std::to_string(*of->integer());
      error.detail += " attempts left";
    }
  }
  return error;
}

}  // namespace stoklab::protocol
