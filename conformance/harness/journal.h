// The write-ahead journal: what the judge changes on a device that it did not start, written to
// disk and synchronised before the change is sent, so that whatever happens to the judge, the
// change can be undone (`stoklab conform --restore`).
//
// A file is JSON, one object a line, readable by its owner only:
//
//   {"journal":"stoklab conform","schema_version":1,"target":"https://192.0.2.7"}
//   {"change":1,"module":"image","section":"switch","field":"flicker","table":"","old":"50hz"}
//   {"restored":1}
//
// A last line without its end is one that was being written when the process died; the change that
// it announces was not sent. The file goes when everything in it is undone.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "harness/setting.h"

namespace stoklab::conformance {

// Told about each change before it is sent and after it was put back. What it throws keeps the
// change from being sent.
class ChangeJournal {
 public:
  virtual ~ChangeJournal() = default;
  // `oldJson` is the present value, in wire form, as JSON.
  virtual void aboutToChange(const Setting& setting, const std::string& oldJson) = 0;
  virtual void restored(const Setting& setting) = 0;
};

struct PendingChange {
  int number = 0;
  Setting setting = {};
  std::string oldJson = {};
};

// Another process is changing the same device.
class JournalBusy : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Holds the file for itself while it lives. Used from one thread.
class JournalFile : public ChangeJournal {
 public:
  // Opens or makes it. Throws JournalBusy, or std::runtime_error with what is wrong with the file
  // and where.
  JournalFile(std::string file, const std::string& target);
  JournalFile(const JournalFile&) = delete;
  JournalFile& operator=(const JournalFile&) = delete;
  // Takes the file away if nothing is pending.
  ~JournalFile() override;

  // What is to be undone, in the order of the changes: undo the last one first.
  const std::vector<PendingChange>& pending() const { return pending_; }

  void aboutToChange(const Setting& setting, const std::string& oldJson) override;
  void restored(const Setting& setting) override;

 private:
  void lock();
  void read(const std::string& target);
  void append(const std::string& line);

  std::string file_;
  int descriptor_ = -1;
  int lastNumber_ = 0;
  std::vector<PendingChange> pending_;
};

// How many changes the journal in `file` has pending; 0 if there is none. Takes no lock. Throws as
// JournalFile does.
std::size_t pendingChanges(const std::string& file);

}  // namespace stoklab::conformance
