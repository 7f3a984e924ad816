// What clients have done to a camera, kept in memory for whoever asks: the last exchanges, within
// bounds of number and bytes, older ones counted and gone.
//
// The one thing not to get wrong: recording is on the path of every request. It copies what it
// needs into a ring and does nothing else; names, redaction and JSON are made when somebody reads,
// outside the ring's lock, so that a slow reader holds up nobody.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/environment.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

struct JournalLimits {
  std::size_t maxEntries = 10'000;
  std::size_t maxBytes = 16 * 1024 * 1024;
  std::size_t maxBodyBytes = 64 * 1024;  // of each body; the rest is cut off, and said so
};

// One exchange as it was, secrets and all; or an event. Views live as long as the call that shows
// it.
struct JournalRecord {
  std::uint64_t number = 0;
  Clock::Time at = {};
  std::chrono::microseconds duration{0};  // from the last byte of the request to the answer
  std::uint64_t session = 0;
  int status = 0;  // HTTP; 0 for an event
  std::string_view client = {}, http = {}, target = {}, fault = {};
  std::string_view request = {}, reply = {};     // bodies, as much as was kept; details of an event
  std::size_t requestBytes = 0, replyBytes = 0;  // how long they were
  std::string_view event = {};                   // its name; empty for an exchange
};

// Empty members match everything. An event matches where no member asks for what it does not have.
struct JournalFilter {
  std::string method = {};   // "set"
  std::string module = {};   // of a request with several modules, any
  std::string section = {};  // or action
  std::string field = {};
  std::optional<std::uint64_t> session = {};  // SessionFacts::number
  std::optional<int> status = {};             // HTTP
  std::optional<int> errorCode = {};
  std::string kind = {};    // "challenge", "login", "command", "page", "upload", "other", "event"
  std::uint64_t since = 0;  // only entries with a greater number
};

// A page of entries, each as JSON (see control/openapi.json, JournalEntry): "n", "at_ms" (of the
// camera's clock), "client", "session", "kind", "method", "asks" (["image.switch.flicker"]),
// "request", "status", "error_code", "reply", "fault", "duration_us".
struct JournalPage {
  std::vector<protocol::Json> entries = {};
  std::uint64_t next = 0;     // what to give as `since` to go on
  std::uint64_t dropped = 0;  // entries after `since` that are gone already
};

struct JournalCounts {
  std::uint64_t recorded = 0;  // since the last clear(), the forgotten ones and events included
  std::uint64_t kept = 0, bytes = 0;
  std::uint64_t matching = 0;  // of those kept; what follows counts these
  std::map<std::string, std::uint64_t> byMethod = {}, byModule = {}, byStatus = {},
                                       byErrorCode = {};
};

// What to show of bodies.
enum class Reveal { nothing, secrets };

class JournalRing;

// Thread-safe. Takes no memory of its own before it has something to keep.
class Journal {
 public:
  // `clock` outlives the journal.
  explicit Journal(const Clock& clock, JournalLimits limits = {});
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // `session`: the number of the session that the request belongs to, 0 for none. `fault`: the
  // name of a scripted fault that had its way.
  void record(const HttpRequest& request, const Peer& peer, const HttpReply& reply,
              std::uint64_t session = 0, std::string_view fault = {});
  // What happened without a request, for the control interface. `details` are shown as they are:
  // names and numbers, no values.
  void recordEvent(std::string_view name, const protocol::Json& details);

  // At most `limit` entries. What is no setting is masked, as in a trace; a device whose profile
  // does not ship needs `profile`, or its settings are unknown and masked as well.
  JournalPage read(const JournalFilter& filter, std::size_t limit, Reveal reveal = Reveal::nothing,
                   const fixtures::Profile* profile = nullptr) const;
  JournalCounts count(const JournalFilter& filter) const;
  // Shows every record after number `since` that is there now, oldest first, until `visit` returns
  // false. Holds no lock while it shows. Returns how many after `since` have been forgotten.
  std::uint64_t visit(std::uint64_t since,
                      const std::function<bool(const JournalRecord&)>& visit) const;
  // Returns when `count` exchanges match, `timeout` (of real time) has passed, or interrupt() was
  // called; how many match then. Events count if the filter asks for that kind.
  std::size_t wait(const JournalFilter& filter, std::size_t count,
                   std::chrono::milliseconds timeout) const;
  // All that wait return, now and from then on.
  void interrupt();

  // Numbers go on where they are, so that a `since` stays good.
  void clear();

 private:
  JournalRing& ring() const;  // made at the first need; the lock must be held

  const Clock& clock_;
  const JournalLimits limits_;
  mutable std::mutex mutex_;  // guards what follows
  mutable std::unique_ptr<JournalRing> ring_;
  bool interrupted_ = false;
};

// Records what goes through it to what is inside. Both must outlive it.
class JournalEndpoint final : public Endpoint {
 public:
  JournalEndpoint(Endpoint& inside, Journal& journal) : inside_(inside), journal_(journal) {}

  HttpReply handle(const HttpRequest& request, const Peer& peer) override;
  Effort effortOf(const HttpRequest& request) const override { return inside_.effortOf(request); }

 private:
  Endpoint& inside_;
  Journal& journal_;
};

}  // namespace stoklab::emulator
