#include "capture/recording.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "stoklab/fixtures/secret_scan.h"

namespace stoklab::cli {

using emulator::HttpReply;
using emulator::HttpRequest;
using fixtures::Exchange;
using fixtures::RawExchange;
using protocol::Result;

namespace {

bool isContentEncoding(std::string_view name) {
  constexpr std::string_view kName = "content-encoding";
  return std::equal(name.begin(), name.end(), kName.begin(), kName.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

// A body can be redacted only if it can be read.
template <class Headers>
bool isEncoded(const Headers& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    const auto& [name, value] = header;
    return isContentEncoding(name) && value != "identity";
  });
}

}  // namespace

Recording::Recording(Upstream& upstream, fixtures::TraceBuilder& builder, TraceFile file,
                     RecordingOptions options)
    : upstream_(upstream),
      builder_(builder),
      file_(std::move(file)),
      options_(std::move(options)) {}

HttpReply Recording::handle(const HttpRequest& request, const emulator::Peer&) {
  const std::lock_guard lock(mutex_);
  // What is carried out is recorded, or it is not carried out.
  if (tally_.full || tally_.writeError) {
    ++tally_.turnedAway;
    return proxyReply(503, "the recording has ended, so nothing is passed on any more");
  }
  const auto started = options_.now();
  const auto begun = options_.ticks();
  Passage passage = upstream_.pass(request);
  const auto duration =
      std::chrono::duration_cast<std::chrono::milliseconds>(options_.ticks() - begun);
  if (passage.outcome == Passage::Outcome::held) return std::move(passage.reply);
  record(request, passage, started, duration);
  return std::move(passage.reply);
}

void Recording::record(const HttpRequest& request, const Passage& passage,
                       std::chrono::system_clock::time_point started,
                       std::chrono::milliseconds duration) {
  RawExchange raw{.started = started,
                  .duration = duration,
                  .httpMethod = std::string(request.method),
                  .host = options_.authority,
                  .target = std::string(request.target),
                  .requestBody = std::string(request.body)};
  for (const auto& [name, value] : request.headers) raw.requestHeaders.emplace_back(name, value);
  if (isEncoded(raw.requestHeaders)) {
    raw.requestBody = std::nullopt;
    raw.missing = "the request has a content coding";
  }
  if (passage.outcome == Passage::Outcome::answered) {
    raw.status = passage.answer.status;
    raw.replyHeaders = passage.answer.headers;
    raw.replyBody = passage.answer.body;
    if (isEncoded(raw.replyHeaders)) {
      raw.replyBody = std::nullopt;
      raw.missing = "the answer has a content coding that nobody asked for";
    }
  }
  const auto exchange = builder_.add(raw);
  if (!exchange) {
    ++tally_.leaks;
    if (options_.tell)
      options_.tell("an exchange is not written, because redaction left a secret in it: " +
                    exchange.error().detail);
    return;
  }
  if (*exchange) write(**exchange);
}

std::string Recording::head() const {
  fixtures::TraceSource source = options_.source;
  source.device = builder_.device();
  return printTraceHead(source, options_.redaction);
}

// The head is not the builder's, but holds what it has learnt and what a person has written.
bool Recording::isClean(std::string_view text, std::string_view what) {
  const auto hits = fixtures::scanForSecrets(text, builder_.redactor().seen());
  if (hits.empty()) return true;
  ++tally_.leaks;
  if (options_.tell)
    options_.tell("an exchange is not written, because the " + std::string(what) +
                  " of the trace would hold the secret of " + hits.front().where + " (" +
                  hits.front().encoding + ")");
  return false;
}

void Recording::write(const Exchange& exchange) {
  const std::string head = this->head();
  const std::string tail = fixtures::printTraceTail(builder_.dropped(), true);
  if (!isClean(head, "head") || !isClean(tail, "tail")) return;
  if (auto written = file_.append(head, printTraceExchange(exchange), tail); !written) {
    tally_.writeError = written.error().detail;
    if (options_.tell) options_.tell(*tally_.writeError + "; what was recorded before is intact");
    end();
    return;
  }
  ++tally_.exchanges;
  if (!exchange.session.empty()) tally_.sessions.insert(exchange.session);
  if (!exchange.reply) ++tally_.unanswered;
  if (options_.recorded) options_.recorded(exchange);
  if (options_.maxExchanges != 0 && tally_.exchanges >= options_.maxExchanges) {
    tally_.full = true;
    if (options_.tell)
      options_.tell("the trace has " + std::to_string(tally_.exchanges) +
                    " exchanges, and --max-exchanges allows no more");
    end();
  }
}

void Recording::end() {
  if (options_.ended) options_.ended();
}

Result<void> Recording::finish() {
  const std::lock_guard lock(mutex_);
  if (tally_.writeError) return {};  // the file stays what it was
  // What was no secret when it was written may have turned out to be one.
  const auto isClean = [this](std::string_view exchange) {
    const auto hits = fixtures::scanForSecrets(exchange, builder_.redactor().seen());
    if (!hits.empty() && options_.tell)
      options_.tell("an exchange is taken out again, because it holds the secret of " +
                    hits.front().where + " (" + hits.front().encoding + ")");
    return hits.empty();
  };
  const auto out =
      file_.finish(head(), fixtures::printTraceTail(builder_.dropped(), true), isClean);
  if (!out) {
    tally_.writeError = out.error().detail;
    return out.error();
  }
  tally_.leaks += *out;
  tally_.exchanges -= *out;
  return {};
}

std::map<std::string, std::size_t, std::less<>> maskedByClass(fixtures::TraceBuilder& builder) {
  std::map<std::string, std::size_t, std::less<>> counts;
  for (const fixtures::Secret& secret : builder.redactor().seen().all()) {
    // "exchange 3, reply, device_info.basic_info.mac"
    const std::string_view where = secret.where;
    const auto comma = where.rfind(", ");
    std::string_view rest = comma == std::string_view::npos ? where : where.substr(comma + 2);
    std::vector<std::string_view> path;
    while (true) {
      const auto dot = rest.find('.');
      path.push_back(rest.substr(0, dot));
      if (dot == std::string_view::npos) break;
      rest.remove_prefix(dot + 1);
    }
    const bool token = path.size() == 1 && path.front() == "path";
    ++counts[std::string(token ? toText(fixtures::FieldClass::secret)
                               : toText(builder.redactor().classify(path)))];
  }
  return counts;
}

}  // namespace stoklab::cli
