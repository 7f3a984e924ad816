// stoklab trace import and export: what they write, where, and how they end. What becomes of each
// exporter's files is compared in the library.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "program_run.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

namespace {

const std::string kToken = "0123456789abcdef0123456789abcdef";

std::string entry(const std::string& path, const std::string& body, const std::string& reply) {
  using protocol::Json;
  return printJson(Json::object(
      {{"startedDateTime", "2026-11-25T10:00:00Z"},
       {"time", 5},
       {"request", Json::object({{"method", "POST"},
                                 {"url", "https://192.0.2.7" + path},
                                 {"headers", Json::array()},
                                 {"postData", Json::object({{"text", body}})}})},
       {"response", Json::object({{"status", 200},
                                  {"headers", Json::array()},
                                  {"content", Json::object({{"size", 1}, {"text", reply}})}})}}));
}

std::string archive(const std::string& entries) {
  return R"({"log":{"version":"1.2","creator":{"name":"Test","version":"1"},"entries":[)" +
         entries + "]}}";
}

std::string conversation() {
  return archive(
      entry("/", R"({"method":"do","login":{"username":"admin","password":"c2VjcmV0cw"}})",
            R"({"error_code":0,"stok":")" + kToken + "\"}") +
      "," +
      entry("/stok=" + kToken + "/ds", R"({"method":"get","system":{"name":["sys"]}})",
            R"({"system":{"sys":{"dev_alias":"Garden%20gate","mac":"00-00-5E-00-53-2A"}},)"
            R"("error_code":0})"));
}

std::string contentOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A directory of its own, which goes with the test.
class TraceImport : public ::testing::Test {
 protected:
  TraceImport() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    directory_ = fs::path(::testing::TempDir()) /
                 (std::string("trace_import_") + info->name() + std::to_string(::getpid()));
    fs::create_directories(directory_);
  }
  ~TraceImport() override { fs::remove_all(directory_); }

  std::string file(const std::string& name) const { return (directory_ / name).string(); }

  std::string written(const std::string& name, const std::string& content) const {
    std::ofstream(file(name), std::ios::binary) << content;
    return file(name);
  }

 private:
  fs::path directory_;
};

}  // namespace

TEST_F(TraceImport, WritesATraceAndSaysWhatItDid) {
  const std::string har = written("a.har", conversation());
  const ProgramRun run({"trace", "import", har, "--out", file("a.json"), "--note", "made up"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr("imported 2 exchanges of 1 session with 192.0.2.7"));
  EXPECT_THAT(run.err, HasSubstr("masked values: "));
  EXPECT_THAT(run.err, HasSubstr("written: "));
  const std::string trace = contentOf(file("a.json"));
  EXPECT_THAT(trace, HasSubstr("\"method\": \"har\""));
  EXPECT_THAT(trace, HasSubstr("\"exporter\": \"Test 1\""));
  EXPECT_THAT(trace, HasSubstr("\"date\": \"2026-11-25\""));
  EXPECT_THAT(trace, HasSubstr("\"note\": \"made up\""));
  for (const std::string& secret : {kToken, std::string("c2VjcmV0cw"), std::string("Garden")}) {
    EXPECT_THAT(trace, Not(HasSubstr(secret)));
    EXPECT_THAT(run.err, Not(HasSubstr(secret)));
  }
  EXPECT_EQ(ProgramRun({"trace", "fmt", "--check", file("a.json")}).code, 0);
}

TEST_F(TraceImport, WritesToStandardOutputUnlessToldWhere) {
  const ProgramRun run({"trace", "import", written("a.har", conversation())});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, StartsWith("{\n  \"schema_version\": 1"));
  EXPECT_THAT(run.err, HasSubstr("imported 2 exchanges"));
}

TEST_F(TraceImport, ReportsAsADocument) {
  const ProgramRun run({"trace", "import", written("a.har", conversation()), "--out",
                        file("a.json"), "--format", "json"});
  EXPECT_EQ(run.code, 0) << run.err;
  const auto document = protocol::parseJson(run.out);
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(*document->find("exchanges"), protocol::Json(2));
  EXPECT_EQ(*document->find("format"), protocol::Json("har"));
}

TEST_F(TraceImport, KeepsAFieldForAReason) {
  const std::string har = written("a.har", conversation());
  const ProgramRun run({"trace", "import", har, "--keep", "system.sys.dev_alias=a made-up name"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("Garden%20gate"));
  EXPECT_THAT(run.out, HasSubstr("\"reason\": \"a made-up name\""));
  for (const char* keep : {"system.sys.dev_alias", "system.sys.dev_alias=", "stok=why not"}) {
    const ProgramRun refused({"trace", "import", har, "--keep", keep, "--out", file("no.json")});
    EXPECT_EQ(refused.code, 2) << keep;
    EXPECT_THAT(refused.err, HasSubstr("--keep: ")) << keep;
  }
  EXPECT_FALSE(fs::exists(file("no.json")));
}

TEST_F(TraceImport, WritesNothingIfASecretWouldSurvive) {
  const std::string har = written("a.har", conversation());
  const ProgramRun run(
      {"trace", "import", har, "--out", file("a.json"), "--note", "the token was " + kToken});
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.err, HasSubstr("nothing was written"));
  EXPECT_THAT(run.err, Not(HasSubstr(kToken)));
  EXPECT_FALSE(fs::exists(file("a.json")));
}

TEST_F(TraceImport, EndsWith6IfNothingIsOfTheProtocol) {
  const std::string har = written(
      "a.har", archive(R"({"request":{"method":"GET","url":"https://192.0.2.7/a.js"},)"
                       R"("response":{"status":200}},{"request":{"url":"wss://192.0.2.7/x"}})"));
  const ProgramRun run({"trace", "import", har, "--out", file("a.json")});
  EXPECT_EQ(run.code, 6);
  EXPECT_THAT(run.err, HasSubstr("no exchange of the protocol is in it"));
  EXPECT_THAT(run.err, HasSubstr("1 static file, 1 web socket"));
  EXPECT_FALSE(fs::exists(file("a.json")));

  const ProgramRun other(
      {"trace", "import", written("b.har", conversation()), "--host", "192.0.2.9"});
  EXPECT_EQ(other.code, 6);
  EXPECT_THAT(other.err, HasSubstr("with 192.0.2.9; found instead: 2 other host"));
}

TEST_F(TraceImport, EndsWith2AndAPlaceIfTheFileIsBad) {
  const ProgramRun cut({"trace", "import", written("a.har", conversation().substr(0, 90))});
  EXPECT_EQ(cut.code, 2);
  EXPECT_THAT(cut.err, HasSubstr("a.har: not JSON: "));
  EXPECT_THAT(cut.err, HasSubstr("line 1, column "));
  const ProgramRun directory({"trace", "import", file("")});
  EXPECT_EQ(directory.code, 2);
  EXPECT_THAT(directory.err, HasSubstr("it is a directory"));
  const ProgramRun missing({"trace", "import", file("none.har")});
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr("No such file"));
  const ProgramRun nowhere({"trace", "import", written("b.har", conversation()), "--out",
                            file("no/such/directory/a.json")});
  EXPECT_EQ(nowhere.code, 2);
}

TEST_F(TraceImport, ReadsCurlCommands) {
  const std::string commands =
      "curl 'https://192.0.2.7/stok=" + kToken +
      "/ds' --data-raw '{\"method\":\"get\",\"led\":{\"name\":[\"config\"]}}'\n";
  const ProgramRun run({"trace", "import", written("c.txt", commands)});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("\"method\": \"curl\""));
  EXPECT_THAT(run.out, HasSubstr("\"asks\": [\"led.config\"]"));
  EXPECT_THAT(run.err, HasSubstr("note: curl commands hold no replies"));
  const ProgramRun asHar({"trace", "import", file("c.txt"), "--format-in", "har"});
  EXPECT_EQ(asHar.code, 2);
  EXPECT_THAT(asHar.err, HasSubstr("line 1, column 1"));
}

TEST_F(TraceImport, UndoesAnExport) {
  const std::string har = written("a.har", conversation());
  ASSERT_EQ(ProgramRun({"trace", "import", har, "--out", file("a.json")}).code, 0);
  const ProgramRun exported({"trace", "export", "--har", file("a.json"), "--origin",
                             "https://192.0.2.7:8443", "--out", file("b.har")});
  EXPECT_EQ(exported.code, 0) << exported.err;
  const std::string archived = contentOf(file("b.har"));
  EXPECT_THAT(archived, HasSubstr("https://192.0.2.7:8443/stok=%7Bstok%7D/ds"));
  ASSERT_EQ(ProgramRun({"trace", "import", file("b.har"), "--out", file("b.json")}).code, 0);
  const auto exchanges = [](const std::string& text) {
    return text.substr(text.find("exchanges"));
  };
  EXPECT_EQ(exchanges(contentOf(file("b.json"))), exchanges(contentOf(file("a.json"))));
}

TEST_F(TraceImport, RefusesToExportWithoutSense) {
  const std::string har = written("a.har", conversation());
  ASSERT_EQ(ProgramRun({"trace", "import", har, "--out", file("a.json")}).code, 0);
  EXPECT_EQ(ProgramRun({"trace", "export", file("a.json")}).code, 2);
  EXPECT_EQ(ProgramRun({"trace", "export", "--har", har}).code, 2);
  for (const char* origin :
       {"camera", "ftp://camera", "https://", "https://camera/path", "https://a b"})
    EXPECT_EQ(ProgramRun({"trace", "export", "--har", file("a.json"), "--origin", origin}).code, 2)
        << origin;
}

}  // namespace stoklab::cli
