#include "stoklab/emulator/journal.h"

#include <algorithm>
#include <utility>

#include "journal/interpretation.h"
#include "journal/journal_ring.h"
#include "journal/masking.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

// What a reader takes out of the ring at a time; the lock is held for as long as copying it takes.
constexpr std::size_t kPieceBytes = 256 * 1024;

Json asInteger(std::uint64_t number) { return static_cast<std::int64_t>(number); }

std::int64_t millisecondsOf(Clock::Time time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

Json asksAsJson(const std::vector<Ask>& asks) {
  Json list = Json::array();
  for (const Ask& ask : asks) list.push(toText(ask));
  return list;
}

// A body under `key`, or why there is none under `key`_note.
void setBody(Json& entry, std::string_view key, std::string_view text, std::size_t length,
             Reveal reveal, Masker& masker) {
  if (length == 0) return;
  const std::string note = std::string(key) + "_note";
  if (text.size() < length) {
    entry.set(note, std::to_string(length) + " bytes, more than the journal keeps of a body");
    return;
  }
  auto body = protocol::parseJson(text);
  if (!body) {
    entry.set(note, std::to_string(length) + " bytes that are not JSON");
    if (reveal == Reveal::secrets) entry.set(std::string(key) + "_text", text);
    return;
  }
  entry.set(key, reveal == Reveal::secrets ? *std::move(body) : masker.body(*body));
}

Json eventEntry(const JournalRecord& record, Masker& masker) {
  Json entry = Json::object({{"n", asInteger(record.number)},
                             {"at_ms", millisecondsOf(record.at)},
                             {"kind", "event"},
                             {"event", record.event}});
  setBody(entry, "details", record.request, record.requestBytes, Reveal::secrets, masker);
  return entry;
}

Json entryOf(const JournalRecord& record, const Interpretation& meaning, Reveal reveal,
             Masker& masker) {
  if (!record.event.empty()) return eventEntry(record, masker);
  Json entry = Json::object({{"n", asInteger(record.number)},
                             {"at_ms", millisecondsOf(record.at)},
                             {"client", record.client},
                             {"kind", meaning.kind}});
  if (record.session != 0) entry.set("session", asInteger(record.session));
  entry.set("http", record.http);
  entry.set("path",
            reveal == Reveal::secrets ? std::string(record.target) : Masker::path(record.target));
  if (!meaning.method.empty()) entry.set("method", meaning.method);
  setBody(entry, "request", record.request, record.requestBytes, reveal, masker);
  if (const Json* shown = entry.find("request"); shown != nullptr && !meaning.method.empty()) {
    Json asks = asksAsJson(asksOf(*shown));
    entry.set("asks", std::move(asks));
  }
  entry.set("status", record.status);
  if (meaning.errorCode) entry.set("error_code", *meaning.errorCode);
  setBody(entry, "reply", record.reply, record.replyBytes, reveal, masker);
  if (!record.fault.empty()) entry.set("fault", record.fault);
  entry.set("duration_us", std::int64_t{record.duration.count()});
  return entry;
}

// What waits sees: an event is nothing that a client did.
bool countsFor(const JournalFilter& filter, const JournalRecord& record) {
  return record.event.empty() || filter.kind == "event";
}

void countOne(const JournalRecord& record, const Interpretation& meaning, JournalCounts& counts) {
  ++counts.matching;
  if (!record.event.empty()) return;
  if (!meaning.method.empty()) ++counts.byMethod[meaning.method];
  std::string_view last;
  for (const Ask& ask : meaning.asks) {
    if (ask.module == last) continue;
    ++counts.byModule[ask.module];
    last = ask.module;
  }
  ++counts.byStatus[std::to_string(record.status)];
  if (meaning.errorCode) ++counts.byErrorCode[std::to_string(*meaning.errorCode)];
}

}  // namespace

Journal::Journal(const Clock& clock, JournalLimits limits) : clock_(clock), limits_(limits) {}

Journal::~Journal() = default;

JournalRing& Journal::ring() const {
  if (!ring_) ring_ = std::make_unique<JournalRing>(limits_);
  return *ring_;
}

void Journal::record(const HttpRequest& request, const Peer& peer, const HttpReply& reply,
                     std::uint64_t session, std::string_view fault) {
  JournalRecord record{.at = clock_.now(),
                       .session = session,
                       .status = reply.status,
                       .client = peer.address,
                       .http = request.method,
                       .target = request.target,
                       .fault = fault,
                       .request = request.body,
                       .reply = reply.body};
  if (request.received != std::chrono::steady_clock::time_point{}) {
    record.duration = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - request.received);
  }
  const std::lock_guard lock(mutex_);
  ring().add(record);
  if (ring_->waiting > 0) ring_->changed.notify_all();
}

void Journal::recordEvent(std::string_view name, const Json& details) {
  const std::string text = details.isNull() ? std::string() : printJson(details);
  const JournalRecord record{.at = clock_.now(), .request = text, .event = name};
  const std::lock_guard lock(mutex_);
  ring().add(record);
  if (ring_->waiting > 0) ring_->changed.notify_all();
}

std::uint64_t Journal::visit(std::uint64_t since,
                             const std::function<bool(const JournalRecord&)>& visit) const {
  std::uint64_t seen = since, gone = 0;
  std::optional<std::uint64_t> last;
  std::string piece;
  while (true) {
    std::size_t count = 0;
    {
      const std::lock_guard lock(mutex_);
      if (!ring_) return gone;
      if (!last) last = ring_->last();
      seen = std::max(seen, ring_->cleared());
      if (seen >= *last) return gone;
      const std::uint64_t first = ring_->first();
      if (seen + 1 < first) {
        gone += first - seen - 1;
        seen = first - 1;
      }
      count = ring_->copy(seen + 1, kPieceBytes, piece);
    }
    if (count == 0) return gone;
    std::string_view raw = piece;
    for (std::size_t i = 0; i < count; ++i) {
      const JournalRecord record = JournalRing::take(raw);
      seen = record.number;
      if (seen > *last || !visit(record)) return gone;
    }
  }
}

JournalPage Journal::read(const JournalFilter& filter, std::size_t limit, Reveal reveal,
                          const fixtures::Profile* profile) const {
  JournalPage page{.next = filter.since};
  Masker masker(profile);
  page.dropped = visit(filter.since, [&](const JournalRecord& record) {
    if (page.entries.size() >= limit) return false;
    page.next = record.number;
    const Interpretation meaning = interpret(record);
    if (matches(filter, record, meaning))
      page.entries.push_back(entryOf(record, meaning, reveal, masker));
    return true;
  });
  return page;
}

JournalCounts Journal::count(const JournalFilter& filter) const {
  JournalCounts counts;
  {
    const std::lock_guard lock(mutex_);
    if (!ring_) return counts;
    counts.recorded = ring_->last() - ring_->cleared();
    counts.kept = ring_->kept();
    counts.bytes = ring_->bytes();
  }
  visit(filter.since, [&](const JournalRecord& record) {
    const Interpretation meaning = interpret(record);
    if (matches(filter, record, meaning)) countOne(record, meaning, counts);
    return true;
  });
  return counts;
}

std::size_t Journal::wait(const JournalFilter& filter, std::size_t count,
                          std::chrono::milliseconds timeout) const {
  const auto end = std::chrono::steady_clock::now() + timeout;
  std::uint64_t seen = filter.since;
  std::size_t matching = 0;
  while (true) {
    std::uint64_t last = 0;
    {
      const std::lock_guard lock(mutex_);
      last = ring().last();
    }
    visit(seen, [&](const JournalRecord& record) {
      seen = record.number;
      if (countsFor(filter, record) && matches(filter, record, interpret(record))) ++matching;
      return true;
    });
    if (matching >= count) return matching;
    seen = std::max(seen, last);  // what was cleared is not shown, and is no news
    std::unique_lock lock(mutex_);
    JournalRing& waited = *ring_;
    ++waited.waiting;
    const bool more =
        waited.changed.wait_until(lock, end, [&] { return interrupted_ || waited.last() > seen; });
    --waited.waiting;
    if (!more || interrupted_) return matching;
  }
}

void Journal::interrupt() {
  const std::lock_guard lock(mutex_);
  interrupted_ = true;
  if (ring_) ring_->changed.notify_all();
}

void Journal::clear() {
  const std::lock_guard lock(mutex_);
  if (ring_) ring_->clear();
}

HttpReply JournalEndpoint::handle(const HttpRequest& request, const Peer& peer) {
  HttpReply reply = inside_.handle(request, peer);
  journal_.record(request, peer, reply, reply.session, reply.fault);
  return reply;
}

}  // namespace stoklab::emulator
