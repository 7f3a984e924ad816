#include "exchange_journal.h"

#include <utility>

#include "stoklab/protocol/session_token.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

// What a body asks for: "image.switch" of {"image":{"name":"switch"}} and of
// {"image":{"switch":{}}}. Only names, never values.
void addNames(const std::string& module, const Json& payload, Json& asks) {
  const auto add = [&](const Json& name) {
    if (const std::string* text = name.string(); text != nullptr) asks.push(module + "." + *text);
  };
  const auto* members = payload.members();
  if (members == nullptr || members->empty()) {
    asks.push(module);
    return;
  }
  for (const auto& [key, value] : *members) {
    if (key == "name" || key == "table") {
      if (const auto* names = value.elements(); names != nullptr) {
        for (const Json& name : *names) add(name);
      } else {
        add(value);
      }
    } else if (key != "para") {
      add(Json(key));
    }
  }
}

}  // namespace

Json journalEntry(const HttpRequest& request, const HttpReply& reply) {
  Json entry = Json::object(
      {{"http", std::string(request.method)}, {"path", protocol::redactPath(request.target)}});
  if (const auto body = protocol::parseJson(request.body); body && body->isObject()) {
    Json asks = Json::array();
    for (const auto& [key, value] : *body->members()) {
      if (key != "method") {
        addNames(key, key == "login" ? Json() : value, asks);
      } else if (value.string() != nullptr) {
        entry.set("method", value);
      }
    }
    entry.set("asks", std::move(asks));
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
