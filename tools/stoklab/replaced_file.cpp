#include "replaced_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace stoklab::cli {

namespace {

namespace fs = std::filesystem;

std::error_code lastError() { return {errno, std::generic_category()}; }

std::error_code writeAll(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t step = write(descriptor, content.data(), content.size());
    if (step < 0 && errno == EINTR) continue;
    if (step < 0) return lastError();
    content.remove_prefix(static_cast<std::size_t>(step));
  }
  return {};
}

// `sync`: so that a rename never brings an empty file to light after a power cut.
std::error_code writeFile(const fs::path& file, std::string_view content, int flags, bool sync) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666);
  if (descriptor < 0) return lastError();
  std::error_code error = writeAll(descriptor, content);
  if (!error && sync && fsync(descriptor) != 0) error = lastError();
  if (close(descriptor) != 0 && !error) error = lastError();
  return error;
}

std::error_code replace(const fs::path& file, std::string_view content) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (fs::is_directory(status)) return std::make_error_code(std::errc::is_a_directory);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return writeFile(file, content, 0, false);
  }
  const fs::path real = fs::exists(status) ? fs::canonical(file, error) : file;
  if (error && fs::exists(status)) return error;
  fs::path temporary = real;
  temporary += "." + std::to_string(getpid()) + ".tmp";
  error = writeFile(temporary, content, O_CREAT | O_EXCL, true);
  if (error == std::errc::file_exists) return error;
  if (!error && fs::exists(status)) fs::permissions(temporary, status.permissions(), error);
  if (!error) fs::rename(temporary, real, error);
  if (error) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
  }
  return error;
}

}  // namespace

protocol::Result<void> replaceFile(const fs::path& file, std::string_view content) {
  const std::error_code error = replace(file, content);
  if (error) return protocol::malformed(file.string() + ": " + error.message());
  return {};
}

}  // namespace stoklab::cli
