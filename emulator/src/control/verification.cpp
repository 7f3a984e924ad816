#include "control/verification.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "control/arguments.h"
#include "control/journal_arguments.h"
#include "journal/interpretation.h"
#include "journal/masking.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::emulator {

using protocol::Json;
using protocol::malformed;
using protocol::Result;

namespace {

constexpr std::size_t kMostShown = 5;
constexpr std::size_t kMostExpectations = 1000;
constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();

constexpr std::array<Argument, 13> kExpectation = {
    {{.name = "method", .words = kMethods},
     {.name = "module"},
     {.name = "section"},
     {.name = "field"},
     {.name = "value", .kind = ArgumentKind::any},
     {.name = "kind", .words = kKinds},
     {.name = "session", .kind = ArgumentKind::integer, .least = 1, .most = kLargestCount},
     {.name = "status", .kind = ArgumentKind::integer, .least = 100, .most = 599},
     {.name = "error_code", .kind = ArgumentKind::integer, .least = -kMostCode, .most = kMostCode},
     {.name = "count", .kind = ArgumentKind::integer, .most = kLargestCount},
     {.name = "at_least", .kind = ArgumentKind::integer, .most = kLargestCount},
     {.name = "at_most", .kind = ArgumentKind::integer, .most = kLargestCount},
     {.name = "client"}}};

struct Expectation {
  JournalFilter filter = {};
  std::string client = {};
  std::optional<Json> value = {};
  std::uint64_t least = 1, most = kNoEnd;

  std::uint64_t seen = 0;
  std::size_t nearness = 0;  // of the nearest request that does not match
  std::vector<std::string> nearest = {};
};

std::string times(std::uint64_t count) {
  if (count == 0) return "never";
  return count == 1 ? "once" : std::to_string(count) + " times";
}

std::string boundsOf(const Expectation& each) {
  if (each.least == each.most) return each.most == 0 ? "never" : "exactly " + times(each.most);
  if (each.most == kNoEnd)
    return each.least == 0 ? "any number of times" : "at least " + times(each.least);
  if (each.least == 0) return "at most " + times(each.most);
  return "from " + std::to_string(each.least) + " to " + std::to_string(each.most) + " times";
}

bool sameValue(const Json& wanted, const Json& sent) {
  return wanted == sent || wanted == protocol::decodeStrings(sent);
}

class Verifier {
 public:
  Verifier(const fixtures::Profile& profile, Reveal reveal) : masker_(&profile), reveal_(reveal) {}

  Result<void> read(const Json& request);
  void look(const JournalRecord& record);
  Verification conclude();

 private:
  Result<Expectation> readOne(const Json& json, const std::string& place) const;
  bool holds(const Expectation& wanted, const JournalRecord& record,
             const Interpretation& meaning) const;
  static std::size_t nearness(const Expectation& wanted, const JournalRecord& record,
                              const Interpretation& meaning);
  std::string textOf(const Expectation& wanted);
  std::string textOf(const JournalRecord& record, const Interpretation& meaning);
  std::string valueText(const Ask& ask, const Json& value);
  void differ(const std::string& expected, std::uint64_t seen, const std::string& message,
              const std::vector<std::string>& lines);

  Masker masker_;
  const Reveal reveal_;
  std::vector<Expectation> expectations_;
  bool inOrder_ = false;
  std::vector<std::string> nothingElse_;
  std::size_t next_ = 0;    // in order: the expectation whose turn it is
  std::uint64_t turn_ = 0;  // and how often it has been met
  std::uint64_t others_ = 0;
  std::vector<std::string> otherLines_;
  Verification result_;
};

Result<void> Verifier::read(const Json& request) {
  const Json::Array& list = *request.find("expect")->elements();
  if (list.size() > kMostExpectations)
    return malformed("expect must have at most 1000 elements and has " +
                     std::to_string(list.size()));
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto one = readOne(list[i], "expect[" + std::to_string(i) + "].");
    if (!one) return std::move(one).error();
    expectations_.push_back(*std::move(one));
  }
  if (const Json* order = request.find("in_order")) inOrder_ = *order->boolean();
  if (const Json* methods = request.find("nothing_else")) {
    for (std::size_t i = 0; i < methods->size(); ++i) {
      const std::string* word = (*methods->elements())[i].string();
      if (word == nullptr || std::find(kMethods.begin(), kMethods.end(), *word) == kMethods.end())
        return malformed("nothing_else[" + std::to_string(i) +
                         "] must be one of get, set, do, add, delete");
      nothingElse_.push_back(*word);
    }
  }
  return {};
}

Result<Expectation> Verifier::readOne(const Json& json, const std::string& place) const {
  if (auto good = checkMembers(json, kExpectation, place); !good) return good.error();
  Expectation wanted{.filter = filterOf(json), .client = emulator::textOf(json, "client")};
  if (const Json* value = json.find("value")) {
    if (wanted.filter.field.empty())
      return malformed(place + "value is that of a field: name the field as well");
    wanted.value = *value;
  }
  if (isGiven(json, "count") && (isGiven(json, "at_least") || isGiven(json, "at_most")))
    return malformed(place + "count goes with neither at_least nor at_most");
  if (isGiven(json, "count")) {
    wanted.least = wanted.most = static_cast<std::uint64_t>(integerOf(json, "count", 0));
  } else if (isGiven(json, "at_least") || isGiven(json, "at_most")) {
    wanted.least = static_cast<std::uint64_t>(integerOf(json, "at_least", 0));
    if (isGiven(json, "at_most"))
      wanted.most = static_cast<std::uint64_t>(integerOf(json, "at_most", 0));
  }
  if (wanted.least > wanted.most) return malformed(place + "at_least is more than at_most");
  return wanted;
}

bool Verifier::holds(const Expectation& wanted, const JournalRecord& record,
                     const Interpretation& meaning) const {
  if (!matches(wanted.filter, record, meaning)) return false;
  if (!wanted.client.empty() && wanted.client != record.client) return false;
  if (!wanted.value) return true;
  const auto is = [](const std::string& name, const std::string& other) {
    return name.empty() || name == other;
  };
  return std::any_of(meaning.asks.begin(), meaning.asks.end(), [&](const Ask& ask) {
    return ask.value != nullptr && is(wanted.filter.module, ask.module) &&
           is(wanted.filter.section, ask.section) && wanted.filter.field == ask.field &&
           sameValue(*wanted.value, *ask.value);
  });
}

// How many of the names and codes that are wanted it has; 0 if it is about something else.
std::size_t Verifier::nearness(const Expectation& wanted, const JournalRecord& record,
                               const Interpretation& meaning) {
  const JournalFilter& filter = wanted.filter;
  std::size_t near = 0;
  for (const Ask& ask : meaning.asks) {
    std::size_t names = 0;
    if (!filter.module.empty() && filter.module == ask.module) names = 1;
    if (names == 1 && !filter.section.empty() && filter.section == ask.section) names = 2;
    if (names == 2 && !filter.field.empty() && filter.field == ask.field) names = 3;
    near = std::max(near, 4 * names);
  }
  if (filter.module.empty() && !filter.kind.empty() && filter.kind == meaning.kind) near += 4;
  if (near == 0 && !filter.module.empty()) return 0;
  near += 2 * static_cast<std::size_t>(!filter.method.empty() && filter.method == meaning.method);
  near += static_cast<std::size_t>(filter.status && *filter.status == record.status);
  near += static_cast<std::size_t>(filter.errorCode && filter.errorCode == meaning.errorCode);
  return near;
}

void Verifier::look(const JournalRecord& record) {
  if (!record.event.empty()) return;
  const Interpretation meaning = interpret(record);
  bool expected = false;
  for (Expectation& each : expectations_) {
    if (holds(each, record, meaning)) {
      ++each.seen;
      expected = true;
    } else if (const std::size_t near = nearness(each, record, meaning);
               near > 0 && near >= each.nearness) {
      if (near > each.nearness) each.nearest.clear();
      each.nearness = near;
      if (each.nearest.size() < kMostShown) each.nearest.push_back(textOf(record, meaning));
    }
  }
  // The same request may be the end of one turn, and is then not the beginning of the next.
  while (inOrder_ && next_ < expectations_.size() && expectations_[next_].least == 0) ++next_;
  if (inOrder_ && next_ < expectations_.size() && holds(expectations_[next_], record, meaning) &&
      ++turn_ >= expectations_[next_].least) {
    ++next_;
    turn_ = 0;
  }
  const bool guarded =
      std::find(nothingElse_.begin(), nothingElse_.end(), meaning.method) != nothingElse_.end();
  if (expected || !guarded || meaning.kind == "login" || meaning.kind == "challenge") return;
  ++others_;
  if (otherLines_.size() < kMostShown) otherLines_.push_back(textOf(record, meaning));
}

std::string Verifier::valueText(const Ask& ask, const Json& value) {
  const Json decoded = protocol::decodeStrings(value);
  if (reveal_ == Reveal::secrets) return printJson(decoded);
  return printJson(masker_.settings({ask.module, ask.section, ask.field}, decoded));
}

std::string Verifier::textOf(const Expectation& wanted) {
  const JournalFilter& filter = wanted.filter;
  std::string text = filter.method.empty() ? "any method" : filter.method;
  if (!filter.kind.empty()) text += " (" + filter.kind + ")";
  const Ask ask{.module = filter.module.empty() ? "*" : filter.module,
                .section = filter.section.empty() && !filter.field.empty() ? "*" : filter.section,
                .field = filter.field};
  if (!filter.module.empty() || !filter.section.empty() || !filter.field.empty())
    text += " " + toText(ask);
  if (wanted.value) text += " = " + valueText(ask, *wanted.value);
  if (filter.session) text += ", in session " + std::to_string(*filter.session);
  if (!wanted.client.empty()) text += ", from " + wanted.client;
  if (filter.status) text += ", answered with HTTP " + std::to_string(*filter.status);
  if (filter.errorCode) text += ", answered with error_code " + std::to_string(*filter.errorCode);
  return text;
}

std::string Verifier::textOf(const JournalRecord& record, const Interpretation& meaning) {
  std::string text = "n=" + std::to_string(record.number) + " ";
  if (meaning.method.empty()) {
    text += std::string(record.http) + " " + Masker::path(record.target);
  } else {
    text += meaning.method;
    // Names of what a body holds are masked where they are values themselves.
    const std::vector<Ask> shown = asksOf(masker_.body(*meaning.request));
    for (std::size_t i = 0; i < meaning.asks.size() && i < kMostShown; ++i) {
      const Ask& ask = meaning.asks[i];
      const bool parallel = shown.size() == meaning.asks.size();
      text += (i == 0 ? " " : ", ") + (parallel ? toText(shown[i]) : std::string(kMasked));
      if (ask.value != nullptr && !ask.field.empty()) text += " = " + valueText(ask, *ask.value);
    }
    if (meaning.asks.size() > kMostShown) text += ", ...";
  }
  text += ", answered with HTTP " + std::to_string(record.status);
  if (meaning.errorCode) text += " and error_code " + std::to_string(*meaning.errorCode);
  return text;
}

void Verifier::differ(const std::string& expected, std::uint64_t seen, const std::string& message,
                      const std::vector<std::string>& lines) {
  result_.differences.push(Json::object(
      {{"expected", expected}, {"seen", static_cast<std::int64_t>(seen)}, {"message", message}}));
  result_.text += message + "\n";
  for (const std::string& line : lines) result_.text += "    " + line + "\n";
}

Verification Verifier::conclude() {
  for (Expectation& each : expectations_) {
    if (each.seen >= each.least && each.seen <= each.most) continue;
    const std::string expected = textOf(each) + ", " + boundsOf(each);
    std::string message = "expected: " + expected + "; seen: " + times(each.seen);
    if (!each.nearest.empty()) message += "; the nearest others are:";
    differ(expected, each.seen, message, each.nearest);
  }
  while (inOrder_ && next_ < expectations_.size() && expectations_[next_].least == 0) ++next_;
  if (inOrder_ && result_.differences.size() == 0 && next_ < expectations_.size()) {
    const std::string expected = textOf(expectations_[next_]);
    differ("in order: " + expected, turn_,
           "expected in this order, but number " + std::to_string(next_ + 1) + " (" + expected +
               ") did not come after those before it",
           {});
  }
  if (others_ > 0) {
    std::string methods;
    for (const auto& method : nothingElse_) methods += (methods.empty() ? "" : ", ") + method;
    differ("no other request of " + methods, others_,
           "expected no other request of " + methods + "; seen: " + times(others_) + ", such as:",
           otherLines_);
  }
  result_.holds = result_.differences.size() == 0;
  return std::move(result_);
}

}  // namespace

Result<Verification> verify(const Journal& journal, const Json& request,
                            const fixtures::Profile& profile, Reveal reveal) {
  Verifier verifier(profile, reveal);
  if (auto good = verifier.read(request); !good) return good.error();
  const auto since = static_cast<std::uint64_t>(integerOf(request, "since", 0));
  const std::uint64_t forgotten = journal.visit(since, [&](const JournalRecord& record) {
    verifier.look(record);
    return true;
  });
  Verification result = verifier.conclude();
  if (!result.holds && forgotten > 0)
    result.text += "(the journal has forgotten " + std::to_string(forgotten) +
                   " earlier entries: --journal-entries keeps more)\n";
  return result;
}

}  // namespace stoklab::emulator
