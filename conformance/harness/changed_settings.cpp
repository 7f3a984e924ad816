#include "harness/changed_settings.h"

#include <algorithm>
#include <utility>

#include "harness/device.h"

namespace stoklab::conformance {
namespace {

bool samePlace(const Setting& a, const Setting& b) {
  return a.module == b.module && a.section == b.section && a.table == b.table;
}

bool isSetTo(const std::optional<Value>& section, const Setting& setting, const std::string& json) {
  const Value* value = section ? section->find(setting.field) : nullptr;
  return value != nullptr && toText(*value) == json;
}

}  // namespace

bool ChangedSettings::holds(const Setting& setting) const {
  return std::any_of(changes_.begin(), changes_.end(),
                     [&](const Change& change) { return change.setting == setting; });
}

void ChangedSettings::add(const Setting& setting, const std::string& json) {
  if (holds(setting)) return;
  if (journal_ != nullptr) journal_->aboutToChange(setting, json);
  changes_.push_back({setting, json});
}

void ChangedSettings::adopt(const std::vector<PendingChange>& changes) {
  for (const PendingChange& change : changes) changes_.push_back({change.setting, change.oldJson});
}

void ChangedSettings::restored(const Change& change) {
  if (journal_ != nullptr) journal_->restored(change.setting);
}

void ChangedSettings::restoreTogether(Device& device, std::vector<Change>& group) {
  const auto dropRestored = [&] {
    const auto now = device.readSection(group.front().setting);
    std::erase_if(group, [&](const Change& change) {
      const bool back = isSetTo(now, change.setting, change.json);
      if (back) restored(change);
      return back;
    });
  };
  try {
    // Only what differs is written: a field that refuses every write needs no write.
    dropRestored();
    if (group.size() < 2) return;
    std::vector<std::pair<std::string, std::string>> fields;
    for (const Change& change : group) fields.emplace_back(change.setting.field, change.json);
    device.command(setBody(group.front().setting, fields));
    dropRestored();
  } catch (const std::exception&) {
    // What is left is tried field by field, and that tells what is wrong.
  }
}

std::string ChangedSettings::restoreOne(Device& device, const Change& change) {
  const Setting& setting = change.setting;
  std::string why;
  try {
    if (isSetTo(device.readSection(setting), setting, change.json)) return {};
    const Answer answer = device.command(setBody(setting, change.json));
    if (answer.succeeded() && isSetTo(device.readSection(setting), setting, change.json)) return {};
    why = answer.succeeded() ? "it was accepted, and something else is read" : summary(answer);
  } catch (const std::exception& problem) {
    why = problem.what();
  }
  return toText(setting) + " could not be put back to " + change.json + ": " + why;
}

std::vector<std::string> ChangedSettings::restore(Device& device) {
  std::vector<std::string> failed;
  while (!changes_.empty()) {
    std::vector<Change> group;
    do {
      group.insert(group.begin(), std::move(changes_.back()));
      changes_.pop_back();
    } while (!changes_.empty() && samePlace(changes_.back().setting, group.front().setting));
    if (group.size() > 1) restoreTogether(device, group);
    for (auto change = group.rbegin(); change != group.rend(); ++change) {
      if (std::string problem = restoreOne(device, *change); problem.empty()) {
        restored(*change);
      } else {
        failed.push_back(std::move(problem));
      }
    }
  }
  return failed;
}

}  // namespace stoklab::conformance
