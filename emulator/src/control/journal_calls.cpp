#include <chrono>
#include <cstddef>
#include <utility>

#include "control/arguments.h"
#include "control/handlers.h"
#include "control/journal_arguments.h"
#include "control/verification.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

constexpr std::size_t kMostWaits = 32;
constexpr std::size_t kEntriesOfAWait = 100;

Json asInteger(std::uint64_t number) { return static_cast<std::int64_t>(number); }

Json asJson(const std::map<std::string, std::uint64_t>& counts) {
  Json object = Json::object();
  for (const auto& [key, count] : counts) object.set(key, asInteger(count));
  return object;
}

Json asJson(std::vector<Json> entries) { return Json::array(std::move(entries)); }

// One of the waits that are under way, as long as it lives.
class Wait {
 public:
  Wait(ControlState& state, Journal& journal) : state_(state), journal_(journal) {
    const std::lock_guard lock(state.mutex);
    admitted_ = !state.stopping && state.waits.size() < kMostWaits;
    if (admitted_) state.waits.insert(&journal);
  }
  ~Wait() {
    if (!admitted_) return;
    const std::lock_guard lock(state_.mutex);
    state_.waits.erase(state_.waits.find(&journal_));
  }
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

  bool isAdmitted() const { return admitted_; }

 private:
  ControlState& state_;
  Journal& journal_;
  bool admitted_ = false;
};

std::string describe(const Json& query) {
  std::string text;
  for (const auto& [key, value] : *query.members()) {
    if (key == "count" || key == "timeout_ms" || key == "since") continue;
    const std::string* word = value.string();
    text += (text.empty() ? "" : ", ") + key + " " + (word != nullptr ? *word : printJson(value));
  }
  return text.empty() ? "any request" : "a request with " + text;
}

}  // namespace

JournalFilter filterOf(const Json& arguments) {
  JournalFilter filter{.method = textOf(arguments, "method"),
                       .module = textOf(arguments, "module"),
                       .section = textOf(arguments, "section"),
                       .field = textOf(arguments, "field"),
                       .kind = textOf(arguments, "kind"),
                       .since = static_cast<std::uint64_t>(integerOf(arguments, "since", 0))};
  if (isGiven(arguments, "session"))
    filter.session = static_cast<std::uint64_t>(integerOf(arguments, "session", 0));
  if (isGiven(arguments, "status"))
    filter.status = static_cast<int>(integerOf(arguments, "status", 0));
  if (isGiven(arguments, "error_code"))
    filter.errorCode = static_cast<int>(integerOf(arguments, "error_code", 0));
  return filter;
}

ControlAnswer readJournal(ControlState& state, const ControlCall& call) {
  auto page = call.camera->journal().read(
      filterOf(call.query), static_cast<std::size_t>(integerOf(call.query, "limit", 100)),
      state.reveal, call.camera->profile().get());
  return {.body = Json::object({{"entries", asJson(std::move(page.entries))},
                                {"next", asInteger(page.next)},
                                {"dropped", asInteger(page.dropped)}})};
}

ControlAnswer countJournal(ControlState&, const ControlCall& call) {
  const auto counts = call.camera->journal().count(filterOf(call.query));
  return {.body = Json::object({{"recorded", asInteger(counts.recorded)},
                                {"kept", asInteger(counts.kept)},
                                {"bytes", asInteger(counts.bytes)},
                                {"matching", asInteger(counts.matching)},
                                {"by_method", asJson(counts.byMethod)},
                                {"by_module", asJson(counts.byModule)},
                                {"by_status", asJson(counts.byStatus)},
                                {"by_error_code", asJson(counts.byErrorCode)}})};
}

ControlAnswer waitForJournal(ControlState& state, const ControlCall& call) {
  Journal& journal = call.camera->journal();
  const Wait wait(state, journal);
  if (!wait.isAdmitted()) {
    ControlAnswer answer = refuse(
        429, "too_many_waits", "32 calls wait already, or the process is about to end; try again");
    answer.headers.emplace_back("Retry-After", "1");
    return answer;
  }
  const JournalFilter filter = filterOf(call.query);
  const auto count = static_cast<std::size_t>(integerOf(call.query, "count", 1));
  const std::int64_t timeout = integerOf(call.query, "timeout_ms", 5000);
  const std::size_t matching = journal.wait(filter, count, std::chrono::milliseconds(timeout));
  if (matching < count) {
    ControlAnswer answer =
        refuse(409, "not_seen",
               "after " + std::to_string(timeout) + " ms " + std::to_string(matching) + " of " +
                   std::to_string(count) + " have come: " + describe(call.query));
    answer.body.set("matching", asInteger(matching));
    return answer;
  }
  auto page = journal.read(filter, kEntriesOfAWait, state.reveal, call.camera->profile().get());
  if (filter.kind != "event") {
    std::erase_if(page.entries, [](const Json& entry) { return entry.find("event") != nullptr; });
  }
  return {.body = Json::object(
              {{"matching", asInteger(matching)}, {"entries", asJson(std::move(page.entries))}})};
}

ControlAnswer clearJournal(ControlState&, const ControlCall& call) {
  const auto kept = call.camera->journal().count({.since = kLargestCount}).kept;
  call.camera->journal().clear();
  return {.body = Json::object({{"dropped", asInteger(kept)}})};
}

ControlAnswer verifyJournal(ControlState& state, const ControlCall& call) {
  const auto result =
      verify(call.camera->journal(), call.body, *call.camera->profile(), state.reveal);
  if (!result) return refuse(400, "bad_body", result.error().detail);
  if (result->holds) return {.body = Json::object({{"verified", true}})};
  return {.status = 409,
          .body = Json::object(
              {{"verified", false}, {"differences", result->differences}, {"text", result->text}})};
}

}  // namespace stoklab::emulator
