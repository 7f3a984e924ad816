// How a verb declares its options: the few things that verbs ask of CLI11, so that they need not
// include it. CLI11 is a library of headers, and each file that includes it compiles all of it:
// half a minute with sanitizers on. Only command_line.cpp and options.cpp do.
//
// The one thing not to get wrong: a variable given here must live until the verb has run.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Validator;
}  // namespace CLI

namespace stoklab::cli {

// One option ("--timeout") or, without the dashes, one positional argument ("PATH"). What the
// variable holds when the option is declared is its default, and is shown by --help unless empty.
struct Option {
  std::string_view name;
  std::string_view help;
  std::string_view value = {};  // what stands for the value in the help: "SECONDS"
  bool required = false;
};

void addOption(CLI::App& command, const Option& option, std::string& variable);
// May be given several times, or with several values.
void addOption(CLI::App& command, const Option& option, std::vector<std::string>& variable);

template <class Number>
struct Range {
  Number smallest, largest;
};
constexpr Range<int> kNotNegative{0, std::numeric_limits<int>::max()};
constexpr Range<int> kPositive{1, std::numeric_limits<int>::max()};
constexpr Range<int> kPort{0, 65535};

void addOption(CLI::App& command, const Option& option, int& variable, Range<int> range);
void addOption(CLI::App& command, const Option& option, double& variable, Range<double> range);

// An option without a value.
void addFlag(CLI::App& command, const Option& option, bool& variable);

// A word out of a list: `variable` becomes the index of the one that was given.
void addChoice(CLI::App& command, const Option& option, const std::vector<std::string>& words,
               int& variable);
// What it is made of: turns a word into its index, for an option of any type that takes one.
CLI::Validator indexOfWord(std::vector<std::string> words);

// At most one of these options, which have been declared, may be given.
void addConflict(CLI::App& command, const std::vector<std::string>& names);

// Each of `names` may be given only together with `needed`; all have been declared.
void addDependence(CLI::App& command, const std::vector<std::string>& names,
                   const std::string& needed);

// A verb within the verb, such as "list" of "profile list"; the options of the outer verb may
// follow it too. Exactly one of those that are added must be given.
CLI::App& addNested(CLI::App& command, std::string_view name, std::string_view help);
bool isGiven(const CLI::App& nested);

// Lines that work as they stand, shown below the help of a nested verb.
void addExample(CLI::App& nested, std::string_view lines);

}  // namespace stoklab::cli
