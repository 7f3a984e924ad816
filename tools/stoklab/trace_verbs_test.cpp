// "stoklab trace ...", on files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "program_run.h"
#include "stoklab/protocol/device_code.h"

namespace stoklab::cli {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

namespace fs = std::filesystem;

// A directory of its own for each test.
class TraceVerbs : public testing::Test {
 protected:
  TraceVerbs() { fs::create_directories(directory_); }
  ~TraceVerbs() override { fs::remove_all(directory_); }

  std::string file(const std::string& name, std::string_view content) const {
    const fs::path path = directory_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }

  static std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  const fs::path directory_ =
      fs::path(testing::TempDir()) / ("stoklab-trace-verbs-" + std::to_string(::getpid()));
};

constexpr std::string_view kCanonical = R"({
  "schema_version": 1,
  "source": {"method": "hand"},
  "redaction": {"policy": "none"},
  "exchanges": [
  ],
  "dropped": {}
}
)";
constexpr std::string_view kCompact =
    R"({"schema_version":1,"source":{"method":"hand"},"redaction":{"policy":"none"},"exchanges":[]})";

constexpr std::string_view kConversation = R"({
  "schema_version": 1,
  "source": {
    "device": {"model": "VIGI C350", "hardware": "1.0", "firmware": "2.3.2"},
    "profile": "c350_hw1.0_fw2.3.2",
    "date": "2026-11-25",
    "method": "har",
    "exporter": "WebInspector 537.36",
    "note": "made up, and told at such length that it does not fit into a single line of a hundred columns"
  },
  "redaction": {"policy": "structure-1"},
  "exchanges": [
    {
      "at_ms": 0,
      "request": {
        "http": "POST",
        "path": "/",
        "method": "do",
        "asks": ["user_management.get_encrypt_info"],
        "body": {"method": "do", "user_management": {"get_encrypt_info": null}}
      },
      "reply": {
        "status": 401,
        "body": {"error_code": -40401, "data": {"code": -40407, "key": "{key}", "nonce": "{nonce}"}}
      },
      "duration_ms": 12
    },
    {
      "at_ms": 1500,
      "session": "s1",
      "request": {
        "http": "POST",
        "path": "/stok={stok}/ds",
        "method": "set",
        "asks": ["image.switch"],
        "body": {"method": "set", "image": {"switch": {"flicker": "50%68z"}}}
      },
      "reply": {"status": 200, "body": {"error_code": 0}},
      "duration_ms": 8
    },
    {
      "at_ms": 1600,
      "session": "s1",
      "request": {
        "http": "POST",
        "path": "/stok={stok}/ds",
        "method": "get",
        "asks": ["image.switch"],
        "body": {"method": "get", "image": {"name": "switch"}}
      },
      "reply": null
    }
  ],
  "dropped": {"static file": 41}
}
)";

}  // namespace

TEST_F(TraceVerbs, AreListedInTheHelpAndHaveAnExampleEach) {
  EXPECT_THAT(ProgramRun({"trace", "--help"}).out, HasSubstr("fmt"));
  EXPECT_THAT(ProgramRun({"trace", "fmt", "--help"}).out,
              AllOf(HasSubstr("Example:\nstoklab trace fmt"), HasSubstr("--check")));
}

TEST_F(TraceVerbs, FailAsUsageWithoutAVerbOrAFile) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"trace"},
                                             {"trace", "frobnicate"},
                                             {"trace", "fmt"},
                                             {"trace", "fmt", "--chekc", "x"}}) {
    SCOPED_TRACE(testing::PrintToString(arguments));
    const ProgramRun run(arguments);
    EXPECT_EQ(run.code, 2);
    EXPECT_THAT(run.err, AllOf(StartsWith("error: "), HasSubstr("--help")));
  }
}

TEST_F(TraceVerbs, FmtRewritesWhatIsNotCanonicalAndNamesIt) {
  const std::string good = file("good.json", kCanonical);
  const std::string bad = file("bad.json", kCompact);
  const ProgramRun run({"trace", "fmt", good, bad});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, bad + "\n");
  EXPECT_EQ(read(bad), kCanonical);
  EXPECT_EQ(read(good), kCanonical);
  EXPECT_EQ(ProgramRun({"trace", "fmt", "--check", good, bad}).code, 0);
}

TEST_F(TraceVerbs, FmtChecksWithoutChanging) {
  const std::string bad = file("bad.json", kCompact);
  const ProgramRun run({"trace", "fmt", "--check", bad});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.out, bad + "\n");
  EXPECT_THAT(run.err, HasSubstr("stoklab trace fmt"));
  EXPECT_EQ(read(bad), kCompact);
}

TEST_F(TraceVerbs, FmtTellsAProgramToo) {
  const std::string good = file("good.json", kCanonical);
  const std::string bad = file("bad.json", kCompact);
  const std::string broken = file("broken.json", "{");
  const ProgramRun run({"trace", "fmt", "--check", good, bad, broken, "--format", "json"});
  EXPECT_EQ(run.code, 2);
  const auto document = protocol::parseJson(run.out);
  ASSERT_TRUE(document) << run.out;
  const auto& files = *document->find("files")->elements();
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(*document->find("schema_version")->integer(), 1);
  EXPECT_EQ(*files[0].find("state")->string(), "canonical");
  EXPECT_EQ(*files[1].find("state")->string(), "differs");
  EXPECT_EQ(*files[2].find("state")->string(), "error");
  EXPECT_EQ(*files[2].find("file")->string(), broken);
}

TEST_F(TraceVerbs, FmtLeavesAFileAloneThatItCannotRead) {
  for (const char* content : {"", "{", "[]", R"({"log":{"entries":[]}})",
                              R"({"schema_version":1,"exchanges":[],"colour":"red"})"}) {
    SCOPED_TRACE(content);
    const std::string path = file("broken.json", content);
    const ProgramRun run({"trace", "fmt", path});
    EXPECT_EQ(run.code, 2);
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err, StartsWith("error: " + path + ": "));
    EXPECT_EQ(read(path), content);
  }
  EXPECT_EQ(ProgramRun({"trace", "fmt", (directory_ / "missing").string()}).code, 2);
  EXPECT_EQ(ProgramRun({"trace", "fmt", directory_.string()}).code, 2);
}

TEST_F(TraceVerbs, FmtDoesTheOthersWhenOneIsBroken) {
  const std::string broken = file("broken.json", "{");
  const std::string bad = file("bad.json", kCompact);
  const ProgramRun run({"trace", "fmt", broken, bad});
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(run.out, bad + "\n");
  EXPECT_EQ(read(bad), kCanonical);
}

TEST_F(TraceVerbs, ShowPrintsAConversation) {
  const ProgramRun run({"trace", "show", file("trace.json", kConversation)});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, R"(device     VIGI C350, hardware 1.0, firmware 2.3.2
profile    c350_hw1.0_fw2.3.2
recorded   2026-11-25, method har, WebInspector 537.36
redaction  structure-1
note       made up, and told at such length that it does not fit into a single line of a hundred
           columns

    0.000       --> do user_management.get_encrypt_info
   +0.012       <-- 401 -40401 EUNAUTH, data -40407 ESYSCLIENTNORMAL (no session yet; the normal ...

    1.500  s1   --> set image.switch  flicker=50hz
   +0.008       <-- 200 ok

    1.600  s1   --> get image.switch
                <-- no answer
)");
}

TEST_F(TraceVerbs, ShowKeepsToTheWidth) {
  const ProgramRun run({"trace", "show", file("trace.json", kConversation), "--width", "40"});
  EXPECT_THAT(run.out, HasSubstr("    0.000       --> do user_managemen...\n"));
  EXPECT_EQ(ProgramRun({"trace", "show", "x", "--width", "0"}).code, 2);
}

TEST_F(TraceVerbs, ShowPrintsBodiesWhole) {
  const ProgramRun run({"trace", "show", file("trace.json", kConversation), "--bodies"});
  EXPECT_THAT(run.out, AllOf(HasSubstr("\"flicker\": \"50%68z\""), HasSubstr("\"{nonce}\""),
                             Not(HasSubstr("flicker=50hz"))));
}

TEST_F(TraceVerbs, ShowTellsAProgramToo) {
  const ProgramRun run({"trace", "show", file("trace.json", kConversation), "--format", "json"});
  const auto document = protocol::parseJson(run.out);
  ASSERT_TRUE(document) << run.out;
  EXPECT_EQ(*document->find("schema_version")->integer(), 1);
  const auto& exchanges = *document->find("exchanges")->elements();
  ASSERT_EQ(exchanges.size(), 3u);
  EXPECT_EQ(*exchanges[0].find("error_code")->integer(), -40401);
  EXPECT_EQ(*exchanges[1].find("outcome")->string(), "ok");
  EXPECT_EQ(*exchanges[1].at({"request", "image.switch.flicker"})->string(), "50hz");
  EXPECT_EQ(*exchanges[2].find("outcome")->string(), "no answer");
}

TEST_F(TraceVerbs, StatsCount) {
  const ProgramRun run({"trace", "stats", file("trace.json", kConversation)});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out,
            R"(3 exchanges in 1.600 s, 1 session, 1 without an answer
durations: median 8 ms, 90 % within 12 ms, 99 % within 12 ms, longest 12 ms (of 2)
session s1: 2 exchanges from 1.500 s to 1.600 s

methods
       1  do
       1  get
       1  set

requests
       1  do user_management.get_encrypt_info
       1  get image.switch
       1  set image.switch

HTTP status
       1  200
       1  401

codes
       1  )" + protocol::describeDeviceCode(-40401) +
                R"(
       1  ok

left out of the recording
      41  static file
)");
}

TEST_F(TraceVerbs, StatsTellAProgramToo) {
  const ProgramRun run({"trace", "stats", file("trace.json", kConversation), "--format", "json"});
  const auto document = protocol::parseJson(run.out);
  ASSERT_TRUE(document) << run.out;
  EXPECT_EQ(*document->find("schema_version")->integer(), 1);
  EXPECT_EQ(*document->find("exchanges")->integer(), 3);
  EXPECT_EQ(*document->at({"codes", "-40401"})->integer(), 1);
  EXPECT_EQ(*document->at({"durations", "p90_ms"})->integer(), 12);
  EXPECT_EQ(*document->at({"dropped", "static file"})->integer(), 41);
}

TEST_F(TraceVerbs, ShowAndStatsTakeAnEmptyTrace) {
  const std::string empty = file("empty.json", kCanonical);
  const ProgramRun show({"trace", "show", empty});
  EXPECT_EQ(show.code, 0);
  EXPECT_THAT(show.err, HasSubstr("holds no exchange"));
  EXPECT_EQ(ProgramRun({"trace", "stats", empty}).out, "0 exchanges in 0.000 s, 0 sessions\n");
}

TEST_F(TraceVerbs, ShowAndStatsNameAFileThatTheyCannotRead) {
  for (const char* verb : {"show", "stats"}) {
    SCOPED_TRACE(verb);
    const std::string missing = (directory_ / "missing.json").string();
    const ProgramRun run({"trace", verb, missing});
    EXPECT_EQ(run.code, 2);
    EXPECT_EQ(run.err, "error: " + missing + ": there is no such file\n");
  }
}

}  // namespace stoklab::cli
