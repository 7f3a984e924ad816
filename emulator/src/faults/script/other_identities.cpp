#include "faults/script/other_identities.h"

#include <mutex>

#include "stoklab/emulator/identity.h"

namespace stoklab::emulator {

using protocol::Result;

namespace {

class Made {
 public:
  explicit Made(CertificateShape shape) : shape_(std::move(shape)) {}

  // A failure is not kept: the next one may have more luck.
  Result<std::shared_ptr<const Identity>> get() {
    const std::lock_guard lock(mutex_);
    if (!identity_) {
      auto made = makeIdentity(shape_);
      if (!made) return std::move(made).error();
      identity_ = std::make_shared<const Identity>(*std::move(made));
    }
    return identity_;
  }

 private:
  const CertificateShape shape_;
  std::mutex mutex_;
  std::shared_ptr<const Identity> identity_;
};

}  // namespace

Result<std::shared_ptr<const Identity>> swappedIdentity() {
  static Made made({});
  return made.get();
}

Result<std::shared_ptr<const Identity>> expiredIdentity() {
  static Made made({.notAfter = "20101231235959Z"});
  return made.get();
}

}  // namespace stoklab::emulator
