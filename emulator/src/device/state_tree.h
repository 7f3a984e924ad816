// What a device holds: the profile's sections and tables, and what clients have changed of them.
// The profile's part is shared and never changes; only sections that differ are stored again, so
// that a further device of the same profile costs next to nothing.
//
// The tree is the truth. Beside each section lies its text for the wire, made when it is first
// asked for and dropped when the section changes.
//
// Not synchronised: the device's lock covers it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::emulator {

// How values are written for the wire; the alphabet points into the profile.
struct WireStyle {
  bool percentEncode = true;
  protocol::PercentAlphabet alphabet = protocol::kDeviceAlphabet;
};
WireStyle wireStyleOf(const fixtures::Profile& profile);

// Appends `value` as the device writes it.
void appendWire(const protocol::Json& value, const WireStyle& style, std::string& out);

class StateTree {
 public:
  // A section or table; the handle stays good as long as the tree.
  struct Entry {
    const fixtures::Section* section = nullptr;
    std::size_t index = 0;
    std::string quotedName = {};  // "\"switch\":"
  };
  struct Module {
    std::vector<Entry> entries;  // actions are not among them
    std::string quotedName = {};
  };
  // A row of a table, found by its name alone (facts.md D8).
  struct Row {
    const Entry* table = nullptr;
    const protocol::Json* fields = nullptr;
  };

  // The profile must outlive the tree.
  explicit StateTree(const fixtures::Profile& profile);

  const Module* findModule(std::string_view module) const;
  static const Entry* findEntry(const Module& module, std::string_view section);
  const Entry* find(std::string_view module, std::string_view section) const;
  Row findRow(const Module& module, std::string_view row) const;

  // An object of fields, or for a table an object row -> fields; strings decoded.
  const protocol::Json& content(const Entry& entry) const;

  // One field's text, or nullptr if there is no such section, field or text.
  const std::string* text(std::string_view module, std::string_view section,
                          std::string_view field) const;

  void replace(const Entry& entry, protocol::Json content);
  // Back to the profile.
  void reset() { changed_.clear(); }

  // Appends the content for the wire: an object of fields, or for a table a list of one-key
  // objects (D4).
  void appendRendered(const Entry& entry, std::string& out);

 private:
  struct Changed {
    protocol::Json content;
    std::string rendered = {};  // empty: not made yet
  };
  // What never changes and could serve any number of trees.
  struct Catalogue {
    explicit Catalogue(const fixtures::Profile& profile);
    std::unordered_map<std::string_view, Module> modules;
    std::vector<std::string> rendered;  // by Entry::index
    WireStyle style;
  };

  static std::string render(const Entry& entry, const protocol::Json& content,
                            const WireStyle& style);

  std::shared_ptr<Catalogue> catalogue_;
  std::unordered_map<std::size_t, Changed> changed_;  // by Entry::index
};

}  // namespace stoklab::emulator
