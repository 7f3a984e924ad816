#include "traces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <utility>

namespace stoklab::fidelity {

namespace {

constexpr std::string_view kAccepted = "accepted";  // the folder beside the traces

std::filesystem::path acceptedFile(const KeptTrace& trace) {
  return trace.file.parent_path() / kAccepted / (trace.name + ".json");
}

}  // namespace

std::vector<KeptTrace> keptTraces() {
  std::vector<KeptTrace> traces;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(STOKLAB_TRACES, error)) {
    if (entry.path().extension() != ".json") continue;
    traces.push_back({entry.path().stem().string(), entry.path()});
  }
  std::sort(traces.begin(), traces.end(),
            [](const KeptTrace& a, const KeptTrace& b) { return a.name < b.name; });
  return traces;
}

std::string testNameOf(const KeptTrace& trace) {
  std::string name = trace.name;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

fixtures::Trace read(const KeptTrace& trace) {
  auto content = fixtures::readTrace(trace.file);
  if (content) return *std::move(content);
  ADD_FAILURE() << content.error().detail;
  return {};
}

fixtures::AcceptedDifferences acceptedFor(const KeptTrace& trace) {
  const auto file = acceptedFile(trace);
  if (!std::filesystem::exists(file)) return {};
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  auto accepted = fixtures::parseAcceptedDifferences(text, file.filename().string());
  if (accepted) return *std::move(accepted);
  ADD_FAILURE() << accepted.error().detail;
  return {};
}

std::string titleOf(const fixtures::Exchange& exchange) {
  const auto names = fixtures::namesIn(exchange.request.body);
  std::string title = names.method;
  const char* separator = title.empty() ? "" : " ";
  for (const auto& name : names.asks) title += std::exchange(separator, ", ") + name;
  return title;
}

void Findings::add(std::size_t index, const fixtures::Exchange& exchange, std::string_view path,
                   std::string_view what) {
  const std::string title = titleOf(exchange);
  if (acceptance_.accepts(title, path)) return;
  lines_.push_back("exchanges[" + std::to_string(index) + "] \"" + title + "\", \"" +
                   std::string(path) + "\": " + std::string(what));
}

std::vector<std::string> Findings::problems(const KeptTrace& trace) const {
  std::vector<std::string> problems = lines_;
  for (const auto& entry : acceptance_.unused())
    problems.push_back(acceptedFile(trace).filename().string() +
                       " accepts what does not differ: \"" + entry.entry + "\", \"" + entry.path +
                       "\"");
  return problems;
}

TEST(KeptTraces, AreThere) {
  EXPECT_GE(keptTraces().size(), 3U) << "no trace in " << STOKLAB_TRACES << ": nothing is compared";
}

TEST(KeptTraces, AreWhatEachFileOfAcceptedDifferencesIsAbout) {
  const auto traces = keptTraces();
  const auto folder = std::filesystem::path(STOKLAB_TRACES) / kAccepted;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().stem().string();
    EXPECT_TRUE(std::any_of(traces.begin(), traces.end(), [&](const KeptTrace& trace) {
      return trace.name == name;
    })) << entry.path();
  }
}

TEST(KeptTraces, ReportWhatIsNotAcceptedAndWhatAcceptsNothing) {
  const fixtures::Exchange exchange{
      .request = {.body = *protocol::parseJson(R"({"method":"get","a":{"name":"b"}})")}};
  Findings findings({{"get a.b", "a.b.c", "known"}, {"get x", "y", "gone"}});
  findings.add(0, exchange, "a.b.c", "accepted");
  findings.add(0, exchange, "a.b.d", "not accepted");
  EXPECT_THAT(findings.problems({.name = "t", .file = "t.json"}),
              ::testing::ElementsAre("exchanges[0] \"get a.b\", \"a.b.d\": not accepted",
                                     "t.json accepts what does not differ: \"get x\", \"y\""));
}

}  // namespace stoklab::fidelity
