#include "command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <exception>
#include <memory>
#include <ostream>
#include <span>
#include <utility>

#include "options.h"
#include "verb.h"

namespace stoklab::cli {

namespace {

constexpr std::string_view kAbout =
    "A camera emulator and protocol test harness for TP-Link VIGI cameras.\n"
    "Not affiliated with or endorsed by TP-Link.";

constexpr std::string_view kFooter =
    "Every option that takes a value can also be given as an environment variable, for instance\n"
    "--target as STOKLAB_TARGET, or in the file that --config names, in the section of its verb.\n"
    "\"stoklab VERB --help\" shows the options of a verb and an example.\n"
    "\n"
    "Exit codes: 0 as expected, 1 findings, 2 usage or configuration, 3 target unreachable or TLS\n"
    "failure, 4 stopped for safety, 5 fault of this program, 6 nothing was run.";

// "tls-pin" -> "STOKLAB_TLS_PIN"
std::string variableOf(std::string_view option) {
  std::string name = "STOKLAB_";
  for (const char c : option) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

// CLI11 lets a configuration file win over the environment; here it is the other way round, so
// that a file's entry is left out if the environment has one.
class ConfigBelowEnvironment : public CLI::ConfigTOML {
 public:
  explicit ConfigBelowEnvironment(const Console& console) : console_(console) {}

  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override {
    std::vector<CLI::ConfigItem> entries = CLI::ConfigTOML::from_config(input);
    const auto overruled = [this](const CLI::ConfigItem& item) {
      return console_.environment(variableOf(item.name).c_str()).has_value();
    };
    entries.erase(std::remove_if(entries.begin(), entries.end(), overruled), entries.end());
    return entries;
  }

 private:
  const Console& console_;
};

// Flags have none, nor have positional arguments.
bool hasVariable(const CLI::Option& option) {
  return !option.get_lnames().empty() && option.get_expected_max() > 0;
}

std::string variableOf(const CLI::Option& option) {
  return variableOf(option.get_lnames().front());
}

bool isAmong(const std::vector<std::string>& arguments, const CLI::Option& option) {
  const std::string name = "--" + option.get_lnames().front();
  return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& text) {
    return text == name || text.starts_with(name + "=");
  });
}

// Takes the defaults of all options of `command` that take a value from the environment, unless
// `arguments` have the option or one that excludes it.
void readEnvironment(CLI::App& command, const std::vector<std::string>& arguments,
                     const Console& console) {
  for (CLI::Option* option : command.get_options()) {
    if (!hasVariable(*option)) continue;
    const std::string variable = variableOf(*option);
    const auto value = console.environment(variable.c_str());
    if (!value || isAmong(arguments, *option)) continue;
    const auto rivals = option->get_excludes();
    if (std::any_of(rivals.begin(), rivals.end(),
                    [&](const CLI::Option* rival) { return isAmong(arguments, *rival); }))
      continue;
    for (const CLI::Option* rival : rivals) {
      if (hasVariable(*rival) && console.environment(variableOf(*rival).c_str()))
        throw CLI::ValidationError(variable, "excludes " + variableOf(*rival));
    }
    try {
      option->default_val(*value);
    } catch (const CLI::Error& error) {
      throw CLI::ValidationError(variable, error.what());
    }
  }
  for (CLI::App* nested : command.get_subcommands({})) readEnvironment(*nested, arguments, console);
}

// The number of characters to insert, remove or replace to get from `a` to `b`.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

std::string unknownVerb(std::string_view text) {
  std::string line = "\"" + std::string(text) + "\" is no verb";
  const auto all = verbs();
  const auto nearest = std::min_element(all.begin(), all.end(), [&](const Verb& a, const Verb& b) {
    return distance(text, a.name) < distance(text, b.name);
  });
  if (nearest != all.end() && distance(text, nearest->name) <= 2) {
    return line + "; did you mean \"" + std::string(nearest->name) + "\"?";
  }
  return line + "; \"stoklab --help\" lists them";
}

// The first argument that stands where the verb stands; empty if there is none.
std::string_view verbArgument(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--config") {
      ++i;
    } else if (!arguments[i].starts_with('-')) {
      return arguments[i];
    }
  }
  return {};
}

struct Declared {
  CLI::App* command;
  Run run;
};

// The verbs that these arguments can reach: only the first if it is one, for its options are all
// that counts then, and to declare every verb's takes longer than many verbs run. A file of options
// may name any.
std::span<const Verb> reachable(const std::vector<std::string>& arguments) {
  const std::span<const Verb> all = verbs();
  const bool file = std::any_of(arguments.begin(), arguments.end(), [](const std::string& text) {
    return text.starts_with("--config");
  });
  if (file || arguments.empty()) return all;
  const auto first = std::find_if(all.begin(), all.end(),
                                  [&](const Verb& verb) { return verb.name == arguments.front(); });
  return first == all.end() ? all : all.subspan(first - all.begin(), 1);
}

std::vector<Declared> declare(std::span<const Verb> verbs, CLI::App& app,
                              const std::vector<std::string>& arguments, Console& console) {
  std::vector<Declared> declared;
  for (const Verb& verb : verbs) {
    CLI::App* command = app.add_subcommand(std::string(verb.name), std::string(verb.summary));
    Run run = verb.declare(*command, console);
    // Some verbs have formats of their own.
    if (command->get_option_no_throw("--format") == nullptr) {
      command->add_option("--format", console.format, "how the answer is printed")
          ->transform(indexOfWord({"text", "json"}))
          ->type_name("text|json");
    }
    command->footer("Example:\n" + std::string(verb.example));
    if (verb.name == verbArgument(arguments)) readEnvironment(*command, arguments, console);
    declared.push_back({command, std::move(run)});
  }
  return declared;
}

ExitCode parseAndRun(CLI::App& app, const std::vector<std::string>& arguments, Console& console) {
  std::vector<Declared> declared;
  try {
    declared = declare(reachable(arguments), app, arguments, console);
    // CLI11 takes them from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& help) {
    app.exit(help, console.out, console.err);
    return ExitCode::asExpected;
  } catch (const CLI::ParseError& error) {
    const std::string verb(verbArgument(arguments));
    return complain(console, ExitCode::usage,
                    std::string(error.what()) + "; see stoklab " + verb +
                        (verb.empty() ? "--help" : " --help"));
  }
  for (const Declared& candidate : declared) {
    if (candidate.command->parsed()) return candidate.run();
  }
  return complain(console, ExitCode::usage, "no verb given; \"stoklab --help\" lists them");
}

}  // namespace

ExitCode runCommandLine(const std::vector<std::string>& arguments, Console& console) {
  CLI::App app{std::string(kAbout), "stoklab"};
  app.footer(std::string(kFooter));
  app.set_version_flag("--version", "stoklab " STOKLAB_VERSION);
  app.set_config("--config", "", "a file of options, one section a verb")->type_name("FILE");
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.config_formatter(std::make_shared<ConfigBelowEnvironment>(console));
  app.require_subcommand(0, 1);

  const std::string_view verb = verbArgument(arguments);
  const auto all = verbs();
  const bool known = std::any_of(all.begin(), all.end(),
                                 [&](const Verb& candidate) { return candidate.name == verb; });
  if (!verb.empty() && !known) return complain(console, ExitCode::usage, unknownVerb(verb));

  ExitCode code = ExitCode::fault;
  try {
    code = parseAndRun(app, arguments, console);
  } catch (const std::exception& error) {
    return complain(console, ExitCode::fault,
                    "this is a fault of stoklab, please report it: " + std::string(error.what()));
  }
  if (!console.out.flush()) {
    return complain(console, ExitCode::fault, "standard output cannot be written");
  }
  return code;
}

}  // namespace stoklab::cli
