// One recorded session, and which of its answers comes next.
//
// The one thing not to get wrong: an answer shows the state of the device at its place in the
// recording. Whoever asks more or less often than the recorded client must still never see the
// state before a set that he has made, nor the one after a set that he has not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "replay/subjects.h"
#include "stoklab/fixtures/trace.h"

namespace stoklab::emulator {

// What requests of a trace are told apart by: HTTP method and fixtures::meaningOf().
std::string recordedKey(const fixtures::TraceRequest& request);

// error_code of a recorded answer; 0 if it has none.
std::int64_t errorCodeIn(const protocol::Json& body);

// Whether an exchange has changed the device, as far as can be told: all but a get does, unless it
// was refused. One without an answer may have.
bool changesState(const fixtures::Exchange& exchange);

// Immutable; may be used from several threads.
class Timeline {
 public:
  struct Step {
    std::size_t index;  // in Trace::exchanges
    std::string key;
    std::string method;
    std::vector<Subject> subjects;
    bool changes;
  };

  // `indices` ascend.
  Timeline(const fixtures::Trace& trace, const std::vector<std::size_t>& indices);

  const std::vector<Step>& steps() const { return steps_; }
  // Places in steps(), ascending; nullptr if nothing was asked that way.
  const std::vector<std::size_t>* placesOf(std::string_view key) const;

 private:
  std::vector<Step> steps_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> byKey_;
};

// How far a live session has come in a recorded one. Not synchronised; the timeline must outlive
// it.
class Position {
 public:
  explicit Position(const Timeline& timeline) : timeline_(&timeline) {}

  struct Choice {
    std::size_t index;  // in Trace::exchanges
    // False if something has changed since, or had, that the recording shows no answer for.
    bool shown = true;
  };

  // The exchange whose answer is due; nullopt if nothing was asked that way. In order, as often as
  // recorded; then the last one again.
  std::optional<Choice> advance(std::string_view key);

 private:
  using Places = std::vector<std::size_t>;

  // Steps before `from` lie behind the client, and `until` is the next that would change what it
  // sees: answers in between show the present state.
  struct Window {
    std::size_t from, until;
  };
  Window present(const std::vector<Subject>& subjects) const;
  bool touched(std::size_t from, std::size_t until, const std::vector<Subject>& subjects) const;
  std::pair<std::size_t, bool> chooseRead(const Places& places, const Window& window) const;
  std::size_t chooseChange(const Places& places, const Window& window,
                           std::optional<std::size_t> last) const;
  void note(std::size_t place);

  const Timeline* timeline_;
  std::size_t passed_ = 0;  // one behind the furthest change that was made
  // One behind the change that was made last, by subject; the latest made stands last.
  std::vector<std::pair<Subject, std::size_t>> made_;
  std::map<std::string, std::size_t, std::less<>> last_;  // the place of the last answer
};

}  // namespace stoklab::emulator
