// The register of tests, and how each of them is run: what it throws and what GoogleTest tells end
// up in the run.
#include "harness/requirement_test.h"

#include <exception>
#include <map>

#include "harness/message.h"
#include "harness/run.h"

namespace stoklab::conformance {
namespace {

std::vector<Registered>& tests() {
  static std::vector<Registered> all;
  return all;
}

std::map<std::string, Isolation>& isolations() {
  static std::map<std::string, Isolation> all;
  return all;
}

std::string baseName(const char* file) {
  const std::string path = file == nullptr ? "" : file;
  return path.substr(path.find_last_of('/') + 1);
}

class Listener : public testing::EmptyTestEventListener {
 public:
  void OnTestSuiteStart(const testing::TestSuite& suite) override {
    Run::current().enterSuite(suite.name());
  }
  void OnTestPartResult(const testing::TestPartResult& part) override {
    if (!part.failed()) return;
    const RawFinding raw = readMessage(part.message());
    Run& run = Run::current();
    run.note({run.redact(raw.what), run.redact(raw.expected), run.redact(raw.got),
              baseName(part.file_name()) + ":" + std::to_string(part.line_number())});
  }
  void OnTestSuiteEnd(const testing::TestSuite&) override { Run::current().leaveSuite(); }
};

}  // namespace

RegisterTest::RegisterTest(const char* slug, const char* suite, const char* test) {
  tests().push_back({slug, suite, test});
}

RegisterIsolation::RegisterIsolation(const char* suite, Isolation isolation) {
  isolations()[suite] = isolation;
}

const std::vector<Registered>& registeredTests() { return tests(); }

Isolation isolationOf(const std::string& suite) {
  const auto at = isolations().find(suite);
  return at == isolations().end() ? Isolation::shared : at->second;
}

Device& device() { return Run::current().device(); }

const ProtocolModel& profiled() {
  static const ProtocolModel kUsual;
  const DeviceModel* model = Run::current().model();
  return model == nullptr ? kUsual : model->protocol;
}

bool mayDisrupt() { return Run::current().mayDisrupt(); }

void judge(const std::string& slug, const std::function<void()>& body) {
  Run& run = Run::current();
  run.begin(slug);
  try {
    if (auto verdict = run.whyNot()) {
      run.conclude(*verdict);
    } else {
      body();
    }
  } catch (const NotApplicable& reason) {
    run.conclude({State::notApplicable, reason.what()});
  } catch (const NotAllowed& reason) {
    run.conclude({State::skipped, reason.what()});
  } catch (const Blocked& reason) {
    run.conclude({State::skipped, reason.what(), true});
  } catch (const Interrupted& reason) {
    run.stop({128 + reason.signal(), reason.what(), {}});
  } catch (const SafetyStop& reason) {
    run.stop({4, reason.what(), reason.secondsLeft()});
  } catch (const WireFailure& failure) {
    if (const int signal = run.signal(); signal != 0) {
      run.stop({128 + signal, Interrupted(signal).what(), {}});
      run.end();
      return;
    }
    run.noAnswer(failure);
    const bool fell = failure.layer() != Layer::http && run.emulatorFell(Run::Patience::aMoment);
    // A device that is gone cannot be judged any further.
    if (!fell && (failure.layer() == Layer::connect || failure.layer() == Layer::resolve)) {
      try {
        device().connect();
      } catch (const WireFailure& again) {
        run.stop({3, again.what(), {}});
      } catch (const std::exception& fault) {
        run.broke(fault.what());
      }
    }
  } catch (const std::exception& fault) {
    run.broke(fault.what());
  }
  run.end();
}

testing::TestEventListener* makeListener() { return new Listener; }

}  // namespace stoklab::conformance
