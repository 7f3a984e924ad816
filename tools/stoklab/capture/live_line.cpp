#include "capture/live_line.h"

#include <array>
#include <cstddef>
#include <cstdio>

namespace stoklab::cli {

namespace {

constexpr std::size_t kLongestAsks = 100;

std::string secondsOf(std::chrono::milliseconds time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%9.3f s", static_cast<double>(time.count()) / 1000.0);
  return text.data();
}

std::string asked(const fixtures::TraceRequest& request) {
  std::string text = request.method.empty() ? request.http + " " + request.path : request.method;
  std::string_view separator = " ";
  for (const std::string& ask : request.asks) {
    text.append(separator).append(ask);
    separator = ", ";
  }
  return printable(text, kLongestAsks);
}

// "401 -40401": the status, and the code where there is one.
std::string outcome(const fixtures::Exchange& exchange) {
  if (!exchange.reply) return "no answer";
  std::string text = std::to_string(exchange.reply->status);
  const protocol::Json* code = exchange.reply->body.find("error_code");
  if (code != nullptr && code->integer() != nullptr) text += " " + std::to_string(*code->integer());
  return text;
}

}  // namespace

std::string printable(std::string_view text, std::size_t most) {
  std::string shown;
  for (const char c : text.substr(0, most)) shown += c >= 0x20 && c <= 0x7e ? c : '?';
  if (text.size() > most) shown += "...";
  return shown;
}

std::string liveLine(const fixtures::Exchange& exchange) {
  constexpr std::size_t kSession = 16;
  std::string line = secondsOf(exchange.at) + "  " +
                     (exchange.session.empty() ? "-" : printable(exchange.session, kSession));
  if (line.size() < 15) line.resize(15, ' ');
  line += "  " + asked(exchange.request) + "  " + outcome(exchange);
  if (exchange.duration) line += "  " + std::to_string(exchange.duration->count()) + " ms";
  return line;
}

}  // namespace stoklab::cli
