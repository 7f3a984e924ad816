// What each module of the profile takes: SETTING-*-ACCEPTS, -REFUSES, -READ-ONLY and -COUPLING.
// Everything is noted before it is written, and put back by judge().
#include <algorithm>
#include <limits>

#include "harness/aspects.h"
#include "suites/setting_places.h"

namespace stoklab::conformance {
namespace {

std::string sentenceOf(const Place& place, const Change& change) {
  return place.path(change.field->name) + " = " + jsonString(change.value);
}

// --- accepts

// The values that a field is to take, without the present one: all of an enumeration, both ends of
// a range.
std::vector<std::string> otherValues(const FieldRule& rule, const std::string& present) {
  std::vector<std::string> values = rule.allowed;
  if (values.empty()) {
    if (rule.minimum) values.push_back(std::to_string(*rule.minimum));
    if (rule.maximum) values.push_back(std::to_string(*rule.maximum));
  }
  std::erase_if(values, [&](const std::string& value) { return sameText(value, present); });
  return values;
}

// The n-th other value of every field that has one. An enumeration is gone through in as many
// rounds as its longest has values, at most in kRounds.
constexpr std::size_t kRounds = 8;
std::vector<Change> changesOfRound(const Place& place, std::size_t round) {
  std::vector<Change> changes;
  for (const FieldModel& field : place.section->fields) {
    if (!mayTry(place, field)) continue;
    const auto values = otherValues(field.rule, *place.text(field.name));
    if (round < values.size()) changes.push_back({&field, values[round]});
  }
  return changes;
}

std::string shown(const Value& fields, const Change& change) {
  const Value* now = fields.find(change.field->name);
  return now == nullptr ? "no such field" : toText(*now);
}

bool isStored(const Value& fields, const Change& change) {
  const Value* now = fields.find(change.field->name);
  return now != nullptr && now->isText() && sameText(now->text, change.value);
}

// All at once is kind to a device. If that does not do, each by itself tells what is wrong.
void judgeAcceptance(const Place& place, const std::vector<Change>& changes) {
  if (write(place, changes).succeeded()) {
    const Value now = readAgain(place);
    if (std::all_of(changes.begin(), changes.end(),
                    [&](const Change& change) { return isStored(now, change); }))
      return;
  }
  for (const Change& change : changes) {
    const Answer answer = write(place, {change});
    if (!answer.succeeded()) {
      find(sentenceOf(place, change), "error_code 0", summary(answer));
      continue;
    }
    const Value now = readAgain(place);
    if (!isStored(now, change))
      find(place.path(change.field->name), jsonString(change.value), shown(now, change));
  }
}

ASPECT(TakesItsValues, "ACCEPTS") {
  for (const Place& place : writablePlaces(module)) {
    for (std::size_t round = 0; round < kRounds; ++round) {
      const auto changes = changesOfRound(place, round);
      if (changes.empty()) break;
      remember(place, changes);
      judgeAcceptance(place, changes);
    }
  }
}

// --- refuses

// A value that the rule excludes; empty if there is none.
std::string badValue(const FieldRule& rule) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (!rule.allowed.empty()) return "no_such_value";
  if (rule.maximum && *rule.maximum < Limits::max()) return std::to_string(*rule.maximum + 1);
  if (rule.minimum && *rule.minimum > Limits::min()) return std::to_string(*rule.minimum - 1);
  return {};
}

void judgeUnchanged(const Place& place) {
  const Value now = readAgain(place);
  for (const Member& field : place.fields.members) {
    const Value* value = now.find(field.name);
    if (value == nullptr || !(*value == field.value))
      find(place.path(field.name), toText(field.value) + ", as before",
           value == nullptr ? "no such field" : toText(*value));
  }
}

ASPECT(RefusesOtherValues, "REFUSES") {
  for (const Place& place : writablePlaces(module)) {
    std::vector<Change> changes;
    for (const FieldModel& field : place.section->fields) {
      if (!mayTry(place, field)) continue;
      if (std::string value = badValue(field.rule); !value.empty())
        changes.push_back({&field, std::move(value)});
    }
    if (changes.empty()) continue;
    remember(place, changes);
    for (const Change& change : changes) {
      const Answer answer = write(place, {change});
      if (!IsRefusal().Matches(answer))
        find(sentenceOf(place, change), testing::DescribeMatcher<const Answer&>(IsRefusal()),
             summary(answer));
    }
    judgeUnchanged(place);
  }
}

// --- read-only

// What a read-only section is written: a field with the value that it has. A text, if there is one,
// because only a text can be put back.
const Member* harmlessField(const Place& place) {
  const Member* found = nullptr;
  for (const Member& field : place.fields.members) {
    if (isSecret(field.name) || place.section->find(field.name) == nullptr) continue;
    if (field.value.isText()) return &field;
    if (found == nullptr) found = &field;
  }
  return found;
}

void judgeReadOnlySection(const Place& place) {
  const Member* field = harmlessField(place);
  if (field == nullptr) return;
  const Setting setting = place.setting(field->name);
  // A live section changes by itself: there is nothing to put back, and nothing to compare.
  const bool live = place.section->kind == SectionKind::live;
  if (!live) device().remember(setting, field->value);
  const Answer answer = device().command(setBody(setting, toText(field->value)));
  if (!IsRefusal().Matches(answer))
    find("a set of " + place.path(field->name),
         testing::DescribeMatcher<const Answer&>(IsRefusal()), summary(answer));
  if (!live) judgeUnchanged(place);
}

// A field of a section that can be written otherwise gets another value, and what drives it is
// noted, too.
void judgeReadOnlyField(const Place& place, const FieldModel& field) {
  const std::string* present = place.text(field.name);
  if (present == nullptr || isSecret(field.name)) return;
  const auto others = otherValues(field.rule, *present);
  const Change change{&field, others.empty() ? *present : others.front()};
  std::vector<Change> touched = {change};
  for (const CouplingModel& coupling : place.section->couplings) {
    const FieldModel* driver = place.section->find(coupling.when);
    if (coupling.target == field.name && driver != nullptr) touched.push_back({driver});
  }
  std::reverse(touched.begin(), touched.end());
  remember(place, touched);
  const Answer answer = write(place, {change});
  if (!IsRefusal().Matches(answer))
    find(sentenceOf(place, change), testing::DescribeMatcher<const Answer&>(IsRefusal()),
         summary(answer));
  judgeUnchanged(place);
}

ASPECT(KeepsWhatIsReadOnly, "READ-ONLY") {
  // By value: what is looked at anew while places are in use must not pull them away.
  const std::vector<Seen> all = look(module);
  for (const Seen& seen : all) {
    const std::vector<Place> places = placesIn(module, seen);
    if (places.empty()) continue;
    const Place& place = places.front();
    if (!seen.model->writable) {
      judgeReadOnlySection(place);
      continue;
    }
    for (const FieldModel& field : seen.model->fields) {
      if (field.rule.readOnly) judgeReadOnlyField(place, field);
    }
  }
}

// --- coupling

void judgeCoupling(const Place& place, const CouplingModel& coupling) {
  const FieldModel* driver = place.section->find(coupling.when);
  if (driver == nullptr || place.text(coupling.when) == nullptr) return;
  bool judged = false;
  for (const auto& [value, follows] : coupling.map) {
    const Change change{driver, value};
    remember(place, {change});
    if (!write(place, {change}).succeeded()) continue;  // a requirement about values says so
    judged = true;
    const Value now = readAgain(place);
    const Value* target = now.find(coupling.target);
    if (target == nullptr || !target->isText() || !sameText(target->text, follows))
      find(place.path(coupling.target) + " after " + sentenceOf(place, change), jsonString(follows),
           target == nullptr ? "no such field" : toText(*target));
  }
  if (!judged) throw Blocked("no value of " + place.path(coupling.when) + " is accepted");
}

ASPECT(CouplesItsFields, "COUPLING") {
  for (const Place& place : writablePlaces(module)) {
    for (const CouplingModel& coupling : place.section->couplings) judgeCoupling(place, coupling);
  }
}

}  // namespace
}  // namespace stoklab::conformance
