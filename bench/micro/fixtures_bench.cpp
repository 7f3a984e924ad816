// What is done with recordings and profiles: redaction, the search in a trace, the import of an
// archive, the difference of two profiles.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "must.h"
#include "stoklab/fixtures/drift.h"
#include "stoklab/fixtures/har.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/fixtures/redaction.h"
#include "stoklab/fixtures/secret_scan.h"
#include "stoklab/fixtures/trace.h"
#include "stoklab/fixtures/trace_import.h"
#include "stoklab/fixtures/trace_match.h"
#include "stoklab/protocol/json.h"

namespace {

using namespace stoklab::fixtures;  // NOLINT
using stoklab::bench::must;
using stoklab::bench::require;
using stoklab::protocol::Json;

const Trace& webUiTrace() {
  static const Trace kTrace = must(readTrace(STOKLAB_BENCH_TRACE));
  return kTrace;
}

// The recorded exchanges one after the other until there are `count`.
Trace traceOf(std::int64_t count) {
  Trace trace = webUiTrace();
  const auto recorded = trace.exchanges;
  const auto span = recorded.back().at + std::chrono::milliseconds(1);
  trace.exchanges.clear();
  for (std::size_t i = 0; trace.exchanges.size() < static_cast<std::size_t>(count); ++i) {
    trace.exchanges.push_back(recorded[i % recorded.size()]);
    trace.exchanges.back().at += span * (i / recorded.size());
  }
  return trace;
}

const Exchange& firstGet() {
  const auto& all = webUiTrace().exchanges;
  const auto found = std::ranges::find_if(
      all, [](const Exchange& each) { return each.request.method == "get" && each.reply; });
  require(found != all.end(), "the trace has no get");
  return *found;
}

void redactsReply(benchmark::State& state) {
  Redactor redactor;
  const Json body = must(stoklab::protocol::parseJson(
      R"({"system":{"sys":{"dev_alias":"Front%20gate","mac":"00-00-5E-00-53-01",)"
      R"("flicker":"50hz","latitude":"48.1","label":"yard"}},"error_code":0})"));
  require(printJson(redactor.redactBody(body)).find("gate") == std::string::npos, "no redaction");
  for (auto _ : state) benchmark::DoNotOptimize(redactor.redactBody(body));
}
BENCHMARK(redactsReply);

void scansForSecrets(benchmark::State& state) {
  SecretSet secrets;
  for (int i = 0; i < state.range(0); ++i)
    secrets.add("secret-" + std::to_string(i * 7919), "here");
  const std::string text = printTrace(webUiTrace());
  for (auto _ : state) benchmark::DoNotOptimize(scanForSecrets(text, secrets));
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK(scansForSecrets)->Arg(10)->Arg(1000)->Unit(benchmark::kMillisecond);

void findsMeaning(benchmark::State& state) {
  const TraceRequest& request = firstGet().request;
  for (auto _ : state) benchmark::DoNotOptimize(meaningOf(request.path, request.body));
}
BENCHMARK(findsMeaning);

// What was never recorded, by the number of exchanges.
void findsNearest(benchmark::State& state) {
  const Trace trace = traceOf(state.range(0));
  const Json asked = must(
      stoklab::protocol::parseJson(R"({"method":"get","image":{"name":["switch","nowhere"]}})"));
  require(nearestTo(trace, firstGet().request.path, asked).has_value(), "nothing is near");
  for (auto _ : state) benchmark::DoNotOptimize(nearestTo(trace, firstGet().request.path, asked));
}
BENCHMARK(findsNearest)->Arg(10)->Arg(1000)->Unit(benchmark::kMicrosecond);

// By the number of exchanges in the archive.
void importsHar(benchmark::State& state) {
  const std::string har = printHar(traceOf(state.range(0)), "https://camera.example", "0");
  require(!must(importRecording(har, {})).trace.exchanges.empty(), "nothing was imported");
  for (auto _ : state) benchmark::DoNotOptimize(importRecording(har, {}));
  state.SetBytesProcessed(static_cast<std::int64_t>(har.size()) * state.iterations());
}
BENCHMARK(importsHar)->Arg(10)->Arg(1000)->Unit(benchmark::kMillisecond);

void parsesTrace(benchmark::State& state) {
  const std::string text = printTrace(webUiTrace());
  for (auto _ : state) benchmark::DoNotOptimize(parseTrace(text, "a trace"));
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK(parsesTrace)->Unit(benchmark::kMicrosecond);

void comparesProfiles(benchmark::State& state) {
  const Profile before = must(builtInProfile(kDefaultProfile));
  const Profile after = must(builtInProfile("c440_hw2.0"));
  require(!compareProfiles(before, after).findings.empty(), "no difference");
  for (auto _ : state) benchmark::DoNotOptimize(compareProfiles(before, after, {.values = true}));
}
BENCHMARK(comparesProfiles)->Unit(benchmark::kMillisecond);

void readsProfile(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(builtInProfile(kDefaultProfile));
}
BENCHMARK(readsProfile)->Unit(benchmark::kMillisecond);

}  // namespace
