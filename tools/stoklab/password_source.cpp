#include "password_source.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>

namespace stoklab::cli {

namespace {

constexpr std::size_t kMaxLength = 1024;

Result<std::string> checked(std::string password, const std::string& source) {
  if (password.ends_with('\n')) password.pop_back();
  if (password.ends_with('\r')) password.pop_back();
  if (password.empty()) return protocol::malformed("the password in " + source + " is empty");
  if (password.size() > kMaxLength) {
    return protocol::malformed("the password in " + source + " is longer than " +
                               std::to_string(kMaxLength) + " bytes");
  }
  return password;
}

Result<std::string> readStream(std::istream& stream, const std::string& source) {
  // Two more than allowed, for the line break; one more to notice what is too long.
  std::string text(kMaxLength + 3, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return protocol::malformed(source + " cannot be read");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return checked(std::move(text), source);
}

Result<std::string> readDescriptor(int descriptor) {
  const std::string source = "file descriptor " + std::to_string(descriptor);
  std::string text;
  char buffer[256];
  while (text.size() <= kMaxLength + 2) {
    const ssize_t got = read(descriptor, buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      return protocol::malformed(source +
                                 " (--password-fd) cannot be read: " + std::strerror(errno));
    }
    if (got == 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return checked(std::move(text), source);
}

}  // namespace

Result<std::string> readPassword(const PasswordOptions& options, Console& console,
                                 const std::string& whose, const Prompt& prompt) {
  if (options.fileDescriptor >= 0) return readDescriptor(options.fileDescriptor);
  if (options.file == "-") return readStream(console.in, "standard input");
  if (!options.file.empty()) {
    std::ifstream file(options.file, std::ios::binary);
    if (!file) {
      return protocol::malformed("the password file " + options.file +
                                 " cannot be opened: " + std::strerror(errno));
    }
    return readStream(file, options.file);
  }
  if (auto password = console.environment("STOKLAB_PASSWORD")) {
    return checked(*std::move(password), "STOKLAB_PASSWORD");
  }
  auto typed = prompt("Password of " + whose + ": ");
  if (!typed) {
    return protocol::malformed("there is no password (" + typed.error().detail +
                               "): set STOKLAB_PASSWORD, or use --password-file or --password-fd");
  }
  return checked(*std::move(typed), "the answer");
}

}  // namespace stoklab::cli
