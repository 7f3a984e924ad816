#include "private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace stoklab::cli {

namespace {

// A file of mode 0600 with this content, from the first byte on.
bool writePrivate(const std::filesystem::path& file, const std::string& content) {
  const int descriptor =
      open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) return false;
  std::size_t written = 0;
  while (written < content.size()) {
    const ssize_t step = write(descriptor, content.data() + written, content.size() - written);
    if (step < 0 && errno != EINTR) break;
    if (step > 0) written += static_cast<std::size_t>(step);
  }
  return close(descriptor) == 0 && written == content.size();
}

}  // namespace

protocol::Result<void> replacePrivateFile(const std::filesystem::path& file,
                                          const std::string& content) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  std::filesystem::path temporary = file;
  temporary += "." + std::to_string(getpid()) + ".tmp";
  if (!error && writePrivate(temporary, content)) {
    std::filesystem::rename(temporary, file, error);
    if (!error) return {};
  }
  return protocol::malformed(error ? error.message() : std::strerror(errno));
}

}  // namespace stoklab::cli
