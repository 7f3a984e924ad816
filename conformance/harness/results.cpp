#include "harness/results.h"

#include <algorithm>
#include <map>

namespace stoklab::conformance {

std::string_view toText(State state) {
  switch (state) {
    case State::pass:
      return "pass";
    case State::fail:
      return "fail";
    case State::deviation:
      return "deviation";
    case State::unexpectedPass:
      return "unexpected-pass";
    case State::skipped:
      return "skipped";
    case State::notApplicable:
      return "not-applicable";
    case State::error:
      return "error";
  }
  return {};
}

std::string_view outcomeOf(const Result& result) {
  switch (result.state) {
    case State::pass:
      return "kept";
    case State::fail:
      return "not kept";
    case State::deviation:
      return "deviates as expected";
    case State::unexpectedPass:
      return "kept unexpectedly";
    case State::skipped:
      return result.blocked ? "not judged" : "skipped";
    case State::notApplicable:
      return "not applicable";
    case State::error:
      return "error of the judge";
  }
  return {};
}

bool isFailure(const Result& result) {
  return result.state == State::fail || result.state == State::deviation ||
         result.state == State::error;
}

Totals totalsOf(const Report& report) {
  Totals totals;
  for (const Result& result : report.results) {
    ++totals.all;
    if (result.blocked) ++totals.blocked;
    switch (result.state) {
      case State::pass:
        ++totals.pass;
        break;
      case State::fail:
        ++totals.fail;
        break;
      case State::deviation:
        ++totals.deviation;
        break;
      case State::unexpectedPass:
        ++totals.unexpectedPass;
        break;
      case State::skipped:
        ++totals.skipped;
        break;
      case State::notApplicable:
        ++totals.notApplicable;
        break;
      case State::error:
        ++totals.error;
        break;
    }
  }
  return totals;
}

int findingsIn(const std::vector<Notice>& notices) {
  return static_cast<int>(std::count_if(notices.begin(), notices.end(),
                                        [](const Notice& notice) { return notice.finding; }));
}

std::vector<std::pair<std::string, int>> reasonsNotRun(const Report& report) {
  std::map<std::string, int> counts;
  for (const Result& result : report.results) {
    if (result.state == State::skipped || result.state == State::notApplicable)
      ++counts[result.reason.text()];
  }
  std::vector<std::pair<std::string, int>> out(counts.begin(), counts.end());
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return out;
}

int exitCodeOf(const Report& report) {
  const Totals totals = totalsOf(report);
  if (!report.faults.empty() || totals.error > 0) return 5;
  if (report.stop && report.stop->exitCode == 4) return 4;
  if (report.stop) return report.stop->exitCode;
  if (totals.fail > 0 || totals.unexpectedPass > 0 || totals.blocked > 0) return 1;
  if (findingsIn(report.notices) > 0) return 1;
  if (totals.ran() == 0) return 6;
  return 0;
}

std::string verdictOf(const Report& report) {
  const Totals totals = totalsOf(report);
  if (!report.faults.empty()) return "the judge itself is at fault: " + report.faults.front();
  if (totals.error > 0) return "the judge itself broke; see the requirements marked error";
  if (report.stop) {
    std::string text = report.stop->reason;
    if (report.stop->secondsLeft)
      text += "; locked for another " + std::to_string(*report.stop->secondsLeft) + " s";
    return text;
  }
  if (totals.fail > 0) return "not all requirements are kept";
  if (totals.unexpectedPass > 0) return "some requirements are kept that were expected not to be";
  if (totals.blocked > 0) return "some requirements could not be judged";
  if (findingsIn(report.notices) > 0)
    return "the results are not as the expectations or the earlier report say";
  if (totals.ran() == 0) return "nothing was run";
  if (totals.deviation > 0) return "all requirements that ran are kept, or deviate as expected";
  return "all requirements that ran are kept";
}

}  // namespace stoklab::conformance
