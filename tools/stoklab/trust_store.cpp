#include "trust_store.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include "private_file.h"
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

  if (auto written = replacePrivateFile(file_, printPrettyJson(document) + "\n"); !written) {
    return malformed("the list of known devices " + file_.string() +
                     " cannot be written: " + written.error().detail);
  }
  return {};
}

}  // namespace stoklab::cli
