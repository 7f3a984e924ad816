#include "emulate/account_password.h"

#include <cstddef>
#include <string_view>
#include <utility>

#include "stoklab/emulator/environment.h"

namespace stoklab::cli {

using protocol::Result;

namespace {

constexpr std::size_t kGeneratedPasswordLength = 20;
constexpr std::string_view kPasswordAlphabet =
    "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";  // without look-alikes

}  // namespace

Result<AccountPassword> passwordFor(const EmulateArguments& arguments, Console& console) {
  const bool given = !arguments.password.file.empty() || arguments.password.fileDescriptor >= 0 ||
                     console.environment("STOKLAB_PASSWORD").has_value();
  // Whoever recorded a trace need not know the password that its device had.
  if (!given && !arguments.replay.trace.empty())
    return AccountPassword{.origin = AccountPassword::Origin::none};
  if (!given) {
    emulator::SystemRandom random;
    return AccountPassword{.text = random.text(kGeneratedPasswordLength, kPasswordAlphabet),
                           .origin = AccountPassword::Origin::generated};
  }
  auto text = readPassword(arguments.password, console, "the emulated camera",
                           [](const std::string&) -> Result<std::string> {
                             return protocol::malformed("no password was given");
                           });
  if (!text) return std::move(text).error();
  return AccountPassword{.text = *std::move(text)};
}

}  // namespace stoklab::cli
