#include "harness/run.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <exception>
#include <ostream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "harness/requirement_test.h"

namespace stoklab::conformance {
namespace {

Run* theRun = nullptr;

constexpr const char* kProfile = "profile";

std::string randomPassword() {
  std::array<unsigned char, 12> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("no random numbers");
  return "Judge1-" + hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, false);
}

}  // namespace

// --- deciding

std::optional<Verdict> forbiddenBy(const Requirement& requirement, const ConformOptions& options) {
  if (!options.target) return std::nullopt;
  switch (requirement.effect) {
    case Effect::readOnly:
      return std::nullopt;
    case Effect::reversible:
      if (options.allow != Tier::readOnly) return std::nullopt;
      return Verdict{State::skipped, "changes settings: needs --allow reversible"};
    case Effect::disruptive:
      if (options.allow == Tier::disruptive) return std::nullopt;
      return Verdict{State::skipped, "disturbs the device: needs --allow disruptive"};
    case Effect::costsAnAttempt:
      if (options.allowFailedLogins > 0) return std::nullopt;
      return Verdict{State::skipped, "may cost a login attempt: needs --allow-failed-logins"};
  }
  return std::nullopt;
}

// --- the run

struct Run::Place {
  std::unique_ptr<Process> emulator;
  std::unique_ptr<Device> device;
};

Run::Run(const ConformOptions& options, std::vector<Requirement> selected, std::ostream* progress)
    : options_(options),
      progress_(progress),
      guard_(!options.target.has_value(), options.allowFailedLogins, options.logins) {
  for (Requirement& requirement : selected) {
    std::string slug = requirement.slug;
    selected_.emplace(std::move(slug), std::move(requirement));
  }
  theRun = this;
}

Run::~Run() { theRun = nullptr; }

const DeviceModel* Run::model() {
  if (!model_ && !options_.profile.text.empty())
    model_ = readDeviceModel(options_.profile.text, options_.profile.name);
  return model_ ? &*model_ : nullptr;
}

Run& Run::current() {
  if (theRun == nullptr) throw std::logic_error("no run is under way");
  return *theRun;
}

std::unique_ptr<Run::Place> Run::openPlace(Pace pace) {
  auto place = std::make_unique<Place>();
  DeviceOptions device{.guard = &guard_,
                       .redactor = &redactor_,
                       .transcript = &transcript_,
                       .journal = journal_.get(),
                       .pin = options_.tlsPin.value_or(""),
                       .witness = witness_,
                       .nightSetting = nightSetting_,
                       .interrupted = options_.interrupted};
  device.credentials.username = options_.username;
  if (const DeviceModel* known = model()) {
    device.transform = known->protocol.orgAuthPwd ? Transform::orgAuthPwd : Transform::md5;
    device.keyLacksSignByte = known->protocol.keyLacksSignByte;
  }
  std::string url = options_.target.value_or("");
  if (options_.target) {
    device.credentials.password = options_.password;
  } else {
    const std::string password = randomPassword();
    device.own = true;
    device.credentials.password = password;
    std::vector<std::string> command = options_.emulatorCommand;
    if (pace == Pace::hurried) {
      command.insert(command.end(), options_.hurry.begin(), options_.hurry.end());
      device.sessionLifetime = options_.hurriedSession;
    }
    place->emulator = std::make_unique<Process>(
        ProcessOptions{.command = command, .environment = {{"STOKLAB_PASSWORD", password}}});
    device.process = place->emulator->pid();
    const auto announced = parseJson(place->emulator->announcement());
    const Value* where = announced ? announced->find("url") : nullptr;
    if (where == nullptr || !where->isText())
      throw std::runtime_error("the emulator did not announce a url: " +
                               place->emulator->announcement());
    url = where->text;
  }
  const auto target = parseTarget(url);
  if (!target) throw std::runtime_error("'" + url + "' is no target");
  device.target = *target;
  if (device.credentials.password) redactor_.learn(*device.credentials.password);
  place->device = std::make_unique<Device>(std::move(device));
  return place;
}

// Anything that speaks HTTP will do; whether it gives the right answer is a requirement.
void Run::connectToTarget() {
  if (!options_.distrusted.empty()) throw WireFailure(Layer::tls, options_.distrusted);
  shared_ = openPlace(Pace::usual);
  Device& there = *shared_->device;
  std::string certificate;
  if (there.target().tls) {
    const Connection connection = there.connect();
    certificate = connection.tls().sha256;
    noteTls(connection.tls());
  }
  guard_.look(there.askForChallenge());
  if (!options_.target || options_.allow != Tier::disruptive) return;
  if (there.hasPassword() || !certificate.empty()) {
    if (isDevice(there, options_.deviceId, certificate)) return;
  }
  throw SafetyStop("the device behind " + *options_.target +
                   " is not the one that --device-id names; nothing was done to it");
}

void Run::openJournal() {
  try {
    journal_ = std::make_unique<JournalFile>(options_.journalFile, *options_.target);
  } catch (const JournalBusy& busy) {
    throw SafetyStop(busy.what());
  }
}

void Run::reachTarget() {
  if (options_.target && options_.allow != Tier::readOnly) openJournal();
  if (journal_ && !journal_->pending().empty()) {
    throw SafetyStop(
        "an earlier run has left changes (" + std::to_string(journal_->pending().size()) +
        "); put them back first: stoklab conform --restore --target " + *options_.target);
  }
  connectToTarget();
  Device& there = *shared_->device;
  bool behindLogin = false;
  std::set<std::string> paths;
  for (const auto& [slug, requirement] : selected_) {
    for (const std::string& need : requirement.needs) {
      if (need == "password") behindLogin = there.hasPassword();
      if (need.find('.') != std::string::npos) paths.insert(need);
    }
  }
  capabilities_ = probe(there, claimsOf(options_.profile.text), paths, behindLogin);
  if (behindLogin) {
    witness_ = witnessOf(there);
    for (const Capability& capability : capabilities_) {
      if (capability.name == "night vision" && capability.device == "single")
        nightSetting_.field = "night_vision_mode";
    }
    there.setPlaces(witness_, nightSetting_);
    for (Fact& fact : identityFacts(there, redactor_)) facts_.push_back(std::move(fact));
  }
}

std::vector<std::string> Run::restoreTarget(const std::vector<PendingChange>& changes) {
  openJournal();
  connectToTarget();
  auto failed = shared_->device->restore(changes);
  shared_->device->logOut();
  return failed;
}

// Not the fingerprint: it would tell one device from another of its kind, and a report is shown
// around.
void Run::noteTls(const TlsFacts& tls) {
  const auto note = [&](const char* name, const std::string& value) {
    facts_.push_back({name, redact(value)});
  };
  note("TLS version", tls.version);
  note("cipher suite", tls.cipher);
  note("certificate", "CN=" + tls.commonName + ", O=" + tls.organization + ", C=" + tls.country);
  note("certificate issuer", tls.selfIssued ? "itself" : "CN=" + tls.issuerCommonName);
  note("certificate key", tls.keyType + ", " + std::to_string(tls.keyBits) + " bits");
  note("certificate valid today", tls.validNow ? "yes" : "no");
}

void Run::enterSuite(const std::string& suite) {
  const Isolation isolation = isolationOf(suite);
  wantsOwn_ = !options_.target && isolation != Isolation::shared;
  pace_ = isolation == Isolation::hurriedEmulator ? Pace::hurried : Pace::usual;
}

void Run::leaveSuite() { own_.reset(); }

Device& Run::device() {
  if (emulatorFell(Patience::none)) throw WireFailure(Layer::connect, "the emulator has ended");
  if (!place()) place() = openPlace(wantsOwn_ ? pace_ : Pace::usual);
  return *place()->device;
}

bool Run::emulatorFell(Patience patience) {
  if (!place() || !place()->emulator) return false;
  constexpr int kMoments = 30;
  for (int i = 0; i < kMoments && patience == Patience::aMoment; ++i) {
    if (!place()->emulator->isRunning()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return !place()->emulator->isRunning();
}

void Run::begin(const std::string& slug) {
  const auto at = selected_.find(slug);
  if (at == selected_.end()) throw std::logic_error(slug + " runs without being selected");
  present_ = &results_[slug];
  *present_ = Result{};
  present_->requirement = at->second;
  present_->state = State::pass;
  transcript_.clear();
  if (emulatorFell(Patience::none)) place().reset();
  if (progress_ != nullptr) {
    *progress_ << "\r\033[K" << results_.size() << "/" << selected_.size() << " " << slug
               << std::flush;
  }
}

std::optional<Verdict> Run::lacks(const std::string& need) {
  if (need == "spawned-target") {
    if (!options_.target) return std::nullopt;
    return Verdict{State::skipped, "only against an emulator that the run starts itself"};
  }
  if (need == kProfile) {
    if (!options_.profile.text.empty()) return std::nullopt;
    return Verdict{State::skipped, "no profile is named: give --profile"};
  }
  if (need == "https") {
    if (device().target().tls) return std::nullopt;
    return Verdict{State::notApplicable, "the target speaks no TLS"};
  }
  if (need == "password") {
    if (device().hasPassword()) return std::nullopt;
    return Verdict{State::skipped, "no password was given for this target"};
  }
  if (need == "md5-password") {
    if (model() == nullptr || !model()->protocol.orgAuthPwd) return std::nullopt;
    return Verdict{State::notApplicable, "the device takes passwords of another form"};
  }
  if (need == "second-key") {
    for (const Capability& capability : capabilities_) {
      if (capability.name != "second key" || capability.device != "yes") continue;
      return std::nullopt;
    }
    return Verdict{State::notApplicable, "the device offers no second key"};
  }
  if (need == "encrypt-type-1" || need == "encrypt-type-2") {
    for (const Capability& capability : capabilities_) {
      if (capability.name != "encrypt types") continue;
      if (capability.device == "unknown")
        return Verdict{State::skipped, "the device does not say which encrypt types it takes",
                       true};
      if (capability.device.find(need.back()) != std::string::npos) return std::nullopt;
    }
    return Verdict{State::notApplicable, "the device does not list " + need};
  }
  const auto there = device().offers(need);
  if (!there)
    return Verdict{State::skipped, "it is not known whether the device offers " + need, true};
  if (!*there) return Verdict{State::notApplicable, "the device does not offer " + need};
  return std::nullopt;
}

int Run::signal() const {
  return options_.interrupted == nullptr ? 0 : options_.interrupted->load();
}

std::optional<Verdict> Run::whyNot() {
  if (stop_) return Verdict{State::skipped, "the run was stopped before: " + stop_->reason};
  const auto& needs = present_->requirement.needs;
  // Without a profile nobody knows what there is to write, whatever may be written.
  if (std::find(needs.begin(), needs.end(), kProfile) != needs.end()) {
    if (auto verdict = lacks(kProfile)) return verdict;
  }
  if (auto verdict = forbiddenBy(present_->requirement, options_)) return verdict;
  for (const std::string& need : needs) {
    if (auto verdict = lacks(need)) return verdict;
  }
  return std::nullopt;
}

void Run::note(Finding finding) {
  if (present_ == nullptr) return;
  if (present_->state != State::error) present_->state = State::fail;
  present_->findings.push_back(std::move(finding));
}

void Run::conclude(Verdict verdict) {
  if (present_->state == State::fail) return;  // what was found stays found
  present_->state = verdict.state;
  present_->reason = redact(verdict.reason);
  present_->blocked = verdict.blocked;
}

void Run::noAnswer(const WireFailure& failure) {
  note({redact("the exchange"), redact("an answer"), redact(failure.what()), ""});
}

void Run::stop(Stop stop) {
  stop.reason = redact(stop.reason).text();
  conclude({State::skipped, "the run was stopped: " + stop.reason});
  stop_ = std::move(stop);
}

void Run::stopBefore(Stop stop) {
  stop.reason = redact(stop.reason).text();
  stop_ = std::move(stop);
}

void Run::broke(const std::string& what) {
  present_->state = State::error;
  present_->reason = redact(what);
}

void Run::end() {
  if (isFailure(*present_)) {
    for (const std::string& line : transcript_.lines()) present_->exchange.push_back(redact(line));
    present_->reproduce = options_.reproduce + " --select " + present_->requirement.slug;
  }
  if (emulatorFell(Patience::none)) {
    note({redact("the emulator after the test"), redact("runs"), redact("has ended"), ""});
  } else if (place()) {
    for (const std::string& problem : place()->device->restore())
      note({redact("the settings after the test"), redact("the old value"), redact(problem), ""});
  }
  present_ = nullptr;
}

Report Run::finish() {
  if (progress_ != nullptr) *progress_ << "\r\033[K" << std::flush;
  Report report;
  report.target = options_.target.value_or("own emulator");
  report.profile = options_.profile.name;
  report.device = facts_;
  report.capabilities = capabilities_;
  report.stop = stop_;
  report.logins = guard_.accepted();
  report.failedLogins = guard_.refused();
  for (const auto& [slug, requirement] : selected_) {
    const auto at = results_.find(slug);
    if (at != results_.end()) {
      report.results.push_back(std::move(at->second));
      continue;
    }
    Result result;
    result.requirement = requirement;
    result.state = State::skipped;
    result.reason = redact(stop_ ? "the run was stopped before: " + stop_->reason : "not reached");
    result.blocked = !stop_;
    report.results.push_back(std::move(result));
  }
  own_.reset();
  if (options_.target && shared_) {
    try {
      shared_->device->logOut();
    } catch (const std::exception&) {
      // The device forgets the session by itself some time.
    }
  }
  shared_.reset();
  return report;
}

}  // namespace stoklab::conformance
