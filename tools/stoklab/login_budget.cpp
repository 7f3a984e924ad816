#include "login_budget.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "private_file.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli {

using protocol::Json;
using protocol::malformed;
using protocol::Result;

namespace {

constexpr int kSchemaVersion = 1;
constexpr std::chrono::milliseconds kPause{20};

// A file name for an authority: "192.0.2.7:443" -> "192.0.2.7_443".
std::string fileNameOf(std::string authority) {
  std::replace_if(
      authority.begin(), authority.end(),
      [](char c) { return c == ':' || c == '/' || c == '[' || c == ']'; }, '_');
  return authority;
}

protocol::Error stoppedForSafety(std::string detail) {
  return {.kind = protocol::ErrorKind::safety, .detail = std::move(detail)};
}

std::int64_t seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

LoginBudget::LoginBudget(LoginBudgetOptions options)
    : options_(std::move(options)),
      file_(options_.directory / (fileNameOf(options_.authority) + ".json")) {}

LoginBudget::~LoginBudget() { endTurn(); }

Result<void> LoginBudget::takeTurn() {
  std::error_code error;
  std::filesystem::create_directories(options_.directory, error);
  const std::string name = file_.string() + ".lock";
  turn_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (turn_ < 0) return malformed("cannot open " + name + ": " + std::strerror(errno));
  const auto deadline = std::chrono::steady_clock::now() + options_.patience;
  while (::flock(turn_, LOCK_EX | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= deadline) {
      ::close(std::exchange(turn_, -1));
      return stoppedForSafety("another process is logging in to " + options_.authority +
                              "; two logins at once are not made");
    }
    std::this_thread::sleep_for(kPause);
  }
  return {};
}

void LoginBudget::endTurn() {
  if (turn_ >= 0) ::close(std::exchange(turn_, -1));
}

Result<std::vector<std::int64_t>> LoginBudget::recentRefusals() const {
  std::vector<std::int64_t> recent;
  std::error_code error;
  if (!std::filesystem::exists(file_, error)) return recent;
  std::ifstream stream(file_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto document = protocol::parseJson(text);
  const Json* version = document ? document->find("schema_version") : nullptr;
  const Json* refused = document ? document->find("refused_at_s") : nullptr;
  if (version == nullptr || *version != Json(kSchemaVersion) || refused == nullptr ||
      !refused->isArray()) {
    return malformed("the record of refused logins " + file_.string() +
                     " cannot be read; delete it if the device is known not to be locked");
  }
  const std::int64_t now = seconds(options_.now());
  for (const Json& entry : *refused->elements()) {
    const std::int64_t* at = entry.integer();
    // What lies in the future was written with a wrong clock, and is kept: it may be recent.
    if (at != nullptr && *at > now - options_.window.count()) recent.push_back(*at);
  }
  return recent;
}

Result<void> LoginBudget::begin() {
  if (auto taken = takeTurn(); !taken) return taken.error();
  const auto recent = recentRefusals();
  if (!recent) {
    endTurn();
    return recent.error();
  }
  if (static_cast<int>(recent->size()) < options_.refusals) return {};
  endTurn();
  const std::int64_t oldest = *std::min_element(recent->begin(), recent->end());
  const std::int64_t left = oldest + options_.window.count() - seconds(options_.now());
  return stoppedForSafety(options_.authority + " has refused " + std::to_string(recent->size()) +
                          " logins within the last " +
                          std::to_string(options_.window.count() / 60) +
                          " minutes, and may lock after a few more: no login for another " +
                          std::to_string(left) + " s, unless " + file_.string() + " is deleted");
}

void LoginBudget::conclude(bool refused) {
  if (turn_ < 0) return;
  if (refused) {
    auto recent = recentRefusals();
    std::vector<std::int64_t> all = recent ? *recent : std::vector<std::int64_t>{};
    all.push_back(seconds(options_.now()));
    Json list = Json::array();
    for (const std::int64_t at : all) list.push(at);
    // A record that cannot be written is no reason to lose the answer; the device counts, too.
    static_cast<void>(replacePrivateFile(
        file_, printPrettyJson(Json::object(
                   {{"schema_version", kSchemaVersion}, {"refused_at_s", std::move(list)}})) +
                   "\n"));
  }
  endTurn();
}

}  // namespace stoklab::cli
