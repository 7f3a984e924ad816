#include "options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

namespace stoklab::cli {

namespace {

// What all kinds of options have in common.
void describe(CLI::Option* added, const Option& option, bool showsDefault) {
  added->type_name(std::string(option.value));
  added->required(option.required);
  if (showsDefault) added->capture_default_str();
}

template <class Number>
void addNumber(CLI::App& command, const Option& option, Number& variable, Range<Number> range) {
  auto* added = command.add_option(std::string(option.name), variable, std::string(option.help));
  added->check(CLI::Range(range.smallest, range.largest).description(""));
  describe(added, option, variable >= range.smallest);
}

}  // namespace

void addOption(CLI::App& command, const Option& option, std::string& variable) {
  auto* added = command.add_option(std::string(option.name), variable, std::string(option.help));
  describe(added, option, !variable.empty());
}

void addOption(CLI::App& command, const Option& option, std::vector<std::string>& variable) {
  auto* added = command.add_option(std::string(option.name), variable, std::string(option.help));
  describe(added, option, !variable.empty());
}

void addOption(CLI::App& command, const Option& option, int& variable, Range<int> range) {
  addNumber(command, option, variable, range);
}

void addOption(CLI::App& command, const Option& option, double& variable, Range<double> range) {
  addNumber(command, option, variable, range);
}

void addFlag(CLI::App& command, const Option& option, bool& variable) {
  command.add_flag(std::string(option.name), variable, std::string(option.help));
}

namespace {

// "a, b or c"
std::string oneOf(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

}  // namespace

CLI::Validator indexOfWord(std::vector<std::string> words) {
  const auto toIndex = [words = std::move(words)](std::string& text) -> std::string {
    const auto found = std::find(words.begin(), words.end(), text);
    if (found == words.end()) return "takes " + oneOf(words) + ", and not \"" + text + "\"";
    text = std::to_string(found - words.begin());
    return {};
  };
  return CLI::Validator(toIndex, "");
}

void addChoice(CLI::App& command, const Option& option, const std::vector<std::string>& words,
               int& variable) {
  auto* added = command.add_option(std::string(option.name), variable, std::string(option.help));
  added->transform(indexOfWord(words));
  added->default_str(words.at(static_cast<std::size_t>(variable)));
  added->type_name(std::string(option.value));
}

void addConflict(CLI::App& command, const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = i + 1; j < names.size(); ++j) {
      command.get_option(names[i])->excludes(command.get_option(names[j]));
    }
  }
}

void addDependence(CLI::App& command, const std::vector<std::string>& names,
                   const std::string& needed) {
  for (const std::string& name : names) command.get_option(name)->needs(command.get_option(needed));
}

CLI::App& addNested(CLI::App& command, std::string_view name, std::string_view help) {
  command.require_subcommand(1);
  // The nested ones inherit it, and so find the options of the outer verb.
  command.fallthrough();
  return *command.add_subcommand(std::string(name), std::string(help));
}

bool isGiven(const CLI::App& nested) { return nested.parsed(); }

void addExample(CLI::App& nested, std::string_view lines) {
  nested.footer("Example:\n" + std::string(lines));
}

}  // namespace stoklab::cli
