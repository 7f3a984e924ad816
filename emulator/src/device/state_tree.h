// What a device holds: the profile's sections and tables, and what clients have changed of them.
// The profile's part is shared and never changes; only sections that differ are stored again, so
// that a further device of the same profile costs next to nothing.
//
// The tree is the truth. Beside each section lies its text for the wire, made when it is first
// asked for: of the profile's part in the catalogue, which trees share, of a changed section in the
// tree.
//
// Not synchronised: the device's lock covers it. The catalogue may be used from any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::emulator {

// How values are written for the wire; the alphabet points into the profile.
struct WireStyle {
  bool percentEncode = true;
  protocol::PercentAlphabet alphabet = protocol::kDeviceAlphabet;
  bool metaKeys = false;          // facts.md E7
  bool tablesAreObjects = false;  // D4
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
    // Where it stands in the file of its module, for ".index" (E7): sections take one place, a
    // table as many as the profile gives it rows.
    std::int64_t place = 0;
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

  // What never changes and serves any number of trees. The profile must outlive it.
  class Catalogue {
   public:
    explicit Catalogue(const fixtures::Profile& profile);

    const Module* findModule(std::string_view module) const;
    // The profile's content of a section or table for the wire.
    const std::string& rendered(const Entry& entry) const;
    const WireStyle& style() const { return style_; }

   private:
    struct Text {
      std::once_flag made;
      std::string text;
    };

    std::unordered_map<std::string_view, Module> modules_;
    WireStyle style_;
    mutable std::vector<Text> texts_;  // by Entry::index
  };

  explicit StateTree(std::shared_ptr<const Catalogue> catalogue)
      : catalogue_(std::move(catalogue)) {}
  // Of a catalogue of its own.
  explicit StateTree(const fixtures::Profile& profile)
      : StateTree(std::make_shared<const Catalogue>(profile)) {}

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
  // The content to be changed in place; good until replace(), restore() or reset().
  protocol::Json& edit(const Entry& entry);
  // Back to the profile.
  void reset() { changed_.clear(); }

  // The settings as they are now, for restore(); cheap where little has changed.
  struct Settings;
  std::shared_ptr<const Settings> settings() const;
  // Those of a tree of the same catalogue; others change nothing.
  void restore(const Settings& settings);

  // Appends the content for the wire: an object of fields, or for a table a list of one-key
  // objects or an object of rows (D4).
  void appendRendered(const Entry& entry, std::string& out);
  // One row of a table likewise: an object of fields.
  void appendRow(const Entry& table, std::string_view row, std::string& out) const;

  const WireStyle& style() const { return catalogue_->style(); }

 private:
  struct Changed {
    protocol::Json content;
    std::string rendered = {};  // empty: not made yet
  };
  using Changes = std::unordered_map<std::size_t, Changed>;  // by Entry::index

  static std::string render(const Entry& entry, const protocol::Json& content,
                            const WireStyle& style);

  std::shared_ptr<const Catalogue> catalogue_;
  Changes changed_;
};

struct StateTree::Settings {
  std::shared_ptr<const Catalogue> catalogue;
  Changes changes;
};

}  // namespace stoklab::emulator
