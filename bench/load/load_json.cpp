#include <cstdio>
#include <string>

#include "load_loop.h"

namespace stoklab::bench {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + '"';
}

}  // namespace

std::string toJson(const Options& options, const LoadResult& result) {
  std::string out = R"({"schema_version":1)";
  const auto member = [&out](const char* name, const std::string& value) {
    out += std::string(",\"") + name + "\":" + value;
  };
  const auto count = [&](const char* name, std::uint64_t value) {
    member(name, std::to_string(value));
  };
  if (!result.failure.empty()) {
    member("failure", quoted(result.failure));
    return out + "}\n";
  }
  count("connections", options.connections);
  count("operations", result.operations);
  member("seconds", number(result.seconds));
  member("rate",
         number(result.seconds > 0 ? static_cast<double>(result.operations) / result.seconds : 0));
  count("errors", result.errors);
  std::string texts;
  for (const auto& [text, times] : result.errorTexts)
    texts += (texts.empty() ? "" : ",") + quoted(text) + ":" + std::to_string(times);
  member("error_texts", "{" + texts + "}");
  const Histogram& latency = result.latency;
  member("latency_us", R"({"p50":)" + number(latency.quantile(0.5)) + R"(,"p90":)" +
                           number(latency.quantile(0.9)) + R"(,"p99":)" +
                           number(latency.quantile(0.99)) + R"(,"p999":)" +
                           number(latency.quantile(0.999)) + R"(,"max":)" +
                           std::to_string(latency.largest()) + "}");
  count("open", result.open);
  count("wire_bytes_sent", result.wire.bytesSent);
  count("wire_bytes_received", result.wire.bytesReceived);
  count("records_sent", result.wire.recordsSent);
  count("records_received", result.wire.recordsReceived);
  count("connections_made", result.wire.connections);
  count("full_handshakes", result.wire.fullHandshakes);
  count("resumed_handshakes", result.wire.resumedHandshakes);
  count("control_calls", result.controlCalls);
  if (options.pid != 0) {
    member("server_cpu_seconds", number(result.serverCpuSeconds));
    member("server_cpu_us_an_operation",
           number(result.operations == 0
                      ? 0
                      : result.serverCpuSeconds * 1e6 / static_cast<double>(result.operations)));
    count("server_resident_kb_before", result.serverResidentKbBefore);
    count("server_resident_kb_after", result.serverResidentKbAfter);
    count("server_descriptors", result.serverDescriptors);
  }
  return out + "}\n";
}

}  // namespace stoklab::bench
