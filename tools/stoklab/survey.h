// What a device offers of a catalogue: asks for every section that the catalogue knows, and only
// reads. One request a module; only when the device refuses that one, a request a section.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/envelope.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

struct SurveyedSection {
  std::string name;
  int errorCode = 0;  // 0: the device answers it
};

struct SurveyedModule {
  std::string name;
  std::vector<SurveyedSection> sections;
};

struct Survey {
  std::vector<SurveyedModule> modules;
  int requests = 0;
  bool complete = true;  // false: the budget of requests was spent before the end
};

// Sends a request and returns the reply, also one with an error code.
using Ask = std::function<protocol::Result<protocol::Reply>(const protocol::Request&)>;

// Stops at the first failure of `ask`, which it returns, and after `maxRequests`.
protocol::Result<Survey> surveyDevice(const fixtures::Profile& catalogue, int maxRequests,
                                      const Ask& ask);

}  // namespace stoklab::cli
