#include "replay/timeline.h"

#include <algorithm>
#include <tuple>

#include "stoklab/fixtures/trace_match.h"

namespace stoklab::emulator {

using fixtures::Exchange;
using protocol::Json;

std::string recordedKey(const fixtures::TraceRequest& request) {
  return request.http + " " + fixtures::meaningOf(request.path, request.body);
}

std::int64_t errorCodeIn(const Json& body) {
  const Json* code = body.find("error_code");
  const auto* number = code == nullptr ? nullptr : code->integer();
  return number == nullptr ? 0 : *number;
}

bool changesState(const Exchange& exchange) {
  if (methodOf(exchange.request.body) == "get") return false;
  if (!exchange.reply) return true;
  return exchange.reply->status < 400 && errorCodeIn(exchange.reply->body) == 0;
}

Timeline::Timeline(const fixtures::Trace& trace, const std::vector<std::size_t>& indices) {
  for (const std::size_t index : indices) {
    const Exchange& exchange = trace.exchanges[index];
    steps_.push_back({.index = index,
                      .key = recordedKey(exchange.request),
                      .method = methodOf(exchange.request.body),
                      .subjects = subjectsOf(exchange.request.body),
                      .changes = changesState(exchange)});
    byKey_[steps_.back().key].push_back(steps_.size() - 1);
  }
}

const std::vector<std::size_t>* Timeline::placesOf(std::string_view key) const {
  const auto found = byKey_.find(key);
  return found == byKey_.end() ? nullptr : &found->second;
}

bool Position::touched(std::size_t from, std::size_t until,
                       const std::vector<Subject>& subjects) const {
  const auto& steps = timeline_->steps();
  for (std::size_t i = from; i < until; ++i)
    if (steps[i].changes && touch(steps[i].subjects, subjects)) return true;
  return false;
}

// A change of other modules may show as well (a mask on the lens turns much off), so the client
// has come as far as its furthest change; unless it has left out, or taken back, one that concerns
// what it asks for.
Position::Window Position::present(const std::vector<Subject>& subjects) const {
  std::size_t own = 0;
  for (const auto& [subject, behind] : made_)
    if (touch({subject}, subjects)) own = behind;
  const std::size_t from = own < passed_ && touched(own, passed_, subjects) ? own : passed_;

  const auto& steps = timeline_->steps();
  std::size_t until = from;
  for (; until < steps.size(); ++until) {
    if (!steps[until].changes) continue;
    // An action, such as one that keeps a session alive, concerns nothing but its own module.
    const bool concernsAll = steps[until].method != "do" && until >= passed_;
    if (concernsAll || touch(steps[until].subjects, subjects)) break;
  }
  return {from, until};
}

std::pair<std::size_t, bool> Position::chooseRead(const Places& places,
                                                  const Window& window) const {
  const auto& subjects = timeline_->steps()[places.front()].subjects;
  const auto later = std::lower_bound(places.begin(), places.end(), window.from);
  const bool hasEarlier = later != places.begin(), hasLater = later != places.end();
  if (hasEarlier && !touched(*(later - 1), window.from, subjects)) return {*(later - 1), true};
  if (hasLater) return {*later, !touched(window.from, *later, subjects)};
  return {places.back(), false};
}

std::size_t Position::chooseChange(const Places& places, const Window& window,
                                   std::optional<std::size_t> last) const {
  if (last && *last + 1 == window.from) return *last;  // made once more than recorded
  const auto later = std::lower_bound(places.begin(), places.end(), window.from);
  return later != places.end() ? *later : places.back();
}

std::optional<Position::Choice> Position::advance(std::string_view key) {
  const Places* places = timeline_->placesOf(key);
  if (places == nullptr) return std::nullopt;
  const auto known = last_.find(key);
  const auto last = known == last_.end() ? std::nullopt : std::optional(known->second);
  const auto& first = timeline_->steps()[places->front()];
  const Window window = present(first.subjects);

  std::size_t place = 0;
  bool shown = true;
  // The step that ends the window may be the very one that is asked for.
  const auto begin = std::lower_bound(places->begin(), places->end(), window.from);
  const auto end = std::upper_bound(begin, places->end(), window.until);
  if (begin != end) {
    const auto next = last ? std::upper_bound(begin, end, *last) : begin;
    const bool lastIsWithin = last && *last >= window.from && *last <= window.until;
    place = next != end ? *next : lastIsWithin ? *last : *begin;
  } else if (first.method == "get") {
    std::tie(place, shown) = chooseRead(*places, window);
  } else {
    place = chooseChange(*places, window, last);
  }
  last_.insert_or_assign(std::string(key), place);
  if (timeline_->steps()[place].changes) note(place);
  return Choice{.index = timeline_->steps()[place].index, .shown = shown};
}

void Position::note(std::size_t place) {
  passed_ = std::max(passed_, place + 1);
  for (const Subject& subject : timeline_->steps()[place].subjects) {
    std::erase_if(made_, [&](const auto& pair) { return pair.first == subject; });
    made_.emplace_back(subject, place + 1);
  }
}

}  // namespace stoklab::emulator
