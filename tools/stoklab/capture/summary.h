// What a capture came to, for the person or the script that has ended it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "capture/recording.h"
#include "output.h"

namespace stoklab::cli {

struct CaptureSummary {
  std::string out = {};  // the file
  RecordingTally tally = {};
  int loginsHeldBack = 0;
  std::map<std::string, std::size_t, std::less<>> masked = {};    // class of fields -> values
  std::map<std::string, std::int64_t, std::less<>> dropped = {};  // kind -> how many
};

// Lines on standard error; with Format::json also a document on standard output.
void printSummary(Console& console, const CaptureSummary& summary);

}  // namespace stoklab::cli
