#include "faults/script/script_reader.h"

#include <algorithm>
#include <array>

#include "faults/script/reading.h"

namespace stoklab::emulator {

using protocol::Json;
using protocol::Result;

namespace {

constexpr std::size_t kMostFaults = 1000;
constexpr std::size_t kLongestName = 100;
constexpr std::size_t kLongestWord = 200;
constexpr std::int64_t kMostTimes = 1'000'000'000;

Result<double> timeAt(const Json& value, const std::string& place) {
  return numberAt(value, place, 0, static_cast<double>(kLongestScriptedDelay.count()));
}

// {"uniform":[10,50]} and {"normal":[100,20]}
Result<Delay> readPair(Delay::Kind kind, const Json& value, const std::string& place) {
  const Json::Array* numbers = value.elements();
  if (numbers == nullptr || numbers->size() != 2)
    return wrongAt(place, "must be an array of two numbers");
  const auto a = timeAt(numbers->front(), place + "[0]");
  if (!a) return a.error();
  const auto b = timeAt(numbers->back(), place + "[1]");
  if (!b) return b.error();
  if (kind == Delay::Kind::uniform && *a > *b)
    return wrongAt(place, "must begin with the shorter time");
  return Delay{.kind = kind, .a = *a, .b = *b};
}

Result<Delay> readDelay(const Json& value, const std::string& place) {
  if (value.integer() != nullptr || value.real() != nullptr) {
    const auto time = timeAt(value, place);
    if (!time) return time.error();
    return Delay{.a = *time};
  }
  const Json::Object* members = value.members();
  if (members == nullptr || members->size() != 1)
    return wrongAt(place,
                   "must be a number of milliseconds, or an object with one of uniform, normal and "
                   "exponential");
  const auto& [key, numbers] = members->front();
  const std::string inside = memberOf(place, key);
  if (key == "uniform") return readPair(Delay::Kind::uniform, numbers, inside);
  if (key == "normal") return readPair(Delay::Kind::normal, numbers, inside);
  if (key != "exponential")
    return wrongAt(place, "has no member " + printJson(Json(key)) +
                              "; it is one of uniform, normal and exponential");
  const auto mean = timeAt(numbers, inside);
  if (!mean) return mean.error();
  return Delay{.kind = Delay::Kind::exponential, .a = *mean};
}

std::vector<const EffectKind*> allKinds() {
  std::vector<const EffectKind*> kinds;
  for (const auto layer : {deviceEffects(), httpEffects(), tcpEffects(), tlsEffects()})
    for (const EffectKind& kind : layer) kinds.push_back(&kind);
  return kinds;
}

const EffectKind* findKind(std::string_view name) {
  static const auto kinds = allKinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(),
                                  [&](const EffectKind* kind) { return kind->text.name == name; });
  return found == kinds.end() ? nullptr : *found;
}

std::string namesOfKinds() {
  std::string names;
  for (const EffectKind* kind : allKinds())
    names += (names.empty() ? "" : ", ") + std::string(kind->text.name);
  return names;
}

// Which kind "do" holds. A delay is one by itself, or stands beside another.
Result<const EffectKind*> chosenKind(const Json& all, const std::string& place) {
  const EffectKind* chosen = nullptr;
  for (const auto& member : *all.members()) {
    const EffectKind* const kind = findKind(member.key);
    if (kind == nullptr || (kind->text.name == "delay_ms" && chosen != nullptr)) continue;
    if (chosen != nullptr && chosen->text.name != "delay_ms")
      return wrongAt(
          place, "must be one thing, not " + std::string(chosen->text.name) + " and " + member.key);
    chosen = kind;
  }
  if (chosen == nullptr) return wrongAt(place, "must hold one of " + namesOfKinds());
  for (const auto& member : *all.members()) {
    if (findKind(member.key) != nullptr || member.key == chosen->alsoTakes) continue;
    return wrongAt(place, "has no member " + printJson(Json(member.key)) + " beside " +
                              std::string(chosen->text.name));
  }
  return chosen;
}

Result<Effect> readDo(const Json& all, const std::string& place) {
  if (!all.isObject()) return wrongAt(place, "must be an object with one of " + namesOfKinds());
  const auto kind = chosenKind(all, place);
  if (!kind) return kind.error();
  const std::string_view name = (*kind)->text.name;
  auto effect = (*kind)->read(*all.find(name), all, memberOf(place, name));
  if (!effect) return effect;
  if (const Json* delay = all.find("delay_ms")) {
    const std::string at = memberOf(place, "delay_ms");
    if (effect->connection)
      return wrongAt(at, "cannot stand beside " + std::string(name) +
                             ", which happens to a connection and not to an answer");
    auto read = readDelay(*delay, at);
    if (!read) return std::move(read).error();
    effect->delay = *read;
  }
  return effect;
}

struct KindName {
  std::string_view name;
  RequestKind kind;
};
constexpr auto kKindNames = std::to_array<KindName>({{"challenge", kChallengeRequest},
                                                     {"login", kLoginRequest},
                                                     {"command", kCommandRequest},
                                                     {"upload", kUploadRequest},
                                                     {"page", kPageRequest}});

Result<When> readWhen(const Json& value, const std::string& place) {
  if (auto known = checkObject(value, place, "when",
                               {"method", "module", "section", "field", "kind", "connection",
                                "request", "session", "client", "user"});
      !known)
    return known.error();
  When when;
  const auto word = [&](std::string_view key, std::string& into) -> Result<void> {
    const Json* text = value.find(key);
    if (text == nullptr) return {};
    auto read = textAt(*text, memberOf(place, key), kLongestWord);
    if (!read) return std::move(read).error();
    into = *std::move(read);
    return {};
  };
  const auto count = [&](std::string_view key, std::optional<std::uint64_t>& into) -> Result<void> {
    const Json* number = value.find(key);
    if (number == nullptr) return {};
    const auto read = integerAt(*number, memberOf(place, key), 1, kMostTimes);
    if (!read) return read.error();
    into = static_cast<std::uint64_t>(*read);
    return {};
  };
  if (const Json* method = value.find("method")) {
    const auto choice =
        choiceAt(*method, memberOf(place, "method"), {"get", "set", "do", "add", "delete"});
    if (!choice) return choice.error();
    when.method = *method->string();
  }
  if (const Json* kind = value.find("kind")) {
    const auto choice = choiceAt(*kind, memberOf(place, "kind"),
                                 {"challenge", "login", "command", "upload", "page"});
    if (!choice) return choice.error();
    when.kind = kKindNames[*choice].kind;
  }
  for (const auto& [key, into] :
       {std::pair("module", &when.module), std::pair("section", &when.section),
        std::pair("field", &when.field), std::pair("client", &when.client),
        std::pair("user", &when.user)})
    if (auto read = word(key, *into); !read) return read.error();
  for (const auto& [key, into] :
       {std::pair("connection", &when.connection), std::pair("request", &when.request),
        std::pair("session", &when.session)})
    if (auto read = count(key, *into); !read) return read.error();
  return when;
}

// What happens to a connection does so before anything is known of its requests; what happens to a
// login cannot happen to a command.
Result<void> checkTogether(const Json* given, const ReadFault& fault, const std::string& place) {
  if (given == nullptr) return {};
  const std::string at = memberOf(place, "when");
  if (fault.effect.connection) {
    for (const auto& member : *given->members()) {
      if (member.key == "connection" || member.key == "client") continue;
      return wrongAt(memberOf(at, member.key),
                     "cannot be asked of a fault that happens to a connection before anything is "
                     "read; \"connection\" and \"client\" can");
    }
  } else if (fault.when.kind && (*fault.when.kind & fault.effect.happensTo) == 0) {
    std::string possible;
    for (const KindName& kind : kKindNames) {
      if ((kind.kind & fault.effect.happensTo) == 0) continue;
      possible += (possible.empty() ? "" : " or ") + std::string(kind.name);
    }
    return wrongAt(memberOf(at, "kind"), "must be " + possible + " for what this fault does");
  }
  return {};
}

Result<ReadFault> readFault(const Json& value, const std::string& place) {
  if (auto known = checkObject(value, place, "a fault",
                               {"name", "when", "skip", "times", "probability", "do"});
      !known)
    return known.error();
  ReadFault fault{.text = value};
  if (const Json* name = value.find("name")) {
    auto text = textAt(*name, memberOf(place, "name"), kLongestName);
    if (!text) return std::move(text).error();
    fault.name = *std::move(text);
  }
  const Json* const when = value.find("when");
  if (when != nullptr) {
    auto read = readWhen(*when, memberOf(place, "when"));
    if (!read) return std::move(read).error();
    fault.when = *std::move(read);
  }
  if (const Json* skip = value.find("skip")) {
    const auto number = integerAt(*skip, memberOf(place, "skip"), 0, kMostTimes);
    if (!number) return number.error();
    fault.skip = static_cast<std::uint64_t>(*number);
  }
  if (const Json* times = value.find("times")) {
    const std::string at = memberOf(place, "times");
    if (const std::string* text = times->string()) {
      if (*text != "always") return wrongAt(at, "must be a number or \"always\"");
      fault.times.reset();
    } else {
      const auto number = integerAt(*times, at, 1, kMostTimes);
      if (!number) return number.error();
      fault.times = static_cast<std::uint64_t>(*number);
    }
  }
  if (const Json* probability = value.find("probability")) {
    const std::string at = memberOf(place, "probability");
    const auto number = numberAt(*probability, at, 0, 1);
    if (!number) return number.error();
    if (*number == 0) return wrongAt(at, "must be more than 0: this fault could never happen");
    fault.probability = *number;
  }
  const Json* const all = value.find("do");
  if (all == nullptr) return wrongAt(place, "must have \"do\", which says what happens");
  auto effect = readDo(*all, memberOf(place, "do"));
  if (!effect) return std::move(effect).error();
  fault.effect = *std::move(effect);
  if (auto fits = checkTogether(when, fault, place); !fits) return fits.error();
  return fault;
}

}  // namespace

std::span<const ScriptedFaultKind> scriptedFaultKinds() {
  static const auto texts = [] {
    std::vector<ScriptedFaultKind> all;
    for (const EffectKind* kind : allKinds()) all.push_back(kind->text);
    return all;
  }();
  return texts;
}

Result<ReadScript> readScript(const Json& script) {
  ReadScript read;
  if (script.find("do") != nullptr) {
    auto fault = readFault(script, "");
    if (!fault) return std::move(fault).error();
    read.faults.push_back(*std::move(fault));
    return read;
  }
  if (auto known = checkObject(script, "", "a script", {"schema_version", "seed", "faults"});
      !known)
    return known.error();
  if (const Json* version = script.find("schema_version");
      version != nullptr && *version != Json(1))
    return wrongAt("schema_version", "must be 1");
  if (const Json* seed = script.find("seed")) {
    const auto number = integerAt(*seed, "seed", 0, INT64_MAX);
    if (!number) return number.error();
    read.seed = static_cast<std::uint64_t>(*number);
  }
  const Json* const faults = script.find("faults");
  if (faults == nullptr)
    return wrongAt("", "must have \"faults\", an array of faults; or be one fault, with \"do\"");
  const Json::Array* const each = faults->elements();
  if (each == nullptr) return wrongAt("faults", "must be an array of faults");
  if (each->size() > kMostFaults)
    return wrongAt("faults", "must not be more than " + std::to_string(kMostFaults));
  for (std::size_t i = 0; i < each->size(); ++i) {
    auto fault = readFault((*each)[i], "faults[" + std::to_string(i) + "]");
    if (!fault) return std::move(fault).error();
    read.faults.push_back(*std::move(fault));
  }
  return read;
}

}  // namespace stoklab::emulator
