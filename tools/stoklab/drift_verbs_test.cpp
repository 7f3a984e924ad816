// "stoklab diff", "stoklab check" and "stoklab explain RULE", on files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>

#include "program_run.h"
#include "stoklab/emulator/emulated_camera.h"
#include "stoklab/fixtures/drift.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/fixtures/trace.h"

namespace stoklab::cli {

using fixtures::Profile;
using protocol::Json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

namespace fs = std::filesystem;

fixtures::Section& section(Profile& profile, std::string_view module, std::string_view name) {
  for (auto& each : profile.modules)
    for (auto& found : each.sections)
      if (each.name == module && found.name == name) return found;
  ADD_FAILURE() << module << "." << name;
  static fixtures::Section none;
  return none;
}

class DriftVerbs : public testing::Test {
 protected:
  DriftVerbs() { fs::create_directories(directory_); }
  ~DriftVerbs() override { fs::remove_all(directory_); }

  std::string path(const std::string& name) const { return (directory_ / name).string(); }
  std::string file(const std::string& name, std::string_view content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }
  static std::string read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  // The default profile, changed.
  std::string profile(const std::string& name, const std::function<void(Profile&)>& change) const {
    Profile changed = fixtures::builtInProfile(fixtures::kDefaultProfile).value();
    change(changed);
    return file(name, fixtures::printProfile(changed));
  }
  std::string newer() const {
    return profile("newer.json", [](Profile& p) {
      p.identity.firmware = "2.4.0 Build 270101 Rel.1n";
      section(p, "image", "switch").rules["flicker"].allowed = {"60hz"};
      section(p, "image", "switch").fields.erase("rotate_type");
      section(p, "image", "switch").rules.erase("rotate_type");
      p.authentication.challengeStatus.value = 200;
    });
  }

  const std::string older_ = std::string(fixtures::kDefaultProfile);
  const fs::path directory_ =
      fs::path(testing::TempDir()) / ("stoklab-drift-verbs-" + std::to_string(::getpid()));
};

const std::string kTrace = std::string(STOKLAB_TRACES) + "/c350_hw1.0_fw2.3.2_read_and_change.json";

}  // namespace

TEST_F(DriftVerbs, DiffOfAProfileWithItselfFindsNothing) {
  const ProgramRun run({"diff", older_, older_, "--values"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("No difference was found."));
}

TEST_F(DriftVerbs, DiffLabelsBothSidesAndSaysWhatBreaks) {
  const ProgramRun run({"diff", older_, newer()});
  EXPECT_EQ(run.code, 1) << run.err;
  EXPECT_THAT(run.out,
              AllOf(HasSubstr("before  c350_hw1.0_fw2.3.2 (profile): VIGI C350"),
                    HasSubstr("after   newer.json (file)"), HasSubstr("firmware build 2027-01-01"),
                    HasSubstr("field-removed  image.switch.rotate_type"),
                    HasSubstr("enum-member-removed  image.switch.flicker"),
                    HasSubstr("stoklab set 'image.switch.flicker=50hz' --target https://CAMERA"),
                    HasSubstr("2 breaking, 1 warning, 1 info")));
}

TEST_F(DriftVerbs, DiffFailsByTheLevelThatWasAskedFor) {
  const std::string mild =
      profile("mild.json", [](Profile& p) { p.authentication.challengeStatus.value = 200; });
  EXPECT_EQ(ProgramRun({"diff", older_, mild}).code, 0);
  EXPECT_EQ(ProgramRun({"diff", older_, mild, "--fail-on", "warning"}).code, 1);
  EXPECT_EQ(ProgramRun({"diff", older_, mild, "--fail-on", "info"}).code, 1);
  EXPECT_EQ(ProgramRun({"diff", older_, newer(), "--fail-on", "never"}).code, 0);
  EXPECT_EQ(ProgramRun({"diff", older_, mild, "--fail-on", "everything"}).code, 2);
}

TEST_F(DriftVerbs, DiffWritesEveryFormatTheSameEachTime) {
  const std::string after = newer();
  for (const char* format : {"text", "json", "markdown", "html", "github", "junit"}) {
    SCOPED_TRACE(format);
    const ProgramRun run({"diff", older_, after, "--format", format});
    EXPECT_EQ(run.code, 1) << run.err;
    EXPECT_THAT(run.out, HasSubstr("flicker"));
    EXPECT_EQ(run.out, ProgramRun({"diff", older_, after, "--format", format}).out);
  }
}

TEST_F(DriftVerbs, DiffAsJsonSatisfiesTheSchema) {
  const ProgramRun run({"diff", older_, newer(), "--format", "json", "--used-by", kTrace});
  const auto document = protocol::parseJson(run.out);
  ASSERT_TRUE(document) << run.out;
  const auto valid = fixtures::checkDriftDocument(*document);
  EXPECT_TRUE(valid) << valid.error().detail;
  EXPECT_EQ(*document->at({"after", "firmware"}), Json("2.4.0 Build 270101 Rel.1n"));
}

TEST_F(DriftVerbs, DiffLetsNothingOfADeviceBecomeMarkup) {
  const std::string evil = profile("evil.json", [](Profile& p) {
    p.identity.model = "<script>alert(1)</script> @everybody";
    section(p, "image", "switch").rules["flicker"].allowed = {"50hz", "60hz",
                                                              "]]>\n::error::x\x1b[1m"};
  });
  EXPECT_THAT(ProgramRun({"diff", older_, evil, "--format", "html"}).out,
              AllOf(Not(HasSubstr("<script")), HasSubstr("&lt;script&gt;")));
  EXPECT_THAT(ProgramRun({"diff", older_, evil, "--format", "markdown"}).out,
              AllOf(Not(HasSubstr("<script")), Not(HasSubstr("@everybody"))));
  EXPECT_THAT(ProgramRun({"diff", older_, evil, "--format", "junit"}).out,
              AllOf(Not(HasSubstr("<script")), Not(HasSubstr("\x1b")), Not(HasSubstr("]]>"))));
  EXPECT_THAT(ProgramRun({"diff", older_, evil, "--format", "github"}).out,
              Not(HasSubstr("\n::error::x")));
  EXPECT_THAT(ProgramRun({"diff", older_, evil}).out, Not(HasSubstr("\x1b")));
}

TEST_F(DriftVerbs, DiffWritesItsReportToAFile) {
  const ProgramRun run({"diff", older_, newer(), "--format", "html", "--out", path("drift.html")});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr("The report is in"));
  EXPECT_THAT(read(path("drift.html")), StartsWith("<!DOCTYPE html>"));
  EXPECT_EQ(ProgramRun({"diff", older_, newer(), "--out", path("none/drift.html")}).code, 2);
}

TEST_F(DriftVerbs, DiffAcceptsWhatWasWrittenDownAndSaysWhatIsNotNeeded) {
  const std::string accept = path("accept.json");
  const ProgramRun written({"diff", older_, newer(), "--write-accept", accept, "--reason",
                            "the vendor says so", "--expires", "2999-12-31"});
  EXPECT_EQ(written.code, 1);
  EXPECT_THAT(written.err, HasSubstr("accepts 4 findings"));
  const ProgramRun accepted({"diff", older_, newer(), "--accept", accept});
  EXPECT_EQ(accepted.code, 0) << accepted.out;
  EXPECT_THAT(accepted.out, AllOf(HasSubstr("Every difference that was found is accepted."),
                                  HasSubstr("the vendor says so (until 2999-12-31)")));
  const ProgramRun unused({"diff", older_, older_, "--accept", accept});
  EXPECT_EQ(unused.code, 0);
  EXPECT_THAT(unused.err, HasSubstr("take it out of the file"));
}

TEST_F(DriftVerbs, DiffDoesNotAcceptWhatHasExpired) {
  const std::string accept = path("accept.json");
  ProgramRun({"diff", older_, newer(), "--write-accept", accept, "--reason", "x", "--expires",
              "2020-01-31"});
  const ProgramRun run({"diff", older_, newer(), "--accept", accept});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.err, HasSubstr("expired on 2020-01-31"));
}

TEST_F(DriftVerbs, DiffSaysWhatIsWrongWithItsInput) {
  const std::string broken = file("broken.json", "{");
  const std::string strange = file("strange.json", R"({"schema_version":1,"accepted":[],"who":1})");
  const auto says = [](const std::vector<std::string>& arguments, const char* message) {
    const ProgramRun run(arguments);
    EXPECT_EQ(run.code, 2) << run.out;
    EXPECT_THAT(run.err, HasSubstr(message));
  };
  says({"diff", older_}, "B is required");
  says({"diff", older_, "no_such_profile"}, "no such file of a profile or a trace");
  says({"diff", older_, directory_.string()}, "no such file of a profile or a trace");
  says({"diff", broken, older_}, "broken.json");
  says({"diff", older_, older_, "--accept", strange}, "strange.json");
  says({"diff", older_, older_, "--accept", path("missing.json")}, "missing.json");
  says({"diff", older_, older_, "--used-by", path("missing.json")}, "no such file");
  says({"diff", older_, older_, "--write-accept", path("a.json")}, "--reason");
  says({"diff", older_, older_, "--write-accept", path("a.json"), "--reason", "x", "--expires",
        "2027-02-30"},
       "no such day");
  says({"diff", older_, older_, "--reason", "x"}, "--write-accept");
}

TEST_F(DriftVerbs, DiffTellsAClientWhichOfItsCallsAreAffected) {
  const ProgramRun run({"diff", older_, newer(), "--used-by", kTrace});
  EXPECT_THAT(run.out, AllOf(HasSubstr("affected (1 trace)"), HasSubstr("get image.switch")));
  EXPECT_EQ(run.code, 1);
  // Of a module that the client does not know, nothing breaks it.
  const std::string other = profile("other.json", [](Profile& p) {
    std::erase_if(p.modules, [](const auto& module) { return module.name == "ROI"; });
  });
  EXPECT_EQ(ProgramRun({"diff", older_, other}).code, 1);
  const ProgramRun unaffected({"diff", older_, other, "--used-by", kTrace});
  EXPECT_EQ(unaffected.code, 0) << unaffected.out;
  EXPECT_THAT(unaffected.out, HasSubstr("lowered because the client does not use it"));
}

TEST_F(DriftVerbs, DiffTakesATraceForWhatWasSeenOfADevice) {
  const ProgramRun same({"diff", older_, kTrace, "--fail-on", "info"});
  EXPECT_EQ(same.code, 0) << same.out;
  EXPECT_THAT(same.out, HasSubstr("(trace)"));
  const ProgramRun changed({"diff", kTrace, newer()});
  EXPECT_EQ(changed.code, 1);
  EXPECT_THAT(changed.out, HasSubstr("field-removed  image.switch.rotate_type"));
}

TEST_F(DriftVerbs, DiffReadsADeviceWithOneLogin) {
  emulator::SystemClock clock;
  emulator::SeededRandom random(1);
  Profile changed = fixtures::builtInProfile(fixtures::kDefaultProfile).value();
  changed.authentication.challengeStatus.value = 200;
  section(changed, "image", "switch").fields.erase("rotate_type");
  section(changed, "image", "switch").rules.erase("rotate_type");
  const auto camera = emulator::EmulatedCamera::start(
      std::make_shared<const Profile>(changed),
      {.device = {.account = {.username = "admin", .password = "correct horse"}}},
      {.clock = clock, .random = random});
  ASSERT_TRUE(camera);
  const ProgramRun run(
      {"diff", older_, (*camera)->url(), "--format", "json"},
      {{"STOKLAB_PASSWORD", "correct horse"}, {"XDG_STATE_HOME", directory_.string()}});
  EXPECT_EQ(run.code, 1) << run.err;
  const auto document = protocol::parseJson(run.out);
  ASSERT_TRUE(document) << run.err;
  EXPECT_EQ(*document->at({"after", "origin"}), Json("device"));
  EXPECT_THAT(run.out, AllOf(HasSubstr("field-removed"), HasSubstr("challenge-status-changed"),
                             Not(HasSubstr("correct horse"))));
  EXPECT_EQ(document->find("findings")->size(), 2u) << run.out;
  (*camera)->stop(std::chrono::milliseconds(0));
}

TEST_F(DriftVerbs, DiffSaysWhichDeviceCannotBeReached) {
  EXPECT_EQ(ProgramRun({"diff", older_, "https://"}).code, 2);
  const ProgramRun run({"diff", older_, "https://127.0.0.1:1"},
                       {{"STOKLAB_PASSWORD", "x"}, {"XDG_STATE_HOME", directory_.string()}});
  EXPECT_EQ(run.code, 3) << run.err;
}

TEST_F(DriftVerbs, ExplainKnowsRulesAndFaults) {
  for (const char* id : {"field-removed", "scheme-changed", "value-changed"}) {
    SCOPED_TRACE(id);
    const ProgramRun run({"explain", id});
    EXPECT_EQ(run.code, 0);
    EXPECT_THAT(run.out, AllOf(HasSubstr(std::string(fixtures::findDriftRule(id)->meaning)),
                               HasSubstr("level: ")));
  }
  EXPECT_THAT(ProgramRun({"explain", "field-removed"}).out,
              HasSubstr("with the sides swapped: field-added"));
  EXPECT_THAT(ProgramRun({"explain", "dead-token-status-200"}).out, HasSubstr("breaks:"));
  EXPECT_THAT(ProgramRun({"explain", "fault:code"}).out, HasSubstr(R"({"code":-40109})"));
  EXPECT_THAT(ProgramRun({"explain", "fault:all"}).out, HasSubstr("certificate (TLS): "));
  EXPECT_EQ(ProgramRun({"explain", "fault:no-such"}).code, 2);
  EXPECT_EQ(ProgramRun({"explain", "no-such-rule"}).code, 2);
}

TEST_F(DriftVerbs, CheckFindsThatAClientWorksWithTheFirmwareItWasRecordedWith) {
  for (const char* name : {"read_and_change", "web_ui", "web_ui_browser", "tables", "refusals"}) {
    SCOPED_TRACE(name);
    const std::string trace = std::string(STOKLAB_TRACES) + "/c350_hw1.0_fw2.3.2_" + name + ".json";
    const ProgramRun run({"check", "--client-trace", trace, "--profile", older_});
    EXPECT_EQ(run.code, 0) << run.out;
    EXPECT_THAT(run.out, StartsWith("0 of "));
  }
}

TEST_F(DriftVerbs, CheckSaysWhichRequestsFailAndHow) {
  const std::string after = newer();
  const ProgramRun run({"check", "--client-trace", kTrace, "--profile", after});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, AllOf(HasSubstr("HTTP status: recorded 401, now 200"),
                             HasSubstr("image.switch.rotate_type"), HasSubstr("now missing"),
                             HasSubstr("VIGI C350, firmware 2.4.0")));
  const ProgramRun json(
      {"check", "--client-trace", kTrace, "--profile", after, "--format", "json"});
  const auto document = protocol::parseJson(json.out);
  ASSERT_TRUE(document);
  EXPECT_EQ(*document->find("schema_version"), Json(1));
  EXPECT_GE(*document->find("fails")->integer(), 2);
  EXPECT_THAT(
      ProgramRun({"check", "--client-trace", kTrace, "--profile", after, "--format", "junit"}).out,
      HasSubstr("<failure message="));
}

TEST_F(DriftVerbs, CheckRunsNothingInASessionThatDoesNotOpen) {
  const std::string after =
      profile("type_one.json", [](Profile& p) { p.authentication.encryptTypes.value = {"1"}; });
  const ProgramRun run({"check", "--client-trace", kTrace, "--profile", after});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, AllOf(HasSubstr("as type 2, which the device does not offer"),
                             HasSubstr("not run: "), HasSubstr("could not be run")));
}

TEST_F(DriftVerbs, CheckHashesThePasswordAsTheRecordedClientDid) {
  const std::string after = profile("org_auth.json", [](Profile& p) {
    p.authentication.passwordTransform.value = fixtures::PasswordTransform::orgAuthPwd;
    p.authentication.passwdType.value = "";
  });
  const ProgramRun run({"check", "--client-trace", kTrace, "--profile", after});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, AllOf(HasSubstr("error_code: recorded 0, now -40401"),
                             HasSubstr("its session could not be opened")));
}

TEST_F(DriftVerbs, CheckNeedsSomethingToCheck) {
  const std::string empty = file(
      "empty.json",
      R"({"schema_version":1,"source":{"method":"hand"},"redaction":{"policy":"none"},"exchanges":[]})");
  EXPECT_EQ(ProgramRun({"check", "--client-trace", empty, "--profile", older_}).code, 6);
  EXPECT_EQ(ProgramRun({"check", "--client-trace", path("none"), "--profile", older_}).code, 2);
  EXPECT_EQ(ProgramRun({"check", "--client-trace", empty, "--profile", "none"}).code, 2);
}

}  // namespace stoklab::cli
