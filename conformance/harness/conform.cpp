// The front door: options in, reports and an exit code out. Nothing thrown passes it.
#include "stoklab/conformance/conform.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>
#include <tuple>

#include "harness/aspects.h"
#include "harness/baseline.h"
#include "harness/device_model.h"
#include "harness/expectations.h"
#include "harness/reports.h"
#include "harness/requirement_test.h"
#include "harness/run.h"
#include "harness/spec.h"
#include "harness/target.h"

namespace stoklab::conformance {
namespace {

// Nobody knows which modules a template stands for while no profile is named, so whoever asks for
// one of them gets the template, and with it the reason.
bool isSelected(const Requirement& requirement, const std::vector<std::string>& prefixes) {
  const bool isTemplate = !requirement.aspect.empty() && requirement.module.empty();
  const std::string area = requirement.slug.substr(0, requirement.slug.find('-') + 1);
  return prefixes.empty() ||
         std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
           return requirement.slug.rfind(prefix, 0) == 0 ||
                  (isTemplate && prefix.rfind(area, 0) == 0);
         });
}

std::vector<std::string> testedSlugs() {
  std::vector<std::string> slugs;
  for (const Registered& test : registeredTests()) slugs.push_back(test.slug);
  return slugs;
}

// The specification with what it says about the modules of a profile. Throws ModelError.
std::pair<Spec, std::shared_ptr<const DeviceModel>> specFor(const NamedText& profile) {
  std::shared_ptr<const DeviceModel> model;
  if (!profile.text.empty())
    model = std::make_shared<DeviceModel>(readDeviceModel(profile.text, profile.name));
  Spec spec = builtInSpec();
  expandTemplates(spec, model.get());
  return {std::move(spec), std::move(model)};
}

// The specification, and what is wrong with it or with how the suites fit it.
std::pair<Spec, std::vector<std::string>> checkedSpec(const NamedText& profile) {
  auto [spec, model] = specFor(profile);
  addAspectTests(spec, model);
  std::vector<std::string> faults = spec.faults;
  const auto slugs = testedSlugs();
  for (std::string& fault : checkCoverage(spec, slugs)) faults.push_back(std::move(fault));
  return {std::move(spec), std::move(faults)};
}

// "text, junit or json"
std::string oneOf(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

std::string usageError(const ConformOptions& options) {
  if (options.target && !parseTarget(*options.target))
    return "'" + *options.target + "' is no target: expected https://host[:port]";
  if (!options.target && options.emulatorCommand.empty())
    return "no target, and no emulator to start";
  if (options.target && options.allow != Tier::readOnly && options.journalFile.empty())
    return "there is no place for a journal of the changes";
  if (options.target && options.allow == Tier::disruptive && options.deviceId.empty())
    return "--allow disruptive needs --device-id, so that no other device is disturbed: the MAC on "
           "its label, or the SHA-256 of its certificate";
  if (options.allowFailedLogins < 0) return "--allow-failed-logins cannot be negative";
  std::error_code ignored;
  if (std::filesystem::is_regular_file(options.writeExpectations, ignored))
    return options.writeExpectations +
           " is there already, and expectations are not updated silently: write them to another "
           "file and compare the two, or remove this one";
  for (const ReportRequest& request : options.reports) {
    const auto kinds = reportKinds();
    if (std::find(kinds.begin(), kinds.end(), request.kind) == kinds.end())
      return "'" + request.kind + "' is no kind of report: expected " + oneOf(kinds);
    if (request.file.empty()) return "--report " + request.kind + "= names no file";
  }
  return {};
}

// Writes to a temporary name and renames, so that nobody reads half a report. Returns what went
// wrong.
std::string writeFile(const std::string& file, const std::string& text) {
  const std::filesystem::path path(file);
  // A pipe or a device (/dev/stdout) cannot be replaced by renaming.
  std::error_code ignored;
  const bool replaceable =
      !std::filesystem::exists(path, ignored) || std::filesystem::is_regular_file(path, ignored);
  const std::filesystem::path written = replaceable ? path.string() + ".part" : path.string();
  {
    std::ofstream out(written, std::ios::binary);
    out << text;
    out.flush();
    if (!out) return "cannot write " + file + ": " + std::strerror(errno);
  }
  std::error_code error;
  if (replaceable) std::filesystem::rename(written, path, error);
  return error ? "cannot write " + file + ": " + error.message() : std::string();
}

void writeReports(const ConformOptions& options, Report& report, std::ostream& out) {
  for (const ReportRequest& request : options.reports) {
    if (request.file == "-") continue;
    for (const ReportKind& kind : reportWriters()) {
      if (kind.name != request.kind) continue;
      std::ostringstream text;
      kind.write(report, text);
      if (std::string problem = writeFile(request.file, text.str()); !problem.empty())
        report.faults.push_back(std::move(problem));
    }
  }
  bool written = false;
  for (const ReportRequest& request : options.reports) {
    for (const ReportKind& kind : reportWriters()) {
      if (request.file != "-" || kind.name != request.kind) continue;
      kind.write(report, out);
      written = true;
    }
  }
  if (written) return;
  if (options.format == Format::json) {
    writeJson(report, out);
  } else {
    writeText(report, {options.quiet, options.colour}, out);
  }
}

// GoogleTest with an argument vector of its own, no output of its own, and no say for the
// environment (GTEST_FILTER and its like would bend a verdict).
void prepareGoogleTest(const std::string& filter) {
  for (const char* name :
       {"GTEST_FILTER", "GTEST_OUTPUT", "GTEST_REPEAT", "GTEST_SHUFFLE", "GTEST_TOTAL_SHARDS",
        "GTEST_SHARD_INDEX", "GTEST_SHARD_STATUS_FILE", "GTEST_FAIL_FAST", "GTEST_BREAK_ON_FAILURE",
        "XML_OUTPUT_FILE", "TEST_PREMATURE_EXIT_FILE", "TESTBRIDGE_TEST_ONLY"})
    ::unsetenv(name);
  int count = 1;
  std::string name = "stoklab";
  char* arguments[] = {name.data(), nullptr};
  testing::InitGoogleMock(&count, arguments);
  GTEST_FLAG_SET(filter, filter);
  GTEST_FLAG_SET(output, "");
  GTEST_FLAG_SET(catch_exceptions, true);
  auto& listeners = testing::UnitTest::GetInstance()->listeners();
  delete listeners.Release(listeners.default_result_printer());
  listeners.Append(makeListener());
}

std::string filterFor(const std::vector<Requirement>& selected) {
  std::string filter;
  for (const Registered& test : registeredTests()) {
    const bool wanted = std::any_of(selected.begin(), selected.end(),
                                    [&](const Requirement& r) { return r.slug == test.slug; });
    if (wanted) filter += (filter.empty() ? "" : ":") + test.suite + "." + test.test;
  }
  return filter;
}

Report judgeTarget(const ConformOptions& options, const std::vector<Requirement>& selected,
                   std::ostream& err) {
  Run run(options, selected, options.progress ? &err : nullptr);
  std::vector<std::string> faults;
  try {
    run.reachTarget();
    prepareGoogleTest(filterFor(selected));
    // The result tree says more than this number does.
    if (RUN_ALL_TESTS() != 0 && testing::UnitTest::GetInstance()->test_to_run_count() == 0)
      faults.emplace_back("GoogleTest found nothing to run");
  } catch (const WireFailure& failure) {
    if (const int signal = run.signal(); signal != 0) {
      run.stopBefore({128 + signal, Interrupted(signal).what(), {}});
    } else {
      run.stopBefore({3, "cannot reach the target: " + std::string(failure.what()), {}});
    }
  } catch (const SafetyStop& stop) {
    run.stopBefore({4, stop.what(), stop.secondsLeft()});
  } catch (const Interrupted& interrupted) {
    run.stopBefore({128 + interrupted.signal(), interrupted.what(), {}});
  } catch (const std::exception& fault) {
    faults.push_back(run.redact(fault.what()).text());
  }
  Report report = run.finish();
  for (std::string& fault : faults) report.faults.push_back(std::move(fault));
  if (report.stop || !report.faults.empty()) {
    for (Result& result : report.results) {
      if (result.blocked && result.reason.text() == "not reached") result.blocked = false;
    }
  }
  return report;
}

}  // namespace

namespace {

// What is compared with the results, read before anything is done to a device.
struct Comparisons {
  Expectations expectations;
  std::vector<Baseline> baselines;
};

Comparisons readComparisons(const ConformOptions& options) {
  Comparisons comparisons{parseExpectations(options.expectations), {}};
  for (const NamedText& file : options.baselines)
    comparisons.baselines.push_back(parseBaseline(file));
  return comparisons;
}

Report judgeSelected(const ConformOptions& options, const Comparisons& comparisons,
                     std::ostream& err) {
  Report report;
  report.target = options.target.value_or("own emulator");
  report.profile = options.profile.name;
  auto [spec, faults] = checkedSpec(options.profile);
  if (!faults.empty()) {
    report.faults = std::move(faults);
    return report;
  }
  std::vector<Requirement> selected;
  for (const Requirement& requirement : spec.requirements) {
    if (requirement.notTested.empty() && isSelected(requirement, options.select))
      selected.push_back(requirement);
  }
  if (selected.empty()) return report;
  report = judgeTarget(options, selected, err);
  const Expectations& expected = comparisons.expectations;
  if (!options.writeExpectations.empty()) {
    const std::string text = expectationsFor(report, expected, options.today);
    if (std::string problem = writeFile(options.writeExpectations, text); !problem.empty())
      report.faults.push_back(std::move(problem));
  }
  applyExpectations(expected, spec, options.today, report);
  compareWithBaselines(comparisons.baselines, spec, report);
  return report;
}

}  // namespace

int conform(const ConformOptions& options, std::ostream& out, std::ostream& err) {
  const auto unusable = [&](const std::string& problem) {
    err << "stoklab conform: " << problem << '\n';
    return 2;
  };
  if (const std::string problem = usageError(options); !problem.empty()) return unusable(problem);
  Comparisons comparisons;
  try {
    comparisons = readComparisons(options);
  } catch (const std::runtime_error& problem) {
    return unusable(problem.what());
  }
  Report report;
  report.target = options.target.value_or("own emulator");
  report.profile = options.profile.name;
  try {
    std::signal(SIGPIPE, SIG_IGN);
    report = judgeSelected(options, comparisons, err);
  } catch (const std::exception& fault) {
    report.faults.emplace_back(fault.what());
  }
  try {
    writeReports(options, report, out);
  } catch (const std::exception& fault) {
    report.faults.emplace_back(fault.what());
  }
  const int code = exitCodeOf(report);
  if (code != 0) err << "stoklab conform: " << verdictOf(report) << '\n';
  return code;
}

int restoreSettings(const ConformOptions& options, std::ostream& out, std::ostream& err) {
  const auto stopped = [&](int code, const std::string& why) {
    err << "stoklab conform --restore: " << why << '\n';
    return code;
  };
  if (!options.target || !parseTarget(*options.target))
    return stopped(2, "name the device with --target https://host[:port]");
  std::signal(SIGPIPE, SIG_IGN);
  Run run(options, {}, nullptr);
  try {
    std::vector<PendingChange> changes;
    {
      const JournalFile journal(options.journalFile, *options.target);
      changes = journal.pending();
    }
    if (changes.empty()) {
      out << "nothing to restore on " << *options.target << '\n';
      return 0;
    }
    const auto failed = run.restoreTarget(changes);
    for (const std::string& problem : failed) err << run.redact(problem).text() << '\n';
    out << changes.size() - failed.size() << " of " << changes.size()
        << " changes of an earlier run "
        << "are undone on " << *options.target << '\n';
    return failed.empty() ? 0 : 1;
  } catch (const JournalBusy& busy) {
    return stopped(4, busy.what());
  } catch (const SafetyStop& stop) {
    return stopped(4, run.redact(stop.what()).text());
  } catch (const WireFailure& failure) {
    return stopped(3, run.redact(failure.what()).text());
  } catch (const Blocked& blocked) {
    return stopped(1, run.redact(blocked.what()).text());
  } catch (const std::exception& fault) {
    return stopped(5, run.redact(fault.what()).text());
  }
}

int listRequirements(const ConformOptions& options, std::ostream& out, std::ostream& err) {
  Spec spec;
  std::vector<std::string> faults;
  try {
    std::tie(spec, faults) = checkedSpec(options.profile);
  } catch (const ModelError& error) {
    faults.emplace_back(error.what());
  }
  for (const std::string& fault : faults) err << "fault of the judge: " << fault << '\n';
  if (!faults.empty()) return 5;
  std::vector<Requirement> selected;
  for (const Requirement& requirement : spec.requirements) {
    if (isSelected(requirement, options.select)) selected.push_back(requirement);
  }
  if (options.format == Format::json) {
    writeListJson(selected, out);
  } else {
    writeList(selected, out);
  }
  if (!selected.empty()) return 0;
  err << "no requirement begins with that\n";
  return 6;
}

int explainRequirement(const std::string& slug, const NamedText& profile, std::ostream& out,
                       std::ostream& err) {
  Spec spec;
  try {
    spec = specFor(profile).first;
  } catch (const ModelError& error) {
    err << "fault of the judge: " << error.what() << '\n';
    return 5;
  }
  const Requirement* requirement = spec.find(slug);
  if (requirement == nullptr) {
    err << "there is no requirement " << slug << "; see stoklab conform --list\n";
    return 2;
  }
  writeExplanation(*requirement, out);
  return 0;
}

bool isRequirement(const std::string& slug) {
  return slug.find('-') != std::string::npos &&
         std::any_of(areas().begin(), areas().end(),
                     [&](const auto& area) { return slug.rfind(area.first, 0) == 0; });
}

std::vector<std::string> reportKinds() {
  std::vector<std::string> kinds;
  for (const ReportKind& kind : reportWriters()) kinds.emplace_back(kind.name);
  return kinds;
}

}  // namespace stoklab::conformance
