#include <algorithm>
#include <memory>
#include <string>

#include "connection.h"
#include "failure.h"
#include "options.h"
#include "stoklab/protocol/device_code.h"
#include "survey.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

using protocol::Json;

namespace {

struct Options {
  ConnectionOptions connection;
  std::string profile{fixtures::kDefaultProfile};
  int maxRequests = 500;
};

void printText(Console& console, const Survey& survey) {
  std::string refused;
  for (const SurveyedModule& module : survey.modules) {
    std::string offered;
    for (const SurveyedSection& section : module.sections) {
      if (section.errorCode == 0) {
        offered += " " + section.name;
      } else {
        refused += "  " + module.name + "." + section.name + "  " +
                   protocol::describeDeviceCode(section.errorCode) + "\n";
      }
    }
    if (!offered.empty()) console.out << module.name << ":" << offered << "\n";
  }
  if (!refused.empty()) console.out << "not offered:\n" << refused;
}

Json documentOf(const Survey& survey) {
  Json modules = Json::object();
  for (const SurveyedModule& module : survey.modules) {
    Json& sections = modules.set(module.name, Json::object());
    for (const SurveyedSection& section : module.sections) {
      sections.set(section.name, section.errorCode);
    }
  }
  return Json::object({{"requests", survey.requests},
                       {"complete", survey.complete},
                       {"error_codes", std::move(modules)}});
}

bool offersAnything(const Survey& survey) {
  return std::any_of(survey.modules.begin(), survey.modules.end(), [](const auto& module) {
    return std::any_of(module.sections.begin(), module.sections.end(),
                       [](const auto& section) { return section.errorCode == 0; });
  });
}

ExitCode print(Console& console, const Survey& survey) {
  if (console.format == Format::json) {
    printDocument(console, documentOf(survey));
  } else {
    printText(console, survey);
  }
  if (!survey.complete) {
    return complain(console, ExitCode::safety,
                    "stopped after " + std::to_string(survey.requests) +
                        " requests, so the list is not complete; --max-requests allows more");
  }
  return offersAnything(survey) ? ExitCode::asExpected : ExitCode::findings;
}

ExitCode run(const Options& options, Console& console) {
  const auto profile = fixtures::findProfile(options.profile);
  if (!profile) return complain(console, ExitCode::usage, profile.error().detail);
  return withSession(
      options.connection, console, Afterwards::logOut, [&](client::Session& session) {
        const auto survey = surveyDevice(
            *profile, options.maxRequests,
            [&](const protocol::Request& request) { return session.exchange(request); });
        if (!survey) return report(console, survey.error(), During::command, "modules");
        return print(console, *survey);
      });
}

}  // namespace

Run declareModules(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addSessionOptions(command, options->connection);
  addOption(command,
            {.name = "--profile", .help = "the catalogue of what to ask for", .value = "NAME|FILE"},
            options->profile);
  addOption(command,
            {.name = "--max-requests", .help = "stop after this many requests", .value = "N"},
            options->maxRequests, kPositive);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
