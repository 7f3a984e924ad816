#include "actions.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace stoklab::emulator {

using fixtures::SectionKind;
using protocol::Json;

namespace {

Checked<Json> answerOfProfile(ActionContext&, const fixtures::Section& action, const Json&) {
  return action.answer;
}

RunAction findRow(std::string_view module, std::string_view action) {
  static const std::array kTables = {alarmActions(),  audioActions(),  playbackActions(),
                                     presetActions(), regionActions(), systemActions(),
                                     userActions()};
  for (const auto& table : kTables) {
    const auto row = std::find_if(table.begin(), table.end(), [&](const ActionRow& entry) {
      return entry.module == module && entry.action == action;
    });
    if (row != table.end()) return row->run;
  }
  return answerOfProfile;
}

bool meansNone(const Json& arguments) {
  return arguments.isNull() || (arguments.string() != nullptr && *arguments.string() == "null");
}

struct Step {
  const fixtures::Section* action;
  RunAction run;
  Json arguments;
};

Checked<std::vector<Step>> plan(const fixtures::Profile& profile, const Json& modules) {
  std::vector<Step> steps;
  for (const auto& module : *modules.members()) {
    if (profile.find(module.key) == nullptr) return Refusal{.kind = "module_unknown"};
    if (!module.value.isObject()) return Refusal{.kind = "module_not_object"};
    if (module.value.size() == 0) return Refusal{.kind = "argument_missing"};
    for (const auto& member : *module.value.members()) {
      const auto* action = profile.find(module.key, member.key);
      if (action == nullptr || action->kind != SectionKind::action)
        return Refusal{.kind = "action_unknown"};
      if (!meansNone(member.value) && !member.value.isObject())
        return Refusal{.kind = "section_argument_wrong"};
      steps.push_back({.action = action,
                       .run = findRow(module.key, member.key),
                       .arguments = meansNone(member.value) ? Json::object() : member.value});
    }
  }
  return steps;
}

// Answers of several actions lie in one object; those of one module share its member.
void merge(Json& into, const Json& answer) {
  for (const auto& member : *answer.members()) {
    Json* known = into.find(member.key);
    if (known != nullptr && known->isObject() && member.value.isObject())
      merge(*known, member.value);
    else
      into.set(member.key, member.value);
  }
}

}  // namespace

Checked<Json> performActions(ActionContext& context, const Json& modules) {
  auto steps = plan(context.profile, modules);
  if (!steps) return steps.refusal();
  Json answers = Json::object();
  for (const Step& step : *steps) {
    auto answer = step.run(context, *step.action, step.arguments);
    if (!answer) return answer.refusal();
    merge(answers, *answer);
  }
  return answers;
}

std::optional<std::string> argumentText(const Json& arguments, std::string_view name) {
  const Json* value = arguments.find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* text = value->string()) return *text;
  if (value->integer() != nullptr) return protocol::printJson(*value);
  return std::nullopt;
}

std::vector<std::string> argumentTexts(const Json& arguments, std::string_view name) {
  const Json* value = arguments.find(name);
  if (value == nullptr || !value->isArray()) {
    const auto one = argumentText(arguments, name);
    return one ? std::vector<std::string>{*one} : std::vector<std::string>{};
  }
  std::vector<std::string> texts;
  for (const Json& element : *value->elements()) {
    if (const auto* text = element.string())
      texts.push_back(*text);
    else
      texts.push_back(protocol::printJson(element));
  }
  return texts;
}

}  // namespace stoklab::emulator
