// The tests of requirements that are made from templates: GoogleTest learns of them while the
// program runs, because only then it is known which modules there are.
#include <map>
#include <stdexcept>

#include "harness/aspects.h"
#include "harness/requirement_test.h"

namespace stoklab::conformance {
namespace {

struct Body {
  std::string test;
  AspectBody run;
};

std::map<std::string, Body>& bodies() {
  static std::map<std::string, Body> all;
  return all;
}

class AspectTest : public testing::Test {
 public:
  AspectTest(std::string slug, std::function<void()> body)
      : slug_(std::move(slug)), body_(std::move(body)) {}
  void TestBody() override { judge(slug_, body_); }

 private:
  std::string slug_;
  std::function<void()> body_;
};

void addTest(const std::string& suite, const Body& body, const std::string& slug,
             const std::function<void()>& run) {
  const RegisterTest row(slug.c_str(), suite.c_str(), body.test.c_str());
  testing::RegisterTest(suite.c_str(), body.test.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                        [slug, run]() -> testing::Test* { return new AspectTest(slug, run); });
}

}  // namespace

RegisterAspect::RegisterAspect(const char* aspect, const char* test, AspectBody body) {
  bodies()[aspect] = {test, body};
}

void addAspectTests(const Spec& spec, const std::shared_ptr<const DeviceModel>& model) {
  for (const auto& [aspect, body] : bodies()) {
    if (findAspect(aspect) == nullptr) throw std::logic_error("there is no aspect " + aspect);
  }
  for (const Requirement& requirement : spec.requirements) {
    const auto body = bodies().find(requirement.aspect);
    if (body == bodies().end()) continue;
    if (requirement.module.empty()) {
      addTest("Settings", body->second, requirement.slug,
              [] { throw std::logic_error("a template is run"); });
      continue;
    }
    for (const ModuleModel& module : model->modules) {
      if (module.name != requirement.module) continue;
      addTest("Settings_" + module.name, body->second, requirement.slug,
              [model, &module, run = body->second.run] { run(module); });
    }
  }
}

}  // namespace stoklab::conformance
