// The settings of every module of a profile, written and read by the client: CLIENT-*-WRITES.
//
// What a device does not take from the judge either is no business of the client; SETTING-*-ACCEPTS
// says it. Everything is noted before it is written.
#include <algorithm>

#include "client_suites/client.h"
#include "harness/aspects.h"
#include "suites/setting_places.h"

namespace stoklab::conformance {
namespace {

using protocol::Json;
using protocol::SettingPath;

// The first value that is not the present one; empty if there is none.
std::string otherValue(const FieldRule& rule, const std::string& present) {
  std::vector<std::string> values = rule.allowed;
  if (values.empty() && rule.minimum) values.push_back(std::to_string(*rule.minimum));
  if (values.empty() && rule.maximum) values.push_back(std::to_string(*rule.maximum));
  const auto at = std::find_if(values.begin(), values.end(),
                               [&](const std::string& value) { return !sameText(value, present); });
  return at == values.end() ? std::string() : *at;
}

std::vector<Change> changesOf(const Place& place) {
  std::vector<Change> changes;
  for (const FieldModel& field : place.section->fields) {
    if (!mayTry(place, field)) continue;
    if (std::string value = otherValue(field.rule, *place.text(field.name)); !value.empty())
      changes.push_back({&field, std::move(value)});
  }
  return changes;
}

// The same fields with the values that they had.
std::vector<Change> undoing(const Place& place, const std::vector<Change>& changes) {
  std::vector<Change> undo;
  for (const Change& change : changes)
    undo.push_back({change.field, *place.text(change.field->name)});
  return undo;
}

bool isStored(const Value& fields, const Change& change) {
  const Value* now = fields.find(change.field->name);
  return now != nullptr && now->isText() && sameText(now->text, change.value);
}

client::Result<void> setByClient(const Place& place, const std::vector<Change>& changes) {
  std::vector<std::pair<SettingPath, Json>> values;
  for (const Change& change : changes)
    values.push_back({SettingPath{place.module->name, place.name, change.field->name},
                      percentDecode(change.value)});
  return sharedClient().camera.set(values);
}

client::Result<Json> readByClient(const Place& place) {
  client::Session& session = sharedClient().session;
  if (!place.isRow()) return session.get(place.module->name, place.name);
  auto rows = session.getTable(place.module->name, place.section->name);
  if (!rows) return rows;
  const Json* row = rows->find(place.name);
  return row == nullptr ? Json() : *row;
}

// What is wrong after the client has set `changes`; empty if nothing is.
struct Wrong {
  std::string what, expected, got;
};
std::optional<Wrong> tryWithClient(const Place& place, const std::vector<Change>& changes) {
  const std::string path = place.path(changes.front().field->name);
  const auto shown = [](const Outcome& outcome) { return testing::PrintToString(outcome); };
  const Outcome set = outcomeOf(setByClient(place, changes));
  if (set.error) return Wrong{"set of " + path, "success", shown(set)};
  const auto given = readByClient(place);
  if (!given) return Wrong{"get of " + path, "success", shown(outcomeOf(given))};
  const Value seen = readAgain(place);
  for (const Change& change : changes) {
    const std::string& name = change.field->name;
    const Json wanted(percentDecode(change.value));
    const Json* value = given->find(name);
    if (value == nullptr || !(*value == wanted))
      return Wrong{place.path(name) + ", read by the client", printJson(wanted),
                   value == nullptr ? "no such field" : printJson(*value)};
    if (!isStored(seen, change))
      return Wrong{place.path(name) + ", read by the judge", printJson(wanted), toText(seen)};
  }
  return std::nullopt;
}

bool judgeCanWrite(const Place& place, const Change& change) {
  try {
    const bool stored = write(place, {change}).succeeded() && isStored(readAgain(place), change);
    return write(place, undoing(place, {change})).succeeded() && stored;
  } catch (const WireFailure&) {
    return false;  // it does not even answer
  }
}

// There and back again. All at once is kind to a device. If that does not do, each by itself tells
// what is wrong, and whether it is the client.
void judgePlace(const Place& place) {
  const std::vector<Change> changes = changesOf(place);
  if (changes.empty()) return;
  remember(place, changes);
  if (!tryWithClient(place, changes) && !tryWithClient(place, undoing(place, changes))) return;
  for (const Change& change : changes) {
    if (!judgeCanWrite(place, change)) continue;
    auto wrong = tryWithClient(place, {change});
    if (!wrong) wrong = tryWithClient(place, undoing(place, {change}));
    if (wrong) find(wrong->what, wrong->expected, wrong->got);
  }
}

ASPECT(TakesItFromTheClient, "WRITES") {
  for (const Place& place : writablePlaces(module)) judgePlace(place);
}

}  // namespace
}  // namespace stoklab::conformance
