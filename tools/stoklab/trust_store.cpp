#include "trust_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include "state_directory.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli {

using protocol::Json;
using protocol::malformed;

namespace {

constexpr int kSchemaVersion = 1;

bool isFingerprint(const std::string& text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c); });
}

protocol::Error unreadable(const std::filesystem::path& file, const std::string& why) {
  return malformed("the list of known devices " + file.string() + " is unusable: " + why +
                   " (repair it, or delete it to trust every device anew)");
}

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

Result<std::filesystem::path> TrustStore::defaultFile(
    const std::function<std::optional<std::string>(const char*)>& environment) {
  const auto directory = stateDirectory(environment);
  if (!directory)
    return malformed(
        "there is no place to remember the device's certificate: set XDG_STATE_HOME or HOME, or "
        "use --tls-pin, --ca or --insecure");
  return *directory / "known_devices.json";
}

Result<TrustStore> TrustStore::read(const std::filesystem::path& file) {
  TrustStore store(file);
  std::error_code error;
  if (!std::filesystem::exists(file, error) && !error) return store;

  std::ifstream stream(file, std::ios::binary);
  if (!stream) return unreadable(file, std::strerror(errno));
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto document = protocol::parseJson(text);
  if (!document) return unreadable(file, document.error().detail);

  const Json* version = document->find("schema_version");
  if (version == nullptr || *version != Json(kSchemaVersion)) {
    return unreadable(file, "schema_version is not " + std::to_string(kSchemaVersion));
  }
  const Json* devices = document->find("devices");
  if (devices == nullptr || !devices->isObject()) return unreadable(file, "devices is no object");
  for (const auto& [authority, entry] : *devices->members()) {
    const Json* certificate = entry.find("certificate_sha256");
    if (certificate == nullptr || certificate->string() == nullptr ||
        !isFingerprint(*certificate->string())) {
      return unreadable(file, "devices." + authority + ".certificate_sha256 is no SHA-256");
    }
    store.certificates_[authority] = *certificate->string();
  }
  return store;
}

std::optional<std::string> TrustStore::find(std::string_view authority) const {
  const auto found = certificates_.find(authority);
  if (found == certificates_.end()) return std::nullopt;
  return found->second;
}

Result<void> TrustStore::remember(const std::string& authority,
                                  const std::string& certificateSha256) {
  certificates_[authority] = certificateSha256;
  Json devices = Json::object();
  for (const auto& [known, certificate] : certificates_) {
    devices.set(known, Json::object({{"certificate_sha256", certificate}}));
  }
  const Json document =
      Json::object({{"schema_version", kSchemaVersion}, {"devices", std::move(devices)}});

  std::error_code error;
  std::filesystem::create_directories(file_.parent_path(), error);
  std::filesystem::path temporary = file_;
  temporary += "." + std::to_string(getpid()) + ".tmp";
  if (!error && writePrivate(temporary, printPrettyJson(document) + "\n")) {
    std::filesystem::rename(temporary, file_, error);
    if (!error) return {};
  }
  return malformed("the list of known devices " + file_.string() +
                   " cannot be written: " + (error ? error.message() : std::strerror(errno)));
}

}  // namespace stoklab::cli
