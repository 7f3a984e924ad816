// Where the settings of a module are on the device under test, and how they are read and written.
//
// The one thing not to get wrong: everything is noted with remember() before it is written. write()
// does not do it by itself, because a test that writes several rounds reads only once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/requirement_test.h"

namespace stoklab::conformance {

// A section or table as the device gave it; no value: it does not have it.
struct Seen {
  const SectionModel* model = nullptr;
  std::optional<Value> value = {};
};

// All sections of a module, by one request if the device answers a list of names (D2, D3), else by
// one each. What was read is kept for the next test of the same module. Throws NotApplicable if the
// device does not offer the module, Blocked if it cannot be read.
const std::vector<Seen>& look(const ModuleModel& module);

// A section, or a row of a table: what a set addresses.
struct Place {
  const ModuleModel* module = nullptr;
  const SectionModel* section = nullptr;
  std::string name = {};  // of the section or of the row
  Value fields = {};      // as they were read

  bool isRow() const { return section->kind == SectionKind::table; }
  Setting setting(std::string_view field) const;
  std::string path(std::string_view field) const;  // "image.switch.flicker"
  // The field, if it is there as a text.
  const std::string* text(std::string_view field) const;
};

// The section itself, or each row of the table. A table may be one object with all rows (D4).
std::vector<Place> placesIn(const ModuleModel& module, const Seen& seen);

// What may be written to: writable sections, and of writable tables the first row, read anew.
std::vector<Place> writablePlaces(const ModuleModel& module);

// The fields of a place as they are now. Throws Blocked if they cannot be read.
Value readAgain(const Place& place);

// A field and a value for it, in wire form.
struct Change {
  const FieldModel* field = nullptr;
  std::string value = {};
};
void remember(const Place& place, const std::vector<Change>& changes);
// One set of all of them.
Answer write(const Place& place, const std::vector<Change>& changes);

// Whether a field may be written here and now: it can be put back, and does no harm meanwhile.
bool mayTry(const Place& place, const FieldModel& field);

// A failure, in the three columns of a report.
void find(const std::string& what, const std::string& expected, const std::string& got,
          const char* file = __builtin_FILE(), int line = __builtin_LINE());

}  // namespace stoklab::conformance
