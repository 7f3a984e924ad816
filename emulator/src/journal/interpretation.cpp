#include "journal/interpretation.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "stoklab/protocol/session_token.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

void addFields(const std::string& module, const std::string& section, const Json& fields,
               std::vector<Ask>& asks) {
  const Json::Object* members = fields.members();
  if (members == nullptr || members->empty()) {
    asks.push_back({.module = module, .section = section});
    return;
  }
  for (const auto& [field, value] : *members)
    asks.push_back({.module = module, .section = section, .field = field, .value = &value});
}

// {"name":"switch"}, {"name":["switch","common"]}, {"table":"hd_info"}
void addNamed(const std::string& module, const Json& names, std::vector<Ask>& asks) {
  const auto add = [&](const Json& name) {
    if (const std::string* text = name.string())
      asks.push_back({.module = module, .section = *text});
  };
  if (const Json::Array* list = names.elements()) {
    for (const Json& name : *list) add(name);
  } else {
    add(names);
  }
}

void addModule(const std::string& module, const Json& payload, std::vector<Ask>& asks) {
  const Json::Object* members = payload.members();
  if (members == nullptr || members->empty()) {
    asks.push_back({.module = module});
    return;
  }
  const Json* const table = payload.find("table");
  for (const auto& [key, value] : *members) {
    if (key == "para") {
      const std::string* name = table != nullptr ? table->string() : nullptr;
      addFields(module, name != nullptr ? *name : std::string(), value, asks);
    } else if (key == "name" || key == "table") {
      addNamed(module, value, asks);
    } else {
      addFields(module, key, value, asks);
    }
  }
}

bool has(const std::vector<Ask>& asks, std::string_view module, std::string_view section) {
  return std::any_of(asks.begin(), asks.end(), [&](const Ask& ask) {
    return ask.module == module && (section.empty() || ask.section == section);
  });
}

std::string_view kindOf(const JournalRecord& record, const Interpretation& meaning) {
  if (!record.event.empty()) return "event";
  if (record.http != "POST") return "page";
  if (meaning.method == "do" && has(meaning.asks, "login", {})) return "login";
  if (meaning.method == "do" && has(meaning.asks, "user_management", "get_encrypt_info"))
    return "challenge";
  if (!meaning.method.empty()) return "command";
  const auto path = protocol::splitSessionPath(record.target);
  return path && path->rest != "ds" ? "upload" : "other";
}

std::optional<int> errorCodeIn(std::string_view reply) {
  const auto text = protocol::findJson(reply, {"error_code"});
  if (!text) return std::nullopt;
  const auto code = protocol::parseJson(*text);
  const std::int64_t* number = code ? code->integer() : nullptr;
  if (number == nullptr || *number < std::numeric_limits<int>::min() ||
      *number > std::numeric_limits<int>::max())
    return std::nullopt;
  return static_cast<int>(*number);
}

bool asksMatch(const JournalFilter& filter, const std::vector<Ask>& asks) {
  if (filter.module.empty() && filter.section.empty() && filter.field.empty()) return true;
  const auto is = [](const std::string& wanted, const std::string& name) {
    return wanted.empty() || wanted == name;
  };
  return std::any_of(asks.begin(), asks.end(), [&](const Ask& ask) {
    return is(filter.module, ask.module) && is(filter.section, ask.section) &&
           is(filter.field, ask.field);
  });
}

}  // namespace

std::string toText(const Ask& ask) {
  std::string text = ask.module;
  if (!ask.section.empty()) text += "." + ask.section;
  if (!ask.field.empty()) text += "." + ask.field;
  return text;
}

std::vector<Ask> asksOf(const Json& body) {
  std::vector<Ask> asks;
  const Json::Object* members = body.members();
  if (members == nullptr) return asks;
  for (const auto& [key, value] : *members) {
    if (key == "method") continue;
    if (key == "login")
      asks.push_back({.module = key});
    else
      addModule(key, value, asks);
  }
  return asks;
}

Interpretation interpret(const JournalRecord& record) {
  Interpretation meaning;
  if (record.event.empty()) {
    if (!record.request.empty() && record.request.size() == record.requestBytes) {
      auto body = protocol::parseJson(record.request);
      if (body && body->isObject()) {
        meaning.request = *std::move(body);
        const Json* method = meaning.request->find("method");
        if (method != nullptr && method->string() != nullptr) meaning.method = *method->string();
        if (!meaning.method.empty()) meaning.asks = asksOf(*meaning.request);
      }
    }
    if (!record.reply.empty()) meaning.errorCode = errorCodeIn(record.reply);
  }
  meaning.kind = kindOf(record, meaning);
  return meaning;
}

bool matches(const JournalFilter& filter, const JournalRecord& record,
             const Interpretation& meaning) {
  return record.number > filter.since && (filter.kind.empty() || filter.kind == meaning.kind) &&
         (filter.method.empty() || filter.method == meaning.method) &&
         (!filter.session || *filter.session == record.session) &&
         (!filter.status || *filter.status == record.status) &&
         (!filter.errorCode || filter.errorCode == meaning.errorCode) &&
         asksMatch(filter, meaning.asks);
}

}  // namespace stoklab::emulator
