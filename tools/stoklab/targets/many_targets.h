// `--targets FILE`: what a verb does to one device, done to many.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "connection.h"
#include "options.h"
#include "output.h"
#include "stoklab/client/session.h"
#include "stoklab/fixtures/targets.h"
#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::cli {

struct TargetsOptions {
  std::string file = {};  // empty: one device, as ever
  int jobs = 8;
};

// --targets and --jobs, which exclude --target.
void addTargetsOptions(CLI::App& command, TargetsOptions& options);

// "-" is standard input. Fails with ErrorKind::malformed; the detail names the file.
protocol::Result<std::vector<fixtures::ListedTarget>> readTargets(const std::string& file,
                                                                  Console& console);

// What became of one device.
struct TargetReport {
  enum class Outcome {
    done,
    doneBefore,  // by an earlier run
    failed,
    notBegun,  // its password was refused elsewhere, or somebody ended the run
  };
  Outcome outcome = Outcome::notBegun;
  ExitCode code = ExitCode::asExpected;
  std::string message = {};    // of what failed, as the verb says it for one device
  protocol::Json values = {};  // what the verb printed
};

// How a verb goes about one device. Both are called from several threads.
struct TargetTask {
  // What is known without asking the device; nullopt: nothing is.
  std::function<std::optional<TargetReport>(const fixtures::ListedTarget&)> before = {};
  // As for withSession(); prints its values on the console it gets, as a document with `key`.
  std::function<ExitCode(const fixtures::ListedTarget&, client::Session&, Console&)> work;
  std::string key = {};    // "set" or "values"
  std::string title = {};  // "set image.switch.flicker"
};

// `targets` are those of readTargets(). Connects to each, logs in once, works, logs out; at most
// `jobs` at once. A password that a device has refused is tried on no further one. Progress goes to
// standard error, a line for each device to standard output. Ctrl-C begins nothing more and
// finishes what is under way.
ExitCode withEachTarget(const TargetsOptions& options,
                        const std::vector<fixtures::ListedTarget>& targets,
                        const ConnectionOptions& connection, Console& console,
                        const TargetTask& task);

}  // namespace stoklab::cli
