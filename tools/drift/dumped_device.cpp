#include "dumped_device.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "stoklab/fixtures/drift.h"

namespace stoklab::drift {

using fixtures::Profile;

namespace fs = std::filesystem;

cli::dump::Time SharedClock::asTime() {
  return {.now =
              [this] {
                return std::chrono::steady_clock::time_point(
                    std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                        now().time_since_epoch()));
              },
          .sleep = [this](std::chrono::milliseconds time) { clock_.advance(time); }};
}

const fs::path& workFolder() {
  struct Folder {
    fs::path path = fs::temp_directory_path() / ("stoklab-drift-" + std::to_string(::getpid()));
    Folder() { fs::create_directories(path); }
    ~Folder() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  };
  static const Folder kFolder;
  return kFolder.path;
}

fs::path keyFolder() { return STOKLAB_DRIFT_KEYS; }

class DumpedDevice::Witness final : public emulator::Endpoint {
 public:
  Witness(std::unique_ptr<emulator::Endpoint> inside, DumpedDevice& device)
      : inside_(std::move(inside)), device_(device) {}

  emulator::HttpReply handle(const emulator::HttpRequest& request,
                             const emulator::Peer& peer) override {
    {
      const std::lock_guard lock(device_.mutex_);
      device_.contacts_.push_back({.at = device_.clock_.now(),
                                   .http = std::string(request.method),
                                   .body = std::string(request.body)});
    }
    return inside_->handle(request, peer);
  }

  emulator::Effort effortOf(const emulator::HttpRequest& request) const override {
    return inside_->effortOf(request);
  }

 private:
  std::unique_ptr<emulator::Endpoint> inside_;
  DumpedDevice& device_;
};

DumpedDevice::DumpedDevice(Profile profile, std::shared_ptr<const Profile> next) {
  witness_.name = "witness";
  witness_.wrap = [this](std::unique_ptr<emulator::Endpoint> inside) {
    return std::make_unique<Witness>(std::move(inside), *this);
  };
  emulator::CameraOptions options{
      .stateDirectory = keyFolder(),
      .device = {.account = {.username = "admin", .password = password_}},
      .faults = {&witness_}};
  if (next) {
    options.upgrade = {.to = std::move(next), .time = std::chrono::milliseconds(0)};
    options.upgrade->done = [this](const auto&, const protocol::Result<void>& upgraded) {
      upgraded_.set_value(upgraded ? "" : upgraded.error().detail);
    };
  }
  auto camera = emulator::EmulatedCamera::start(std::make_shared<const Profile>(std::move(profile)),
                                                options, {.clock = clock_, .random = random_});
  if (camera)
    camera_ = *std::move(camera);
  else
    ADD_FAILURE() << "the device does not start: " << camera.error().detail;
}

std::variant<cli::dump::Dump, cli::ExitCode> DumpedDevice::tryDump(cli::dump::DumpOptions options) {
  if (!camera_) return cli::ExitCode::fault;
  std::istringstream in;
  std::ostringstream out, err;
  cli::Console console{.in = in,
                       .out = out,
                       .err = err,
                       .environment = [this](const char* name) -> std::optional<std::string> {
                         const std::string_view variable = name;
                         if (variable == "STOKLAB_PASSWORD") return password_;
                         if (variable == "XDG_STATE_HOME") return (workFolder() / "state").string();
                         return std::nullopt;
                       }};
  options.time = clock_.asTime();
  auto outcome = cli::dump::dumpTarget({.target = camera_->url()}, options, console);
  errors_ = err.str();
  return outcome;
}

Profile DumpedDevice::dump(cli::dump::DumpOptions options) {
  auto outcome = tryDump(std::move(options));
  if (auto* dump = std::get_if<cli::dump::Dump>(&outcome)) return std::move(dump->profile);
  ADD_FAILURE() << "no dump, exit code " << static_cast<int>(std::get<cli::ExitCode>(outcome))
                << ": " << errors_;
  return {};
}

void DumpedDevice::upgrade() {
  ASSERT_TRUE(camera_ && camera_->beginUpgrade());
  auto upgraded = upgraded_.get_future();
  ASSERT_EQ(upgraded.wait_for(std::chrono::seconds(30)), std::future_status::ready);
  EXPECT_EQ(upgraded.get(), "");
}

std::vector<Contact> DumpedDevice::contacts() const {
  const std::lock_guard lock(mutex_);
  return contacts_;
}

std::vector<std::string> findingsBetween(const Profile& before, const Profile& after, bool values) {
  std::vector<std::string> lines;
  for (const auto& finding : compareProfiles(before, after, {.values = values}).findings)
    lines.push_back(finding.path + " " + std::string(finding.rule) + " " +
                    std::string(toText(finding.level)));
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace stoklab::drift
