#include "exchange_journal.h"

#include <utility>

#include "stoklab/fixtures/trace.h"
#include "stoklab/protocol/session_token.h"

namespace stoklab::emulator {

using protocol::Json;

Json journalEntry(const HttpRequest& request, const HttpReply& reply) {
  Json entry = Json::object(
      {{"http", std::string(request.method)}, {"path", protocol::redactPath(request.target)}});
  if (const auto body = protocol::parseJson(request.body); body && body->isObject()) {
    const fixtures::RequestNames names = fixtures::namesIn(*body);
    if (!names.method.empty()) entry.set("method", names.method);
    Json& asks = entry.set("asks", Json::array());
    for (const std::string& each : names.asks) asks.push(each);
  }
  entry.set("status", reply.status);
  if (const auto body = protocol::parseJson(reply.body); body) {
    if (const Json* code = body->find("error_code"); code != nullptr && code->integer() != nullptr)
      entry.set("error_code", *code);
  }
  return entry;
}

ExchangeJournal::ExchangeJournal(std::unique_ptr<Endpoint> inside, std::ofstream file)
    : inside_(std::move(inside)), file_(std::move(file)) {}

HttpReply ExchangeJournal::handle(const HttpRequest& request, const Peer& peer) {
  HttpReply reply = inside_->handle(request, peer);
  Json line = Json::object({});
  const Json entry = journalEntry(request, reply);
  const std::lock_guard lock(mutex_);
  line.set("n", ++count_);
  for (const auto& [key, value] : *entry.members()) line.set(key, value);
  file_ << printJson(line) << std::endl;
  return reply;
}

}  // namespace stoklab::emulator
