// What a dump has learned so far, on disk, a line a step, so that one that was interrupted goes on
// where it was. Next to the file that the dump will be; gone once that is written.
//
// The one thing not to get wrong: only what is redacted and scanned comes here. Placeholders are
// numbered by their first appearance within one process, and the table that finds them again is
// nowhere on disk; so a step that masked anything says so, and is taken again when a dump goes on:
// in the same order, which gives the same numbers.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli::dump {

using protocol::Result;

// One step's outcome.
struct Record {
  protocol::Json facts;
  bool masked = false;  // something in it was masked
};

// Not thread-safe.
class Journal {
 public:
  // Takes the file for this process; makes it if it is not there. What was written for another
  // `head` (the options that decide what a dump finds) is thrown away, and so is a last line that
  // was cut off. Fails with ErrorKind::malformed if the folder cannot be used or another process
  // is at it.
  static Result<Journal> open(const std::filesystem::path& file, const protocol::Json& head);
  // One that keeps nothing on disk.
  Journal() = default;

  Journal(Journal&& other) noexcept;
  Journal& operator=(Journal&& other) noexcept;
  ~Journal();

  // nullptr if the step has not been taken.
  const Record* find(std::string_view step) const;
  // Replaces what is there. On disk when it returns.
  Result<void> write(const std::string& step, Record record);
  std::size_t size() const { return records_.size(); }

  // Nothing is left of it.
  void remove();
  // Throws away what is written, and begins again.
  Result<void> restart();

  const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
  protocol::Json head_;
  int descriptor_ = -1;
  std::map<std::string, Record, std::less<>> records_;
};

}  // namespace stoklab::cli::dump
