#include "drift/operand.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "calendar.h"
#include "dump/dump.h"
#include "interruption.h"
#include "stoklab/fixtures/drift_trace.h"
#include "stoklab/fixtures/trace.h"

namespace stoklab::cli {

using protocol::Result;

namespace {

bool ships(const std::string& name) {
  const auto names = fixtures::builtInProfiles();
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Whether a file looks like a trace: the key that traces have and profiles do not stands in it.
bool looksLikeTrace(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return text.find("\"exchanges\"") != std::string::npos &&
         text.find("\"bad_requests\"") == std::string::npos;
}

DriftOperand operandOf(fixtures::Profile profile, std::string_view origin,
                       const std::string& name) {
  DriftOperand operand{.profile = std::move(profile)};
  operand.subject = fixtures::driftSubject(operand.profile, origin);
  operand.subject.name = name;
  return operand;
}

}  // namespace

bool isUrl(const std::string& text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

Result<DriftOperand> readDriftOperand(const std::string& text) {
  if (ships(text)) return operandOf(fixtures::builtInProfile(text).value(), "profile", text);
  std::error_code error;
  if (!std::filesystem::is_regular_file(text, error))
    return protocol::malformed(fixtures::builtInProfileText(text).error().detail +
                               "; and there is no such file of a profile or a trace");
  // The name of a file stands in reports that people share; the folders before it do not belong
  // there.
  const std::string name = std::filesystem::path(text).filename().string();
  if (!looksLikeTrace(text)) {
    auto profile = fixtures::readProfile(text);
    if (!profile) return std::move(profile).error();
    return operandOf(*std::move(profile), "file", name);
  }
  const auto trace = fixtures::readTrace(text);
  if (!trace) return trace.error();
  fixtures::TracedDevice device = fixtures::tracedDevice(*trace);
  DriftOperand operand{.subject = fixtures::driftSubject(*trace, device)};
  operand.subject.name = name;
  operand.profile = std::move(device.profile);
  operand.knowledge = std::move(device.knowledge);
  return operand;
}

std::variant<DriftOperand, ExitCode> dumpDriftOperand(const std::string& url,
                                                      ConnectionOptions access, Console& console) {
  const auto target = parseTarget(url);
  if (!target) return complain(console, ExitCode::usage, target.error().detail);
  access.target = url;
  const Interruption interruption;
  dump::DumpOptions options{.today = today(), .interrupted = &interruption.signal()};
  if (target->isLoopback()) options.rate = 0;
  auto dumped = dump::dumpTarget(access, options, console);
  if (const auto* code = std::get_if<ExitCode>(&dumped)) return *code;
  auto& found = std::get<dump::Dump>(dumped);
  for (const std::string& sentence : found.report.notes) note(console, sentence);
  DriftOperand operand = operandOf(std::move(found.profile), "device", target->text());
  operand.subject.date = options.today;
  operand.subject.dateMeans = "read";
  return operand;
}

}  // namespace stoklab::cli
