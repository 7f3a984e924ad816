#include "dump/gate.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <thread>
#include <utility>

#include "dump/door_facts.h"
#include "stoklab/protocol/device_code.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/login.h"
#include "stoklab/protocol/percent.h"
#include "stoklab/protocol/session_token.h"

namespace stoklab::cli::dump {

using client::HttpAnswer;
using client::HttpExchange;
using protocol::Error;
using protocol::ErrorKind;
using protocol::Json;

namespace {

// Everything that a device may take for a command to change something.
constexpr auto kChangingWords = std::to_array<std::string_view>(
    {"set", "do", "add", "delete", "forward", "modify", "action", "del", "multiplerequest"});

constexpr auto kReadingHttpMethods = std::to_array<std::string_view>({"GET", "HEAD"});

bool isChangingWord(std::string_view text) {
  const std::string word = lowered(protocol::percentDecode(text));
  return std::find(kChangingWords.begin(), kChangingWords.end(), word) != kChangingWords.end();
}

bool isWordCharacter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// Of a body that is no JSON object: whether one of the words stands anywhere in it, so that no
// lenient reader finds a command there.
bool holdsChangingWord(std::string_view body) {
  const std::string text = lowered(protocol::percentDecode(body));
  for (std::size_t at = 0; at < text.size();) {
    if (!isWordCharacter(text[at])) {
      ++at;
      continue;
    }
    const std::size_t end =
        static_cast<std::size_t>(std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at),
                                                  text.end(), isWordCharacter) -
                                 text.begin());
    if (isChangingWord(std::string_view(text).substr(at, end - at))) return true;
    at = end;
  }
  return false;
}

// {"method":"do","<module>":{"<action>":null}} and nothing else.
bool isBareAction(const Json& body, std::string_view module, std::string_view action) {
  const Json* arguments = body.find(module);
  if (body.size() != 2 || arguments == nullptr || arguments->size() != 1) return false;
  const Json* value = arguments->find(action);
  return value != nullptr && (value->isNull() || (value->string() && *value->string() == "null"));
}

Passes judgeDo(const Json& body, std::string_view path) {
  const auto session = protocol::splitSessionPath(path);
  if (!session && isBareAction(body, "user_management", "get_encrypt_info")) return Passes::asDoor;
  if (session && isBareAction(body, "system", "logout")) return Passes::asDoor;
  const Json* login = body.find("login");
  if (!session && body.size() == 2 && login != nullptr && login->isObject()) return Passes::asLogin;
  return Passes::never;
}

Passes judgeBody(std::string_view body, std::string_view path) {
  // Also what stands under a key that is given twice.
  const auto json = protocol::parseJson(
      body, {.maxDepth = 512, .duplicateKeys = protocol::DuplicateKeys::keepAll});
  if (!json || !json->isObject()) return holdsChangingWord(body) ? Passes::never : Passes::asRead;
  const Json* method = nullptr;
  for (const auto& member : *json->members()) {
    if (member.key != "method") continue;
    if (method != nullptr) return Passes::never;
    method = &member.value;
  }
  if (method == nullptr) return holdsChangingWord(body) ? Passes::never : Passes::asRead;
  if (const std::string* word = method->string(); word != nullptr) {
    if (*word == protocol::toText(protocol::Method::perform)) return judgeDo(*json, path);
    return isChangingWord(*word) ? Passes::never : Passes::asRead;
  }
  return holdsChangingWord(protocol::printJson(*method)) ? Passes::never : Passes::asRead;
}

bool isLockCode(std::int64_t number) {
  return number == protocol::code::kLocked || number == protocol::code::kLockedForGood;
}

}  // namespace

Time Time::real() {
  return {.now = [] { return std::chrono::steady_clock::now(); },
          .sleep = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }};
}

Throttle::Throttle(double rate, Time time)
    : distance_(rate > 0 ? std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                               std::chrono::duration<double>(1 / rate))
                         : std::chrono::steady_clock::duration::zero()),
      time_(std::move(time)),
      next_(time_.now()) {}

void Throttle::wait() {
  auto now = time_.now();
  while (distance_.count() > 0 && now < next_) {
    time_.sleep(std::chrono::ceil<std::chrono::milliseconds>(next_ - now));
    now = time_.now();
  }
  next_ = now + distance_;
}

Passes judge(const HttpExchange& request) {
  if (request.method == "POST") return judgeBody(request.body, request.path);
  const bool reads = std::find(kReadingHttpMethods.begin(), kReadingHttpMethods.end(),
                               request.method) != kReadingHttpMethods.end();
  return reads && request.body.empty() ? Passes::asRead : Passes::never;
}

Gate::Gate(client::Transport& device, Throttle& throttle, GateOptions options)
    : device_(device), throttle_(throttle), options_(options) {}

Result<void> Gate::check(const HttpExchange& request) {
  if (lock_) return *lock_;
  const Passes passes = judge(request);
  if (passes == Passes::never && (permitted_.empty() || request.body != permitted_)) {
    return Error{.kind = ErrorKind::safety,
                 .detail =
                     "a dump only reads, so this request was not sent; that it was tried is "
                     "a mistake of this program"};
  }
  permitted_.clear();
  if (passes != Passes::asLogin) return {};
  if (logins_ >= options_.logins) {
    return Error{.kind = ErrorKind::safety,
                 .detail = "no further login was sent: this dump may make " +
                           std::to_string(options_.logins)};
  }
  ++logins_;
  return {};
}

void Gate::lookForALock(const HttpAnswer& answer) {
  if (answer.body.find("-404") == std::string::npos &&
      answer.body.find("sec_left") == std::string::npos)
    return;
  const auto reply = protocol::parseReply(answer.body);
  if (!reply) return;
  const Json* code = reply->data() == nullptr ? nullptr : reply->data()->find("code");
  const Json* left = reply->data() == nullptr ? nullptr : reply->data()->find("sec_left");
  const bool counting = left != nullptr && left->integer() != nullptr && *left->integer() > 0;
  const bool locked =
      isLockCode(reply->errorCode) || counting ||
      (code != nullptr && code->integer() != nullptr && isLockCode(*code->integer()));
  if (locked) lock_ = protocol::loginError(*reply);
  if (lock_) lock_->kind = ErrorKind::locked;
}

Result<HttpAnswer> Gate::exchange(const HttpExchange& request) {
  if (auto checked = check(request); !checked) return checked.error();
  throttle_.wait();
  const auto begun = throttle_.time().now();
  auto answer = device_.exchange(request);
  latencies_.push_back(
      std::chrono::duration_cast<std::chrono::microseconds>(throttle_.time().now() - begun));
  if (answer) lookForALock(*answer);
  return answer;
}

}  // namespace stoklab::cli::dump
