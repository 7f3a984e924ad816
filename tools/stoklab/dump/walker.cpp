#include "dump/walker.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "dump/alphabet.h"
#include "dump/door_facts.h"
#include "dump/rewrites.h"
#include "dump/session_life.h"
#include "dump/tls_probe.h"
#include "dump/walk.h"
#include "dump/wrong_requests.h"
#include "stoklab/fixtures/trace_builder.h"
#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/device_code.h"
#include "stoklab/protocol/login.h"
#include "stoklab/protocol/password.h"

namespace stoklab::cli::dump {

using client::HttpAnswer;
using client::HttpExchange;
using protocol::Error;
using protocol::ErrorKind;
using protocol::Json;

namespace {

constexpr int kChallenges = 3;         // samples of nonces
constexpr std::size_t kMostTold = 16;  // modules that only the device itself tells of
constexpr int kFewestAttempts = 3;     // that must be left before a wrong password is tried

// What a session that has ended is answered with.
bool isDead(const HttpAnswer& answer) {
  const int code = codesOf(answer).errorCode;
  return answer.status == 401 || code == protocol::code::kUnauthorized ||
         code == protocol::code::kSessionTimeout || code == protocol::code::kDeadSession;
}

// Facts that were found with a part of an answer, as an answer again, for the redactor.
Json answerOf(const std::string& module, const std::vector<FoundSection>& sections) {
  Json content = Json::object();
  for (const FoundSection& each : sections)
    if (each.errorCode == 0) content.set(each.name, each.content);
  Json answer = Json::object();
  answer.set(module, std::move(content));
  return answer;
}

}  // namespace

Walker::Walker(Link& link, Steps& steps, fixtures::Redactor& redactor,
               const fixtures::Profile* base, const DumpOptions& options)
    : link_(link),
      steps_(steps),
      redactor_(redactor),
      options_(options),
      ownBase_(base),
      session_(link.gate, link.credentials) {
  findings_.tls = link.device.tls;
  findings_.username = link.credentials.username;
  for (Json* each :
       {&findings_.challenge, &findings_.tlsFacts, &findings_.refusal, &findings_.malformedLogin,
        &findings_.login, &findings_.deadToken, &findings_.pages, &findings_.connection,
        &findings_.redirect, &findings_.session, &findings_.rewrites})
    *each = Json::object();
}

Result<HttpAnswer> Walker::exchange(const HttpExchange& request) {
  auto answer = link_.gate.exchange(request);
  if (answer || !link_.gate.keptConnectionDied()) return answer;
  return link_.gate.exchange(request);
}

Result<HttpAnswer> Walker::post(const std::string& path, std::string body) {
  return exchange({.path = path, .body = std::move(body)});
}

Result<Json> Walker::ask(const Json& modules) {
  auto answer = post(commandPath_, getBody(modules));
  if (!answer) return answer.error();
  if (isDead(*answer)) {
    return Error{.kind = ErrorKind::safety,
                 .detail =
                     "the device has ended the session in the middle of the dump, and a dump "
                     "makes one login only; the same command goes on where this one stopped"};
  }
  auto body = protocol::parseJson(answer->body);
  const Json* code = body ? body->find("error_code") : nullptr;
  if (code == nullptr || code->integer() == nullptr)
    return Json::object({{"error_code", protocol::code::kFormatError}});
  return body;
}

Result<void> Walker::run() {
  auto taken = takeSteps();
  const bool reachable = taken || taken.error().kind != ErrorKind::transport;
  if (!commandPath_.empty() && reachable) {
    // A device that does not answer this forgets the session by itself some time.
    if (auto ended = session_.logout(); !ended) notes_.push_back("the session was not ended");
  }
  return taken;
}

Result<void> Walker::takeSteps() {
  using Part = Result<void> (Walker::*)();
  constexpr auto kParts = std::to_array<Part>(
      {&Walker::door, &Walker::refusedLogins, &Walker::logIn, &Walker::identity, &Walker::modules,
       &Walker::wrongRequests, &Walker::manners, &Walker::again, &Walker::costly});
  for (const Part part : kParts)
    if (auto done = (this->*part)(); !done) return done;
  return {};
}

Result<void> Walker::door() {
  auto challenge = steps_("challenge", [&]() -> Result<Json> {
    std::vector<HttpAnswer> answers;
    for (int i = 0; i < kChallenges; ++i) {
      auto answer = post("/", protocol::printRequest(protocol::challengeRequest()));
      if (!answer) return answer.error();
      answers.push_back(*std::move(answer));
    }
    return challengeFacts(answers);
  });
  if (!challenge) return challenge.error();
  findings_.challenge = *std::move(challenge);
  if (const Json* seen = findings_.challenge.find("wire")) findings_.habits.add(*seen);
  if (!link_.device.tls) return {};
  auto tls = steps_("tls", [&] { return tlsStep(); });
  if (!tls) return tls.error();
  if (tls->find("incomplete") != nullptr)
    notes_.push_back("the device takes more ciphers than were tried");
  findings_.tlsFacts = *std::move(tls);
  return {};
}

Result<Json> Walker::tlsStep() {
  auto found = probeTls(link_.device, {.beforeEach = [&] { link_.throttle.wait(); }});
  if (!found) return found.error();
  handshakes_ += static_cast<std::size_t>(found->handshakes);
  Json facts = Json::object();
  if (!found->versions.empty()) {
    Json& versions = facts.set("versions", Json::array());
    for (const std::string& each : found->versions) versions.push(each);
  }
  if (!found->ciphers.empty()) {
    Json& ciphers = facts.set("ciphers", Json::array());
    for (const std::string& each : found->ciphers) ciphers.push(each);
  }
  if (!found->complete) facts.set("incomplete", true);
  if (const auto& certificate = found->certificate; certificate && certificate->keyBits >= 512) {
    // What another than the vendor has put there may tell about somebody.
    const auto known = [&](std::string_view what, const std::string& value) {
      for (const fixtures::Profile& profile : fixtures::keptBuiltInProfiles()) {
        const auto& own = profile.transport.certificate.value;
        if (value == own.commonName || value == own.organization || value == own.country)
          return value;
      }
      const Json masked =
          steps_.redacted(Json::object({{"certificate", Json::object({{what.data(), value}})}}));
      const Json* text = masked.at({"certificate", what});
      return text == nullptr || text->string() == nullptr ? std::string() : *text->string();
    };
    const bool plainCountry = certificate->country.size() == 2 &&
                              std::all_of(certificate->country.begin(), certificate->country.end(),
                                          [](char c) { return c >= 'A' && c <= 'Z'; });
    if (plainCountry) {
      facts.set("certificate",
                Json::object({{"common_name", known("device_name", certificate->commonName)},
                              {"organization", known("owner_name", certificate->organization)},
                              {"country", certificate->country},
                              {"key_bits", static_cast<std::int64_t>(certificate->keyBits)},
                              {"not_before", certificate->notBefore},
                              {"not_after", certificate->notAfter},
                              {"key_usage", certificate->hasKeyUsage ? "signature-and-encipherment"
                                                                     : "absent"}}));
    }
  }
  return facts;
}

Result<HttpAnswer> Walker::refusedLogin(const Json& login) {
  if (auto may = link_.beforeLogin(); !may) return may.error();
  link_.gate.allowLogins(1);
  auto answer = post("/", printJson(Json::object({{"method", "do"}, {"login", login}})));
  link_.afterLogin(true);
  return answer;
}

Result<void> Walker::refusedLogins() {
  if (options_.costly.failedLogins >= 1) {
    auto refused = steps_("refused login", [&]() -> Result<Json> {
      const auto challenge = session_.challenge();
      if (!challenge) return challenge.error();
      if (challenge->attemptsLeft && *challenge->attemptsLeft < kFewestAttempts) {
        return Error{.kind = ErrorKind::safety,
                     .detail = "no wrong password was tried, because the device takes only " +
                               std::to_string(*challenge->attemptsLeft) + " more before it locks"};
      }
      const auto prepared = protocol::preparePassword(
          protocol::sha256Hex(protocol::randomBytes(16)).substr(0, 16), *challenge);
      if (!prepared) return prepared.error();
      const Json login =
          *toJson(protocol::loginRequest(link_.credentials.username, *prepared)).find("login");
      auto answer = refusedLogin(protocol::encodeStrings(login, protocol::kClientAlphabet));
      if (!answer) return answer.error();
      return refusalFacts(*answer);
    });
    if (!refused) return refused.error();
    findings_.refusal = *std::move(refused);
  }
  if (options_.costly.failedLogins >= 2) {
    auto malformed = steps_("login without fields", [&]() -> Result<Json> {
      auto answer = refusedLogin(Json::object());
      if (!answer) return answer.error();
      return refusalFacts(*answer);
    });
    if (!malformed) return malformed.error();
    findings_.malformedLogin = *std::move(malformed);
  }
  return {};
}

Result<void> Walker::openSession() {
  if (auto may = link_.beforeLogin(); !may) return may.error();
  const int before = session_.loginsSent();
  const auto facts = session_.login();
  link_.afterLogin(!facts && session_.loginsSent() > before);
  if (!facts) return facts.error();
  commandPath_ = session_.token()->commandPath();
  const std::string& token = session_.token()->text();
  redactor_.registerSecret(token, "the session's token");
  findings_.login = Json::object({{"token_length", static_cast<std::int64_t>(token.size())},
                                  {"token_characters", static_cast<std::int64_t>(token.size())},
                                  {"token_alphabet", alphabetOf({token})}});
  if (facts->userGroup) findings_.login.set("user_group", *facts->userGroup);
  return {};
}

Result<void> Walker::logIn() {
  redactor_.registerSecret(link_.credentials.password, "the password");
  // Every process needs its own session, so this is no step of the journal.
  return openSession();
}

Result<void> Walker::identity() {
  base_ = ownBase_ != nullptr ? *ownBase_ : *fixtures::builtInProfile(fixtures::kDefaultProfile);
  for (const AskedModule& each : modulesToAsk(*base_)) {
    if (each.name != kIdentityModule) continue;
    if (auto read = module(each); !read) return read;
  }
  if (ownBase_ == nullptr) {
    const std::string nearest = fixtures::nearestProfile(identityIn(findings_.modules));
    if (!nearest.empty()) {
      base_ = *fixtures::builtInProfile(nearest);
    } else {
      notes_.push_back("no built-in profile is of this model; what is not measured is as in " +
                       base_->name + ", --base names another one");
    }
  }
  asked_ = modulesToAsk(*base_);
  steps_.expect(2 * asked_.size() + dump::wrongRequests().size() + 8);
  return {};
}

Result<void> Walker::module(const AskedModule& asked) {
  auto facts = steps_("module " + asked.name, [&]() -> Result<Json> {
    WireHabits habits;
    auto found = readModule(
        asked, [&](const Json& modules) { return ask(modules); }, habits);
    if (!found) return found.error();
    const Json redacted = steps_.redacted(answerOf(asked.name, *found));
    // Asked again whenever a dump goes on, to see whether it is the same device.
    if (asked.name == kIdentityModule) steps_.noteMasked();
    for (FoundSection& each : *found) {
      if (each.errorCode != 0) continue;
      const Json* content = redacted.at({asked.name, each.name});
      if (content == nullptr) return protocol::malformed("a name of a section was masked");
      each.content = *content;
    }
    return Json::object({{"sections", toJson(*found)}, {"wire", habits.toJson()}});
  });
  if (!facts) return facts.error();
  const Json* sections = facts->find("sections");
  const Json* wire = facts->find("wire");
  if (sections == nullptr || wire == nullptr)
    return protocol::malformed("the journal is damaged; remove it and begin again");
  const auto found = sectionsFrom(*sections);
  // What lies in the journal teaches the redactor as much as what has just come.
  redactor_.redactBody(answerOf(asked.name, found));
  findings_.habits.add(*wire);
  findings_.modules.emplace_back(asked.name, *sections);
  for (const FoundSection& each : found) {
    if (each.errorCode != 0 && base_->find(asked.name, each.name) != nullptr)
      refused_.push_back(asked.name + "." + each.name + "  " +
                         protocol::describeDeviceCode(each.errorCode));
  }
  return {};
}

Result<void> Walker::modules() {
  for (const AskedModule& each : asked_) {
    if (each.name == kIdentityModule) continue;
    if (auto read = module(each); !read) return read;
  }
  Json answered = Json::object();
  for (const auto& [name, sections] : findings_.modules) {
    Json& entry = answered.set(name, Json::object());
    for (const FoundSection& each : sectionsFrom(sections))
      if (each.errorCode == 0) entry.set(each.name, each.content);
  }
  for (const AskedModule& each : modulesTold(answered, asked_, kMostTold))
    if (auto read = module(each); !read) return read;
  return {};
}

// A second look at everything, for what changes by itself.
Result<void> Walker::again() {
  for (const auto& [name, sections] : findings_.modules) {
    AskedModule asked{.name = name};
    const auto before = sectionsFrom(sections);
    for (const FoundSection& each : before)
      if (each.errorCode == 0 && !each.table) asked.own.push_back({each.name, false});
    if (asked.own.empty()) continue;
    auto facts = steps_("again " + name, [&]() -> Result<Json> {
      WireHabits habits;
      auto found = readModule(
          asked, [&](const Json& modules) { return ask(modules); }, habits);
      if (!found) return found.error();
      const Json now = redactor_.redactBody(answerOf(name, *found));
      Json changing = Json::array();
      for (const FoundSection& each : before) {
        const Json* content = now.at({name, each.name});
        if (each.errorCode == 0 && !each.table && content != nullptr && *content != each.content)
          changing.push(each.name);
      }
      return Json::object({{"changing", std::move(changing)}});
    });
    if (!facts) return facts.error();
    const Json* changing = facts->find("changing");
    if (changing == nullptr || changing->elements() == nullptr) continue;
    for (const Json& each : *changing->elements())
      if (each.string() != nullptr) findings_.changing[name].push_back(*each.string());
  }
  return {};
}

bool Walker::masks(std::string_view module, std::string_view section,
                   std::string_view field) const {
  const auto kind = redactor_.classify({module, section, field});
  return kind == fixtures::FieldClass::secret;
}

Result<Json> Walker::rewriteStep(const std::string& module, const Json& sections) {
  Json generic = Json::object();
  int refusedStatus = 0;
  auto outcome = rewriteModule(
      module, sectionsFrom(sections), *base_, findings_.habits.percentEncodes() != false,
      {.ask = [&](const Json& modules) { return ask(modules); },
       .set = [&](const std::string& body) -> Result<Json> {
         link_.gate.permit(body);
         // Not exchange(): a write is never sent twice.
         auto answer = link_.gate.exchange({.path = commandPath_, .body = body});
         if (!answer) return answer.error();
         if (codesOf(*answer).errorCode != 0) refusedStatus = answer->status;
         auto json = protocol::parseJson(answer->body);
         return json ? *std::move(json) : Json::object();
       },
       .isSecret = [&](std::string_view m, std::string_view s,
                       std::string_view f) { return masks(m, s, f); }},
      generic);
  if (!outcome) return outcome.error();
  Json facts = Json::object({{"fields", *std::move(outcome)}});
  if (const Json* code = generic.find("error_code")) {
    facts.set("error_code", *code);
    facts.set("status", refusedStatus);
  }
  return facts;
}

Result<void> Walker::costly() {
  if (options_.costly.rewrite) {
    for (const auto& [module, sections] : findings_.modules) {
      if (isLeftAlone(module)) continue;
      auto facts = steps_("rewrite " + module, [&, &content = sections, &name = module] {
        return rewriteStep(name, content);
      });
      if (!facts) return facts.error();
      if (const Json* fields = facts->find("fields"); fields != nullptr && fields->size() > 0)
        findings_.rewrites.set(module, *fields);
      if (const Json* code = facts->find("error_code");
          code != nullptr && findings_.rewrites.find("error_code") == nullptr) {
        findings_.rewrites.set("error_code", *code);
        findings_.rewrites.set("status", *facts->find("status"));
      }
    }
  }
  const auto upTo = options_.costly.sessionUpTo;
  if (upTo.count() <= 0) return {};
  auto life = steps_("session life", [&] {
    link_.gate.allowLogins(loginsForSessionLife(upTo));
    return measureSessionLife({.logIn = [&] { return openSession(); },
                               .isAlive = [&]() -> Result<bool> {
                                 auto answer = post(commandPath_, getBody(cheapRead()));
                                 if (!answer) return answer.error();
                                 return !isDead(*answer);
                               }},
                              upTo, options_.time);
  });
  if (!life) return life.error();
  if (const Json* longer = life->find("longer_than_s"))
    notes_.push_back("a session lives longer than " + printJson(*longer) + " s");
  findings_.session = *std::move(life);
  return {};
}

}  // namespace stoklab::cli::dump
