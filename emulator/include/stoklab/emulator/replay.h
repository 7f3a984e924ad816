// A recorded conversation that answers. Challenge and login are live: a device behind it makes real
// nonces, keys and tokens, counts attempts and locks. What is asked in a session is answered from
// the trace, by meaning (fixtures::meaningOf()).
//
// Sessions. The client that logs in as the nth is answered from the nth recorded session; those
// that come later start again with the first. What a session does not have is looked for in the
// other recorded ones, the nearest earlier first.
//
// Masks. What redaction has masked in a request of the trace may be anything in that of a client.
//
// Order. What was recorded several times is answered in that order, and then with the last answer
// again. A set, add, delete or action that was not refused moves what is read on behind its place
// in the recording, so that a client which asks more often or less often than the recorded one
// still sees the state that it has made.
//
// The one thing not to get wrong: it has no way to the outside. It is an endpoint around a device
// and a trace in memory, and this library has no client.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stoklab/emulator/device.h"
#include "stoklab/emulator/endpoint.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/fixtures/trace.h"

namespace stoklab::emulator {

// What whoever asks for something that was never recorded, or whose answer was not, is told.
enum class OnMiss {
  error,    // kReplayMissCode, with the nearest entry in a member "stoklab"
  profile,  // what the device of the profile answers; it has followed the changes made so far
  nearest,  // the answer of the nearest entry; as `error` if it has none
};

// The error code of a miss. No device is known to use it (facts.md section 9), so nobody takes a
// hole in the recording for a device that does not support something.
inline constexpr int kReplayMissCode = -99404;

struct ReplayOptions {
  OnMiss onMiss = OnMiss::error;
  // How much faster than recorded answers come: 1 as recorded, 10 ten times as fast; 0 at once.
  double speed = 0;
  // Told about each kind of miss once, a few lines; may be called from several threads.
  std::function<void(const std::string& message)> say = {};
};

// What has become of a replay so far.
struct ReplayReport {
  std::size_t exchanges = 0;
  std::vector<std::size_t> unused = {};  // in Trace::exchanges, ascending
  std::size_t misses = 0;                // requests, not kinds
};

// Thread-safe, as every endpoint.
class Replay final : public Endpoint {
 public:
  // `device` should have the profile that withTraceHabits() makes.
  Replay(std::shared_ptr<const fixtures::Trace> trace, std::unique_ptr<Device> device,
         ReplayOptions options = {});
  ~Replay() override;

  HttpReply handle(const HttpRequest& request, const Peer& peer) override;
  Effort effortOf(const HttpRequest& request) const override;

  ReplayReport report() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// `profile` with what the trace shows of the device's challenges and logins: status, codes, types,
// group. Without headers of its own: a replay sends the recorded ones.
fixtures::Profile withTraceHabits(fixtures::Profile profile, const fixtures::Trace& trace);

// What a person should know before a trace is replayed, a sentence each: answers that are missing,
// sessions without a login. Empty if there is nothing to say.
std::vector<std::string> replayNotes(const fixtures::Trace& trace);

// "entry 3 (exchanges[2]): get image.switch", how messages name an exchange.
std::string describeEntry(const fixtures::Trace& trace, std::size_t index);

}  // namespace stoklab::emulator
