#include <algorithm>
#include <memory>
#include <ostream>
#include <string>

#include "options.h"
#include "stoklab/fixtures/trace.h"
#include "trace_text.h"
#include "verbs/trace_verbs.h"

namespace stoklab::cli {

using fixtures::Exchange;
using fixtures::Trace;
using protocol::Json;

namespace {

struct Options {
  std::string file = {};
  int width = 100;
  bool bodies = false;
};

constexpr Range<int> kWidths{40, 10'000};

// The columns in front of the arrows: time, session.
constexpr std::size_t kTimeWidth = 9;
constexpr std::size_t kSessionWidth = 4;
// Of the lines about the whole trace.
constexpr std::size_t kLabelWidth = 11;

std::string rightAligned(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string leftAligned(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, text.size()), ' ');
}

// "a, b; c" of the parts that are not empty.
std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& each : parts) {
    if (each.empty()) continue;
    if (!text.empty()) text += separator;
    text += each;
  }
  return text;
}

std::string labelled(std::string_view label, const std::string& text) {
  return text.empty() ? text : std::string(label) + text;
}

void printHead(const Trace& trace, int width, Console& console) {
  const auto& source = trace.source;
  const auto line = [&](std::string_view label, const std::string& text) {
    if (text.empty()) return;
    console.out << leftAligned(std::string(label), kLabelWidth)
                << wrapped(text, static_cast<std::size_t>(width), kLabelWidth) << "\n";
  };
  line("device", joined({source.device.model, labelled("hardware ", source.device.hardware),
                         labelled("firmware ", source.device.firmware)},
                        ", "));
  line("profile", source.profile);
  line("recorded", joined({source.date, "method " + std::string(toText(source.method)),
                           source.exporter, source.tool},
                          ", "));
  line("redaction", trace.redaction.policy);
  for (const auto& kept : trace.redaction.kept) line("kept", kept.field + ": " + kept.reason);
  line("note", source.note);
}

std::string askedText(const fixtures::TraceRequest& request) {
  const bool ordinary = request.http == "POST" &&
                        (request.path == "/" || request.path == fixtures::kTraceCommandPath);
  return joined({ordinary ? "" : request.http + " " + request.path, request.method,
                 joined(request.asks, " "), request.bodyNote},
                " ");
}

void printBody(const Json& body, Console& console) {
  if (body.isNull()) return;
  const std::string text = printPrettyJson(body);
  std::string indented = std::string(kTimeWidth + kSessionWidth + 6, ' ');
  const std::size_t indent = indented.size();
  for (const char c : text) {
    indented += c;
    if (c == '\n') indented.append(indent, ' ');
  }
  console.out << indented << "\n";
}

void printExchange(const Exchange& exchange, const Options& options, Console& console) {
  const auto width = static_cast<std::size_t>(options.width);
  const auto print = [&](const std::string& time, const std::string& session,
                         std::string_view arrow, const std::string& text) {
    std::string line = rightAligned(time, kTimeWidth) + "  " + leftAligned(session, kSessionWidth);
    line += " " + std::string(arrow) + " " + text;
    console.out << shortened(line, width) << "\n";
  };
  const auto values = [&](const std::vector<BodyValue>& all) {
    return options.bodies ? std::string() : valuesLine(all, exchange.request.asks);
  };
  print(secondsText(exchange.at), exchange.session, "-->",
        joined({askedText(exchange.request), values(valuesOf(exchange.request))}, "  "));
  if (options.bodies) printBody(withoutSecrets(exchange.request.body), console);
  const std::string took = exchange.duration ? "+" + secondsText(*exchange.duration) : "";
  if (!exchange.reply) {
    print(took, "", "<--", "no answer");
    return;
  }
  const auto& reply = *exchange.reply;
  print(took, "", "<--",
        joined({std::to_string(reply.status) + " " + outcomeText(reply), values(valuesOf(reply))},
               "  "));
  if (options.bodies) printBody(withoutSecrets(reply.body), console);
}

Json valuesJson(const std::vector<BodyValue>& values) {
  Json json = Json::object();
  for (const BodyValue& each : values) json.set(each.path, each.value);
  return json;
}

Json exchangeJson(const Exchange& exchange) {
  Json asks = Json::array();
  for (const std::string& each : exchange.request.asks) asks.push(each);
  Json json = Json::object({{"at_ms", std::int64_t{exchange.at.count()}},
                            {"session", exchange.session},
                            {"http", exchange.request.http},
                            {"path", exchange.request.path},
                            {"method", exchange.request.method},
                            {"asks", std::move(asks)},
                            {"request", valuesJson(valuesOf(exchange.request))}});
  if (exchange.reply) {
    json.set("status", exchange.reply->status);
    if (const Json* code = exchange.reply->body.find("error_code")) json.set("error_code", *code);
    json.set("outcome", outcomeText(*exchange.reply));
    json.set("reply", valuesJson(valuesOf(*exchange.reply)));
  } else {
    json.set("status", Json());
    json.set("outcome", "no answer");
  }
  if (exchange.duration) json.set("duration_ms", std::int64_t{exchange.duration->count()});
  return json;
}

Json documentOf(const Trace& trace) {
  const auto& source = trace.source;
  Json exchanges = Json::array();
  for (const Exchange& each : trace.exchanges) exchanges.push(exchangeJson(each));
  return Json::object({{"model", source.device.model},
                       {"hardware", source.device.hardware},
                       {"firmware", source.device.firmware},
                       {"profile", source.profile},
                       {"date", source.date},
                       {"recorded_by", toText(source.method)},
                       {"note", source.note},
                       {"exchanges", std::move(exchanges)}});
}

ExitCode run(const Options& options, Console& console) {
  const auto trace = fixtures::readTrace(options.file);
  if (!trace) return complain(console, ExitCode::usage, trace.error().detail);
  if (console.format == Format::json) {
    printDocument(console, documentOf(*trace));
    return ExitCode::asExpected;
  }
  printHead(*trace, options.width, console);
  for (const Exchange& each : trace->exchanges) {
    console.out << "\n";
    printExchange(each, options, console);
  }
  if (trace->exchanges.empty()) note(console, options.file + " holds no exchange");
  return ExitCode::asExpected;
}

}  // namespace

Run declareTraceShow(CLI::App& command, Console& console) {
  auto options = std::make_shared<Options>();
  addOption(command, {.name = "FILE", .help = "a trace", .value = "FILE", .required = true},
            options->file);
  addOption(command, {.name = "--width", .help = "columns of a line", .value = "N"}, options->width,
            kWidths);
  addFlag(command, {.name = "--bodies", .help = "print bodies whole, as they were on the wire"},
          options->bodies);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
