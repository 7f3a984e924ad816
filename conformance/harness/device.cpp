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

std::string commandPath(std::string_view token) {
  return "/stok=" + percentEncode(token, false) + "/ds";
}

// Empty if the body does not say.
std::string methodOf(std::string_view body) {
  const auto json = parseJson(body);
  const Value* method = json ? json->find("method") : nullptr;
  return method == nullptr ? std::string() : method->text;
}

std::optional<std::string> textIn(const Value& section, std::string_view field) {
  const Value* value = section.find(field);
  if (value == nullptr || !value->isText()) return std::nullopt;
  return value->text;
}

const Value* rowOf(const Value& table, std::string_view row) {
  for (const Value& item : table.items) {
    if (const Value* found = item.find(row); found != nullptr) return found;
  }
  return table.find(row);  // some firmware gives one object (D4)
}

// A key in wire form, its modulus with a sign byte.
std::string repaired(const std::string& wireKey) {
  const auto der = fromBase64(percentDecode(wireKey));
  return der ? toBase64(withSignByte(*der)) : wireKey;
}

bool isLogin(const HttpRequest& request) {
  const auto json = parseJson(request.body);
  return json && json->find("login") != nullptr;
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
  return Challenge{*key, percentDecode(*nonce), answer.text("data.key_2").value_or("")};
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

void Device::watch(const HttpRequest& request, bool risky,
                   const std::function<std::optional<HttpAnswer>()>& exchange) {
  stopIfInterrupted();
  const bool login = isLogin(request);
  if (login) options_.guard->before(risky);
  options_.transcript->request(request.method + " " + request.path, request.body);
  const auto came = exchange();
  if (!came) {
    options_.transcript->failure("no answer");
    if (login) options_.guard->lost();
    return;
  }
  options_.transcript->answer(*came);
  Answer answer{*came, parseJson(came->body)};
  learn(answer);
  if (login) {
    options_.guard->after(answer, risky);
    otherLogins_ = otherLogins_ || answer.succeeded();
  } else if (request.path == "/") {
    options_.guard->look(answer);
  }
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
  shape.transform = options_.transform;
  for (const HashForm form :
       {HashForm::saltFirstUpper, HashForm::saltFirstLower, HashForm::saltLastUpper})
    options_.redactor->learn(passwordHash(shape.password, form));
  options_.redactor->learn(orgAuthPassword(shape.password));
  std::string key = shape.secondKey ? challenge.secondKey : challenge.key;
  if (options_.keyLacksSignByte) key = repaired(key);
  const auto body = loginBody(shape, key, challenge.nonce);
  if (!body) throw Blocked("no login: the key of the challenge cannot be used");
  return sendLogin(*body, risky);
}

Answer Device::loginWithSecondKey(bool risky) {
  const Challenge offered = challenge();
  if (offered.secondKey.empty()) throw Blocked("no login: the challenge holds no key_2");
  return login({.secondKey = true}, offered, risky);
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
  if (session_ && otherLogins_ && !commandAs(*session_, getBody(options_.witness)).succeeded()) {
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
  return post(commandPath(token), body);
}

Answer Device::command(std::string_view body) {
  const HttpRequest request{.path = commandPath(session()), .body = std::string(body)};
  const bool reads = methodOf(body) == "get";
  // A device that has not been seen to keep a connection may close this one while a write is on its
  // way, and nobody could tell whether it was carried out.
  if (kept_ && ((keeps_ != Keeps::yes && !reads) || kept_->unread() != 0 ||
                kept_->closesWithin(std::chrono::milliseconds(0))))
    kept_.reset();
  if (kept_) {
    try {
      Answer answer = exchange(*kept_, request);
      keeps_ = Keeps::yes;
      return answer;
    } catch (const WireFailure&) {
      kept_.reset();
      if (!reads) throw;
      keeps_ = Keeps::no;
    }
  }
  if (keeps_ == Keeps::no) return send(request);
  try {
    kept_ = connect();
    return exchange(*kept_, request);
  } catch (const WireFailure& failure) {
    if (!kept_) options_.transcript->failure(failure.what());
    kept_.reset();
    throw;
  }
}

std::optional<Value> Device::readSection(const Setting& setting) {
  const Answer answer = command(getBody(setting));
  const Value* module = answer.at(setting.module);
  if (module == nullptr) return std::nullopt;
  const Value* section = nullptr;
  if (setting.table.empty()) {
    section = module->find(setting.section);
  } else if (const Value* table = module->find(setting.table); table != nullptr) {
    section = rowOf(*table, setting.section);
  }
  return section == nullptr ? std::nullopt : std::optional(*section);
}

std::optional<std::string> Device::tryToRead(const Setting& setting) {
  const auto section = readSection(setting);
  return section ? textIn(*section, setting.field) : std::nullopt;
}

std::string Device::read(const Setting& setting) {
  const auto value = tryToRead(setting);
  if (!value) throw Blocked("cannot read " + toText(setting) + " as a string");
  return *value;
}

void Device::remember(const Setting& setting) {
  if (changed_.holds(setting)) return;
  const auto section = readSection(setting);
  const Value* value = section ? section->find(setting.field) : nullptr;
  if (value == nullptr) throw Blocked("cannot read " + toText(setting));
  remember(setting, *value);
}

void Device::remember(const Setting& setting, const Value& present) {
  changed_.add(setting, toText(present));
}

Answer Device::change(const Setting& setting, std::string_view wireValue) {
  remember(setting);
  return command(setBody(setting, jsonString(wireValue)));
}

std::vector<std::string> Device::restore() {
  restoring_ = true;
  auto failed = changed_.restore(*this);
  restoring_ = false;
  return failed;
}

std::vector<std::string> Device::restore(const std::vector<PendingChange>& changes) {
  changed_.adopt(changes);
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
