#include "harness/device.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace stoklab::conformance {
namespace {

constexpr std::size_t kKeptExchanges = 12;
constexpr std::size_t kKeptBody = 700;

std::string shortened(std::string_view body) {
  if (body.size() <= kKeptBody) return std::string(body);
  return std::string(body.substr(0, kKeptBody)) + "... (" + std::to_string(body.size()) + " bytes)";
}

const Value* rowOf(const Value& table, std::string_view row) {
  for (const Value& item : table.items) {
    if (const Value* found = item.find(row); found != nullptr) return found;
  }
  return table.find(row);  // some firmware gives one object (D4)
}

}  // namespace

// --- transcript

void Transcript::add(std::string line) {
  if (lines_.size() >= 2 * kKeptExchanges) lines_.erase(lines_.begin());
  lines_.push_back(std::move(line));
}

void Transcript::request(std::string_view line, std::string_view body) {
  add("> " + std::string(line) + (body.empty() ? "" : " " + shortened(body)));
}

void Transcript::answer(const HttpAnswer& answer) {
  add("< " + answer.statusLine + (answer.body.empty() ? "" : " " + shortened(answer.body)));
}

void Transcript::failure(std::string_view what) { add("< (" + std::string(what) + ")"); }

// --- device

std::optional<Challenge> challengeIn(const Answer& answer) {
  const auto key = answer.text("data.key");
  const auto nonce = answer.text("data.nonce");
  if (!key || !nonce) return std::nullopt;
  return Challenge{*key, percentDecode(*nonce)};
}

void Device::stopIfInterrupted() const {
  if (restoring_ || options_.interrupted == nullptr) return;
  if (const int signal = *options_.interrupted; signal != 0) throw Interrupted(signal);
}

Connection Device::connect(TlsOffer offer) const {
  stopIfInterrupted();
  Connection connection = Connection::open(options_.target, offer);
  if (!options_.pin.empty() && connection.tls().sha256 != options_.pin) {
    throw WireFailure(Layer::tls, "the certificate has the fingerprint " + connection.tls().sha256 +
                                      ", the pin is " + options_.pin);
  }
  return connection;
}

void Device::learn(const Answer& answer) {
  for (const char* path : {"stok", "data.nonce", "data.key", "data.key_2"}) {
    if (const auto secret = answer.text(path)) options_.redactor->learn(*secret);
  }
}

Answer Device::receive(Connection& connection) {
  try {
    Answer answer;
    answer.http = connection.receive();
    options_.transcript->answer(answer.http);
    answer.json = parseJson(answer.http.body);
    learn(answer);
    return answer;
  } catch (const WireFailure& failure) {
    options_.transcript->failure(failure.what());
    throw;
  }
}

Answer Device::exchange(Connection& connection, const HttpRequest& request) {
  stopIfInterrupted();
  options_.transcript->request(request.method + " " + request.path, request.body);
  connection.send(toText(request, options_.target.hostHeader()));
  return receive(connection);
}

Answer Device::send(const HttpRequest& request, TlsOffer offer) {
  try {
    Connection connection = connect(offer);
    return exchange(connection, request);
  } catch (const WireFailure& failure) {
    if (failure.layer() != Layer::http) options_.transcript->failure(failure.what());
    throw;
  }
}

Answer Device::post(std::string_view path, std::string_view body) {
  return send({.path = std::string(path), .body = std::string(body)});
}

Answer Device::get(std::string_view path) {
  return send({.method = "GET", .path = std::string(path)});
}

Answer Device::askForChallenge() {
  return post("/", R"({"method":"do","user_management":{"get_encrypt_info":null}})");
}

Challenge Device::challenge() {
  const Answer answer = askForChallenge();
  options_.guard->look(answer);
  const auto challenge = challengeIn(answer);
  if (!challenge) throw Blocked("no challenge: the answer holds no key and nonce");
  return *challenge;
}

Answer Device::login(LoginShape shape, const Challenge& challenge, bool risky) {
  if (!hasPassword()) throw NotAllowed("no password was given for this target");
  if (shape.password.empty()) shape.password = *options_.credentials.password;
  if (shape.username.empty()) shape.username = options_.credentials.username;
  for (const HashForm form :
       {HashForm::saltFirstUpper, HashForm::saltFirstLower, HashForm::saltLastUpper})
    options_.redactor->learn(passwordHash(shape.password, form));
  const auto body = loginBody(shape, challenge.key, challenge.nonce);
  if (!body) throw Blocked("no login: the key of the challenge cannot be used");
  return sendLogin(*body, risky);
}

Answer Device::sendLogin(std::string_view body, bool risky) {
  options_.guard->before(risky);
  Answer answer;
  try {
    answer = post("/", body);
  } catch (...) {
    options_.guard->lost();
    throw;
  }
  options_.guard->after(answer, risky);
  otherLogins_ = otherLogins_ || answer.succeeded();
  return answer;
}

std::optional<std::size_t> Device::residentBytes() const {
  if (options_.process <= 0) return std::nullopt;
  std::ifstream file("/proc/" + std::to_string(options_.process) + "/statm");
  std::size_t whole = 0;
  std::size_t resident = 0;
  if (!(file >> whole >> resident)) return std::nullopt;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::optional<std::chrono::milliseconds> Device::sessionLifetime() const {
  if (options_.sessionLifetime.count() <= 0) return std::nullopt;
  return options_.sessionLifetime;
}

namespace {

std::string tokenOf(const Answer& answer) {
  const auto token = answer.text("stok");
  if (!answer.succeeded() || !token || token->empty())
    throw Blocked("no session: the login was not answered with a token");
  return percentDecode(*token);
}

}  // namespace

std::string Device::newSession() { return tokenOf(loginNormally()); }

const Answer& Device::sessionLogin() {
  if (!sessionLogin_) sessionLogin_ = loginNormally();
  return *sessionLogin_;
}

const std::string& Device::session() {
  // On an emulator with few sessions, somebody else's login may have ended ours. That is for the
  // requirements about sessions to say, not for every other one.
  if (session_ && otherLogins_ &&
      !commandAs(*session_, R"({"method":"get","image":{"name":"switch"}})").succeeded()) {
    session_.reset();
    sessionLogin_.reset();
  }
  if (!session_) session_ = tokenOf(sessionLogin());
  otherLogins_ = false;
  return *session_;
}

void Device::logOut() {
  if (!session_) return;
  commandAs(*session_, R"({"method":"do","system":{"logout":"null"}})");
  session_.reset();
}

Answer Device::commandAs(std::string_view token, std::string_view body) {
  return post("/stok=" + percentEncode(token, false) + "/ds", body);
}

std::optional<Value> Device::tryToReadValue(const Setting& setting) {
  const Answer answer = command(getBody(setting));
  const Value* module = answer.at(setting.module);
  if (module == nullptr) return std::nullopt;
  const Value* section = nullptr;
  if (setting.table.empty()) {
    section = module->find(setting.section);
  } else if (const Value* table = module->find(setting.table); table != nullptr) {
    section = rowOf(*table, setting.section);
  }
  const Value* field = section == nullptr ? nullptr : section->find(setting.field);
  if (field == nullptr) return std::nullopt;
  return *field;
}

std::optional<std::string> Device::tryToRead(const Setting& setting) {
  const auto value = tryToReadValue(setting);
  if (!value || !value->isText()) return std::nullopt;
  return value->text;
}

std::string Device::read(const Setting& setting) {
  const auto value = tryToRead(setting);
  if (!value) throw Blocked("cannot read " + toText(setting) + " as a string");
  return *value;
}

void Device::remember(const Setting& setting) {
  const bool known = std::any_of(remembered_.begin(), remembered_.end(),
                                 [&](const auto& r) { return r.setting == setting; });
  if (known) return;
  const auto value = tryToReadValue(setting);
  if (!value) throw Blocked("cannot read " + toText(setting));
  std::string json = toText(*value);
  if (options_.journal != nullptr) options_.journal->aboutToChange(setting, json);
  remembered_.push_back({setting, std::move(json)});
}

Answer Device::change(const Setting& setting, std::string_view wireValue) {
  remember(setting);
  return command(setBody(setting, jsonString(wireValue)));
}

// Only what differs is written: a field that refuses every write needs no write.
std::string Device::putBack(const Setting& setting, const std::string& json) {
  std::string why;
  const auto isBack = [&] {
    const auto value = tryToReadValue(setting);
    return value && toText(*value) == json;
  };
  try {
    if (isBack()) return {};
    const Answer answer = command(setBody(setting, json));
    if (answer.succeeded() && isBack()) return {};
    why = answer.succeeded() ? "it was accepted, and something else is read" : summary(answer);
  } catch (const std::exception& problem) {
    why = problem.what();
  }
  return toText(setting) + " could not be put back to " + json + ": " + why;
}

std::vector<std::string> Device::restore() {
  std::vector<std::string> failed;
  restoring_ = true;
  while (!remembered_.empty()) {
    const Remembered last = remembered_.back();
    remembered_.pop_back();
    std::string problem = putBack(last.setting, last.json);
    if (!problem.empty()) {
      failed.push_back(std::move(problem));
    } else if (options_.journal != nullptr) {
      options_.journal->restored(last.setting);
    }
  }
  restoring_ = false;
  return failed;
}

std::vector<std::string> Device::restore(const std::vector<PendingChange>& changes) {
  for (const PendingChange& change : changes)
    remembered_.push_back({change.setting, change.oldJson});
  return restore();
}

std::optional<bool> Device::offers(const std::string& path) {
  for (const auto& [known, there] : offered_) {
    if (known == path) return there;
  }
  const std::size_t dot = path.find('.');
  const std::string module = path.substr(0, dot);
  std::string section = dot == std::string::npos ? "" : path.substr(dot + 1);
  const bool table = section.size() > 2 && section.substr(section.size() - 2) == "[]";
  if (table) section.resize(section.size() - 2);
  std::string field;
  if (const std::size_t second = section.find('.'); second != std::string::npos) {
    field = section.substr(second + 1);
    section.resize(second);
  }
  const Answer answer =
      command(R"({"method":"get",)" + jsonString(module) + ":{" +
              (table ? R"("table":)" : R"("name":)") + jsonString(section) + "}}");
  std::optional<bool> there;
  // Only the vendor's "unknown" says that something is missing; any other failure says nothing.
  if (answer.code() == -40106) there = false;
  if (answer.succeeded()) {
    const Value* found = answer.at(module + "." + section);
    there = found != nullptr && (field.empty() || found->find(field) != nullptr);
  }
  if (there) offered_.emplace_back(path, *there);
  return there;
}

}  // namespace stoklab::conformance
