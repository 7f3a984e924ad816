#include <memory>
#include <ostream>
#include <string>

#include "options.h"
#include "recording_file.h"
#include "replaced_file.h"
#include "stoklab/fixtures/har.h"
#include "stoklab/fixtures/trace.h"
#include "verbs/trace_verbs.h"

namespace stoklab::cli {

namespace {

struct Options {
  std::string file = {};
  std::string origin = "https://camera.example";
  std::string out = {};
  bool har = false;
};

// "https://host" or "http://host:port", with nothing behind it.
bool isOrigin(std::string_view text) {
  const std::string_view scheme = text.starts_with("https://")  ? "https://"
                                  : text.starts_with("http://") ? "http://"
                                                                : "";
  if (scheme.empty()) return false;
  text.remove_prefix(scheme.size());
  if (text.ends_with('/')) text.remove_suffix(1);
  return !text.empty() && text.find_first_of("/?#@ \t\"\\%<>") == std::string_view::npos;
}

ExitCode run(const Options& options, Console& console) {
  if (!options.har)
    return complain(console, ExitCode::usage, "say into what: --har is what there is");
  if (!isOrigin(options.origin)) {
    return complain(console, ExitCode::usage,
                    "--origin must be like https://camera.example or http://192.0.2.7:8080");
  }
  const auto text = readWholeFile(console, options.file);
  if (!text) return complain(console, ExitCode::usage, text.error().detail);
  const auto trace = fixtures::parseTrace(*text, options.file);
  if (!trace) return complain(console, ExitCode::usage, trace.error().detail);

  const std::string har = fixtures::printHar(*trace, options.origin, STOKLAB_VERSION);
  if (options.out.empty()) {
    console.out << har;
  } else if (auto written = replaceFile(options.out, har); !written) {
    return complain(console, ExitCode::usage, written.error().detail);
  }
  return ExitCode::asExpected;
}

}  // namespace

Run declareTraceExport(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(command,
            {.name = "TRACE",
             .help = "a trace; - is standard input",
             .value = "TRACE|-",
             .required = true},
            options->file);
  addFlag(command,
          {.name = "--har", .help = "into a HAR 1.2, for developer tools, proxies and test tools"},
          options->har);
  addOption(command, {.name = "--origin", .help = "what every URL begins with", .value = "URL"},
            options->origin);
  addOption(
      command,
      {.name = "--out", .help = "the archive; else it goes to standard output", .value = "FILE"},
      options->out);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
