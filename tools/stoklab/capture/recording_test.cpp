#include "capture/recording.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

namespace fs = std::filesystem;
using emulator::HttpHeader;
using fixtures::Exchange;
using fixtures::Trace;
using fixtures::TraceBuilder;
using protocol::IsOk;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using namespace std::chrono_literals;
using Outcome = Passage::Outcome;

namespace {

constexpr const char* kChallenge = R"({"method":"do","user_management":{"get_encrypt_info":null}})";
constexpr const char* kRead = R"({"method":"get","led":{"name":"config"}})";
constexpr const char* kNonce = "Qm5uY2VGb3JUZXN0cw";
constexpr const char* kToken = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";

std::string challengeAnswer() {
  return std::string(R"({"error_code":-40401,"data":{"code":-40407,"encrypt_type":["1","2"],)") +
         R"("key":"TUlHZk1BMEdDU3FHU0liM0RRRUI","nonce":")" + kNonce + R"("}})";
}

class ListUpstream final : public Upstream {
 public:
  Passage pass(const emulator::HttpRequest&) override {
    if (then) then();
    Passage passage = std::move(passages.front());
    passages.pop_front();
    return passage;
  }
  void answer(const std::string& body, int status = 200,
              std::vector<std::pair<std::string, std::string>> headers = {}) {
    passages.push_back({.outcome = Outcome::answered,
                        .answer = {.status = status, .headers = std::move(headers), .body = body},
                        .reply = {.status = status, .body = body}});
  }
  void fail(Outcome outcome) {
    passages.push_back({.outcome = outcome, .reply = {.status = 502}, .reason = "a reason"});
  }
  std::deque<Passage> passages;
  std::function<void()> then;  // while a request is under way
};

class RecordingOnDisk : public testing::Test {
 protected:
  RecordingOnDisk() { EXPECT_NE(mkdtemp(folder_.data()), nullptr); }
  ~RecordingOnDisk() override { fs::remove_all(folder_); }

  fs::path name() const { return fs::path(folder_) / "trace.json"; }
  std::string text() const {
    std::ifstream stream(name(), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  Trace trace() const {
    auto read = fixtures::readTrace(name());
    EXPECT_THAT(read, IsOk());
    return read ? *std::move(read) : Trace();
  }

  void begin(RecordingOptions options = {}, fixtures::RedactorOptions redaction = {}) {
    options.authority = "192.0.2.7:443";
    options.source.method = fixtures::TraceMethod::capture;
    options.source.tool = "stoklab test";
    options.redaction.policy = std::string(fixtures::kRedactionPolicy);
    options.now = [this] { return std::chrono::system_clock::time_point(elapsed_); };
    options.ticks = [this] { return std::chrono::steady_clock::time_point(elapsed_); };
    options.recorded = [this](const Exchange& exchange) { live_.push_back(exchange); };
    options.tell = [this](const std::string& what) { told_.push_back(what); };
    options.ended = [this] { ++ended_; };
    device_.then = [this] { elapsed_ += 12ms; };
    builder_ = std::make_unique<TraceBuilder>(fixtures::TraceBuilderOptions{
        .redaction = std::move(redaction), .host = options.authority});
    recording_ = std::make_unique<Recording>(
        device_, *builder_, *TraceFile::open(name(), ExistingFile::refuse), std::move(options));
  }
  emulator::HttpReply send(std::string_view body, const std::string& target = "/",
                           const std::vector<HttpHeader>& headers = {},
                           std::string_view method = "POST") {
    return recording_->handle(
        {.method = method, .target = target, .headers = headers, .body = body}, {});
  }
  static std::string commandPath() { return std::string("/stok=") + kToken + "/ds"; }

  std::string folder_ = testing::TempDir() + "recording_test_XXXXXX";
  std::chrono::milliseconds elapsed_{1'700'000'000'000};
  std::vector<Exchange> live_;
  std::vector<std::string> told_;
  int ended_ = 0;
  ListUpstream device_;
  std::unique_ptr<TraceBuilder> builder_;
  std::unique_ptr<Recording> recording_;
};

}  // namespace

TEST_F(RecordingOnDisk, HasAnExchangeOnDiskBeforeTheClientHasItsAnswer) {
  begin();
  EXPECT_EQ(recording_->effortOf({}), emulator::Effort::lengthy);
  device_.answer(challengeAnswer(), 401);
  EXPECT_EQ(send(kChallenge).body, challengeAnswer());
  ASSERT_THAT(trace().exchanges, SizeIs(1));
  elapsed_ += 1s;
  device_.answer(R"({"led":{"config":{"enabled":"on"}},"error_code":0})");
  EXPECT_EQ(send(kRead, commandPath()).status, 200);
  const Trace both = trace();
  ASSERT_THAT(both.exchanges, SizeIs(2));
  EXPECT_EQ(both.exchanges[0].at, 0ms);
  EXPECT_EQ(both.exchanges[0].duration, 12ms);
  EXPECT_EQ(both.exchanges[0].reply->status, 401);
  EXPECT_EQ(both.exchanges[1].at, 1012ms);
  EXPECT_EQ(both.exchanges[1].request.path, fixtures::kTraceCommandPath);
  EXPECT_THAT(both.exchanges[1].request.asks, ElementsAre("led.config"));
  EXPECT_THAT(text(), AllOf(Not(HasSubstr(kNonce)), Not(HasSubstr(kToken))));
  EXPECT_THAT(live_, SizeIs(2));
  EXPECT_THAT(told_, IsEmpty());
  // What is on disk is what the program itself would write.
  EXPECT_EQ(printTrace(both), text());
}

TEST_F(RecordingOnDisk, KeepsARequestThatWasNotAnsweredAndNoneThatWasNotSent) {
  begin();
  device_.fail(Outcome::lost);
  device_.fail(Outcome::unreached);
  device_.fail(Outcome::held);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(send(kRead, commandPath()).status, 502);
  const Trace kept = trace();
  ASSERT_THAT(kept.exchanges, SizeIs(2));
  EXPECT_FALSE(kept.exchanges[0].reply.has_value());
  EXPECT_FALSE(kept.exchanges[1].reply.has_value());
  EXPECT_EQ(recording_->tally().unanswered, 2U);
}

TEST_F(RecordingOnDisk, CountsWhatIsNotOfTheProtocolAndBringsTheCountsUpToDate) {
  begin();
  device_.answer(challengeAnswer(), 401);
  send(kChallenge);
  for (int i = 0; i < 3; ++i) {
    device_.answer("<html>", 200, {{"Content-Type", "text/html"}});
    EXPECT_EQ(send("", "/index.html", {}, "GET").body, "<html>");
  }
  EXPECT_THAT(recording_->finish(), IsOk());
  const Trace kept = trace();
  EXPECT_THAT(kept.exchanges, SizeIs(1));
  std::int64_t dropped = 0;
  for (const auto& [kind, count] : kept.dropped) dropped += count;
  EXPECT_EQ(dropped, 3);
  EXPECT_EQ(printTrace(kept), text());
}

TEST_F(RecordingOnDisk, WritesNothingThatTheScannerObjectsTo) {
  begin({}, {.redaction = fixtures::Redaction::off});
  device_.answer(challengeAnswer(), 401);
  EXPECT_EQ(send(kChallenge).body, challengeAnswer());
  EXPECT_EQ(recording_->tally().leaks, 1U);
  EXPECT_EQ(recording_->tally().exchanges, 0U);
  EXPECT_FALSE(fs::exists(name()));
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_THAT(told_.front(), AllOf(HasSubstr("not written"), Not(HasSubstr(kNonce))));
}

TEST_F(RecordingOnDisk, WritesNoNoteThatHoldsASecretOfTheConversation) {
  begin({.source = {.note = std::string("the token was ") + kToken}});
  device_.answer(challengeAnswer(), 401);
  send(kChallenge);
  EXPECT_THAT(trace().exchanges, SizeIs(1));
  device_.answer(R"({"error_code":0})");
  send(kRead, commandPath());
  EXPECT_EQ(recording_->tally().leaks, 1U);
  ASSERT_THAT(told_, SizeIs(1));
  EXPECT_THAT(told_.front(), AllOf(HasSubstr("head"), Not(HasSubstr(kToken))));
  EXPECT_THAT(trace().exchanges, SizeIs(1));
}

TEST_F(RecordingOnDisk, TakesOutInTheEndWhatTurnedOutToBeASecret) {
  begin();
  device_.answer(challengeAnswer(), 401);
  send(kChallenge);
  device_.answer(R"({"led":{"config":{"enabled":"on"}},"error_code":0})");
  send(kRead, commandPath());
  builder_->redactor().registerSecret("led.config", "a password given later");
  EXPECT_THAT(recording_->finish(), IsOk());
  const Trace kept = trace();
  ASSERT_THAT(kept.exchanges, SizeIs(1));
  EXPECT_EQ(kept.exchanges[0].request.method, "do");
  EXPECT_EQ(recording_->tally().leaks, 1U);
  EXPECT_EQ(recording_->tally().exchanges, 1U);
  EXPECT_THAT(told_, ElementsAre(HasSubstr("a password given later")));
}

TEST_F(RecordingOnDisk, CountsByClassWhatWasMasked) {
  begin();
  device_.answer(challengeAnswer(), 401);
  send(kChallenge);
  device_.answer(R"({"system":{"sys":{"dev_alias":"Zebra crossing"}},"error_code":0})");
  send(R"({"method":"get","system":{"name":"sys"}})", commandPath());
  const auto counts = maskedByClass(*builder_);
  ASSERT_TRUE(counts.contains("secret"));
  EXPECT_GE(counts.at("secret"), 3U);  // key, nonce, token
  EXPECT_TRUE(counts.contains("name")) << testing::PrintToString(counts);
}

TEST_F(RecordingOnDisk, PassesNothingOnAnyMoreWhenTheFileCannotBeWritten) {
  begin();
  device_.answer(challengeAnswer(), 401);
  send(kChallenge);
  const std::string before = text();
  fs::rename(folder_, folder_ + "_moved");
  device_.answer(R"({"error_code":0})");
  EXPECT_EQ(send(kRead, commandPath()).status, 200);
  EXPECT_EQ(send(kRead, commandPath()).status, 503);
  fs::rename(folder_ + "_moved", folder_);
  EXPECT_EQ(text(), before);
  EXPECT_TRUE(recording_->tally().writeError.has_value());
  EXPECT_EQ(recording_->tally().turnedAway, 1U);
  EXPECT_EQ(ended_, 1);
  EXPECT_THAT(told_, ElementsAre(HasSubstr("what was recorded before is intact")));
  EXPECT_THAT(recording_->finish(), IsOk());
  EXPECT_EQ(text(), before);
}

TEST_F(RecordingOnDisk, EndsWhenItIsFull) {
  begin({.maxExchanges = 2});
  for (const int status : {200, 200, 503, 503}) {
    if (status == 200) device_.answer(R"({"error_code":0})");
    EXPECT_EQ(send(kRead, commandPath()).status, status);
  }
  EXPECT_THAT(trace().exchanges, SizeIs(2));
  EXPECT_EQ(ended_, 1);
  EXPECT_EQ(recording_->tally().turnedAway, 2U);
}

TEST_F(RecordingOnDisk, KeepsNoBodyThatIsPacked) {
  begin();
  device_.answer("\x1f\x8bpacked", 200, {{"content-ENCODING", "gzip"}});
  EXPECT_EQ(send(kRead, commandPath()).body, "\x1f\x8bpacked");
  const Trace kept = trace();
  ASSERT_THAT(kept.exchanges, SizeIs(1));
  ASSERT_TRUE(kept.exchanges[0].reply.has_value());
  EXPECT_TRUE(kept.exchanges[0].reply->body.isNull());
  EXPECT_THAT(kept.exchanges[0].reply->bodyNote, HasSubstr("coding"));
}

}  // namespace stoklab::cli
