#include "replay/recorded_reply.h"

#include <algorithm>
#include <array>
#include <utility>

#include "server/http_text.h"

namespace stoklab::emulator {

using protocol::Json;
namespace placeholder = fixtures::placeholder;

namespace {

// Belong to how a message travels, not to what it says; the server writes its own.
constexpr std::array<std::string_view, 7> kOfTheServer = {
    "connection", "content-encoding",  "content-length", "date",
    "keep-alive", "transfer-encoding", "upgrade"};

// What only the live device knows.
constexpr std::array<std::string_view, 10> kLive = {
    "code", "data", "error_code", "key", "key_2", "max_time", "nonce", "sec_left", "stok", "time"};

template <class List>
bool contains(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

std::string textOf(const Json* value) {
  return value == nullptr || value->string() == nullptr ? std::string() : *value->string();
}

void replaceAll(std::string& text, std::string_view from, const std::string& to) {
  if (to.empty()) return;
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

void fill(Json& value, const LiveSecrets& secrets) {
  if (auto* text = value.string()) {
    replaceAll(*text, placeholder::kToken, secrets.token);
    replaceAll(*text, placeholder::kNonce, secrets.nonce);
    replaceAll(*text, placeholder::kKey, secrets.key);
    replaceAll(*text, placeholder::kKey2, secrets.key2);
  } else if (auto* elements = value.elements()) {
    for (Json& element : *elements) fill(element, secrets);
  } else if (auto* members = value.members()) {
    for (auto& member : *members) fill(member.value, secrets);
  }
}

bool isCounter(std::string_view key) {
  return key == "time" || key == "max_time" || key == "sec_left";
}

Json merged(std::string_view key, const Json& recorded, const Json& live) {
  if (!recorded.isObject() || !live.isObject()) return contains(kLive, key) ? live : recorded;
  Json shape = Json::object();
  for (const auto& [name, value] : *recorded.members()) {
    if (const Json* now = live.find(name))
      shape.set(name, merged(name, value, *now));
    else if (!isCounter(name))
      shape.set(name, value);
  }
  for (const auto& [name, value] : *live.members())
    if (recorded.find(name) == nullptr && contains(kLive, name)) shape.set(name, value);
  return shape;
}

}  // namespace

bool isComplete(const fixtures::TraceReply& reply) {
  return !reply.body.isNull() || reply.bodyNote.empty();
}

HttpReply replyWith(const fixtures::TraceReply& recorded, const Json& body) {
  HttpReply reply{.status = recorded.status, .contentType = {}};
  for (const auto& [name, value] : recorded.headers) {
    if (equalsIgnoringCase(name, "content-type"))
      reply.contentType = value;
    else if (equalsIgnoringCase(name, "connection") && equalsIgnoringCase(value, "close"))
      reply.afterwards = Afterwards::close;
    else if (std::none_of(kOfTheServer.begin(), kOfTheServer.end(),
                          [&](std::string_view own) { return equalsIgnoringCase(name, own); }))
      reply.headers.emplace_back(name, value);
  }
  if (!body.isNull()) {
    reply.body = printJson(body);
    if (reply.contentType.empty()) reply.contentType = HttpReply{}.contentType;
  }
  return reply;
}

LiveSecrets secretsIn(const Json& answer) {
  LiveSecrets secrets{.token = textOf(answer.find("stok"))};
  if (const Json* data = answer.find("data")) {
    secrets.nonce = textOf(data->find("nonce"));
    secrets.key = textOf(data->find("key"));
    secrets.key2 = textOf(data->find("key_2"));
    if (secrets.key2.empty()) secrets.key2 = secrets.key;
  }
  return secrets;
}

bool needsChallenge(const Json& body) {
  if (const auto* text = body.string()) {
    for (const auto held : {placeholder::kNonce, placeholder::kKey, placeholder::kKey2})
      if (text->find(held) != std::string::npos) return true;
    return false;
  }
  if (const auto* elements = body.elements())
    return std::any_of(elements->begin(), elements->end(), needsChallenge);
  if (const auto* members = body.members())
    return std::any_of(members->begin(), members->end(),
                       [](const auto& member) { return needsChallenge(member.value); });
  return false;
}

Json withSecrets(const Json& body, const LiveSecrets& secrets) {
  Json filled = body;
  fill(filled, secrets);
  return filled;
}

Json inShapeOf(const Json& recorded, const Json& live) {
  return withSecrets(merged({}, recorded, live), secretsIn(live));
}

}  // namespace stoklab::emulator
