// The settings that a test has changed, or may have, and how they are put back: the last one first,
// those of one section or row together, and only what differs.
#pragma once

#include <string>
#include <vector>

#include "harness/journal.h"
#include "harness/setting.h"

namespace stoklab::conformance {

class Device;

class ChangedSettings {
 public:
  // `journal` may be null; it is told of everything.
  explicit ChangedSettings(ChangeJournal* journal) : journal_(journal) {}

  bool holds(const Setting& setting) const;
  // Before the setting is changed; `json` is its present value in wire form. What the journal
  // throws comes through.
  void add(const Setting& setting, const std::string& json);
  // What the journal holds already.
  void adopt(const std::vector<PendingChange>& changes);

  // Returns what could not be put back, a sentence each.
  std::vector<std::string> restore(Device& device);

 private:
  struct Change {
    Setting setting;
    std::string json;
  };

  // Puts changes of one section or row back with one set, and drops those that are.
  void restoreTogether(Device& device, std::vector<Change>& group);
  // Returns what went wrong, empty if nothing.
  static std::string restoreOne(Device& device, const Change& change);
  void restored(const Change& change);

  ChangeJournal* journal_;
  std::vector<Change> changes_;
};

}  // namespace stoklab::conformance
