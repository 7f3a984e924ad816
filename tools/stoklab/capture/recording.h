// What passes through the proxy, written down: redacted first, on disk before the client has its
// answer. So whatever a client has seen answered is in the trace, even if the proxy dies now.
//
// The one thing not to get wrong: a raw exchange exists only within handle(). What is kept, printed
// or counted is what TraceBuilder::add() has returned.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "capture/trace_file.h"
#include "capture/upstream.h"
#include "stoklab/emulator/endpoint.h"
#include "stoklab/fixtures/trace.h"
#include "stoklab/fixtures/trace_builder.h"

namespace stoklab::cli {

struct RecordingOptions {
  std::string authority = {};         // of the device: "192.0.2.7:443"
  fixtures::TraceSource source = {};  // the device's identity is filled in as it becomes known
  fixtures::TraceRedaction redaction = {};
  std::size_t maxExchanges = 0;  // then it is full; 0: no limit
  std::function<std::chrono::system_clock::time_point()> now = {};
  std::function<std::chrono::steady_clock::time_point()> ticks = {};
  // Called on the thread of handle(). An exchange that is on disk; what a person has to know; and,
  // once, that nothing more can be recorded.
  std::function<void(const fixtures::Exchange&)> recorded = {};
  std::function<void(const std::string&)> tell = {};
  std::function<void()> ended = {};
};

// What has come of it.
struct RecordingTally {
  std::size_t exchanges = 0;  // in the file
  std::set<std::string> sessions = {};
  std::size_t unanswered = 0;  // of the exchanges
  std::size_t leaks = 0;       // not written, since the scanner found a secret
  std::size_t turnedAway = 0;  // requests after the end of the recording
  bool full = false;           // maxExchanges was reached
  std::optional<std::string> writeError = {};
};

class Recording final : public emulator::Endpoint {
 public:
  // Both must outlive it.
  Recording(Upstream& upstream, fixtures::TraceBuilder& builder, TraceFile file,
            RecordingOptions options);

  emulator::HttpReply handle(const emulator::HttpRequest& request,
                             const emulator::Peer& peer) override;
  // Everything goes over the network.
  emulator::Effort effortOf(const emulator::HttpRequest&) const override {
    return emulator::Effort::lengthy;
  }

  // Scans every exchange once more, brings the counts in the file up to date and the file to the
  // disk. Call it when no request is under way; fails as TraceFile does.
  protocol::Result<void> finish();

  // When no request is under way.
  const RecordingTally& tally() const { return tally_; }

 private:
  void record(const emulator::HttpRequest& request, const Passage& passage,
              std::chrono::system_clock::time_point started, std::chrono::milliseconds duration);
  void write(const fixtures::Exchange& exchange);
  bool isClean(std::string_view text, std::string_view what);
  std::string head() const;
  void end();

  Upstream& upstream_;
  fixtures::TraceBuilder& builder_;
  TraceFile file_;
  RecordingOptions options_;
  RecordingTally tally_;
  std::mutex mutex_;  // one request after the other, whatever the server's threads
};

// How many different values were masked, by the class of the field in which each stood first.
std::map<std::string, std::size_t, std::less<>> maskedByClass(fixtures::TraceBuilder& builder);

}  // namespace stoklab::cli
