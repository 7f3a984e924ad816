#include "survey.h"

#include <optional>
#include <utility>

#include "selection.h"

namespace stoklab::cli {

using protocol::ErrorKind;
using protocol::SettingPath;

namespace {

// A missing section in an otherwise good answer is not offered either; the protocol's own number
// for that is "unsupported command".
constexpr int kNotInTheAnswer = -40106;

class Surveyor {
 public:
  Surveyor(const fixtures::Profile& catalogue, int budget, const Ask& ask)
      : catalogue_(catalogue), budget_(budget), ask_(ask) {}

  protocol::Result<Survey> run() {
    for (const fixtures::Module& module : catalogue_.modules) {
      if (auto done = look(module); !done) return done.error();
    }
    return std::move(survey_);
  }

 private:
  protocol::Result<void> look(const fixtures::Module& module) {
    std::vector<SettingPath> paths;
    for (const fixtures::Section& section : module.sections) {
      if (section.kind != fixtures::SectionKind::action)
        paths.push_back({module.name, section.name});
    }
    if (paths.empty()) return {};

    SurveyedModule found{.name = module.name, .sections = {}};
    if (auto all = read(paths, found); !all) return all.error();
    const bool refused = found.sections.empty();
    for (std::size_t i = 0; refused && i < paths.size(); ++i) {
      if (auto one = read({paths[i]}, found); !one) return one.error();
    }
    if (!found.sections.empty()) survey_.modules.push_back(std::move(found));
    return {};
  }

  // Appends what the device says about `paths`; nothing if it refuses several at once, since it
  // may take some of them.
  protocol::Result<void> read(const std::vector<SettingPath>& paths, SurveyedModule& found) {
    if (survey_.requests >= budget_) {
      survey_.complete = false;
      return {};
    }
    const auto request = requestFor(paths, catalogue_);
    if (!request) return request.error();
    ++survey_.requests;
    const auto reply = ask_(*request);
    if (!reply) return reply.error();
    if (!reply->ok() && paths.size() > 1) return {};
    for (const SettingPath& path : paths) {
      const bool answered = reply->body.at({path.module, path.section}) != nullptr;
      const int code = reply->ok() && !answered ? kNotInTheAnswer : reply->errorCode;
      found.sections.push_back({path.section, code});
    }
    return {};
  }

  const fixtures::Profile& catalogue_;
  int budget_;
  const Ask& ask_;
  Survey survey_;
};

}  // namespace

protocol::Result<Survey> surveyDevice(const fixtures::Profile& catalogue, int maxRequests,
                                      const Ask& ask) {
  return Surveyor(catalogue, maxRequests, ask).run();
}

}  // namespace stoklab::cli
