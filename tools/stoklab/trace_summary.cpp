#include "trace_summary.h"

#include <algorithm>

namespace stoklab::cli {

using fixtures::Exchange;
using std::chrono::milliseconds;

namespace {

// The nearest rank: the smallest value that `percent` of all do not pass.
milliseconds percentile(const std::vector<milliseconds>& sorted, std::size_t percent) {
  return sorted[(sorted.size() * percent + 99) / 100 - 1];
}

std::optional<DurationSummary> durationsOf(const fixtures::Trace& trace) {
  std::vector<milliseconds> all;
  for (const Exchange& each : trace.exchanges) {
    if (each.duration) all.push_back(*each.duration);
  }
  if (all.empty()) return std::nullopt;
  std::sort(all.begin(), all.end());
  return DurationSummary{.count = all.size(),
                         .median = percentile(all, 50),
                         .ninety = percentile(all, 90),
                         .ninetyNine = percentile(all, 99),
                         .longest = all.back()};
}

void countSession(const Exchange& exchange, std::vector<SessionSummary>& sessions) {
  if (exchange.session.empty()) return;
  auto found = std::find_if(sessions.begin(), sessions.end(), [&](const SessionSummary& each) {
    return each.label == exchange.session;
  });
  if (found == sessions.end()) {
    sessions.push_back({.label = exchange.session, .first = exchange.at, .last = exchange.at});
    found = sessions.end() - 1;
  }
  ++found->exchanges;
  found->first = std::min(found->first, exchange.at);
  found->last = std::max(found->last, exchange.at);
}

// What a request is called that has no method or asks for nothing that has a name.
std::string methodName(const fixtures::TraceRequest& request) {
  return request.method.empty() ? request.http + " " + request.path : request.method;
}

}  // namespace

TraceSummary summaryOf(const fixtures::Trace& trace) {
  TraceSummary summary;
  summary.exchanges = trace.exchanges.size();
  for (const Exchange& each : trace.exchanges) {
    summary.span = std::max(summary.span, each.at);
    countSession(each, summary.sessions);
    const std::string method = methodName(each.request);
    ++summary.methods[method];
    for (const std::string& asked : each.request.asks) ++summary.requests[method + " " + asked];
    if (!each.reply) {
      ++summary.withoutAnswer;
      continue;
    }
    ++summary.statuses[each.reply->status];
    const protocol::Json* code = each.reply->body.find("error_code");
    if (code != nullptr && code->integer() != nullptr) ++summary.codes[*code->integer()];
  }
  summary.durations = durationsOf(trace);
  return summary;
}

}  // namespace stoklab::cli
