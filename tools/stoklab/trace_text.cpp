#include "trace_text.h"

#include <algorithm>
#include <optional>

#include "output.h"
#include "stoklab/protocol/device_code.h"
#include "stoklab/protocol/percent.h"
#include "stoklab/protocol/secrets.h"

namespace stoklab::cli {

using protocol::Json;

namespace {

// "{stok}", "{key_2}".
bool isPlaceholder(const std::string& text) {
  return text.size() > 2 && text.front() == '{' && text.back() == '}' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", 1) == text.size() - 1;
}

bool isSecret(std::string_view key, const Json& value) {
  if (!protocol::isSecretField(key) || value.isNull()) return false;
  const std::string* text = value.string();
  return text == nullptr || !(text->empty() || isPlaceholder(*text));
}

Json shown(std::string_view key, const Json& value) {
  if (isSecret(key, value)) return "***";
  const std::string* text = value.string();
  return text == nullptr ? value : Json(protocol::percentDecode(*text));
}

void collect(const std::string& path, std::string_view key, const Json& value,
             std::vector<BodyValue>& values) {
  const Json named = namedRows(value);
  if (const auto* members = named.members(); members != nullptr && !members->empty()) {
    for (const auto& [name, each] : *members) {
      collect(path.empty() ? name : path + "." + name, name, each, values);
    }
    return;
  }
  const auto* elements = named.elements();
  const bool nested =
      elements != nullptr && std::any_of(elements->begin(), elements->end(),
                                         [](const Json& each) { return each.size() > 0; });
  if (nested) {
    for (std::size_t i = 0; i < elements->size(); ++i) {
      collect(path + "[" + std::to_string(i) + "]", key, (*elements)[i], values);
    }
    return;
  }
  values.push_back({.path = path, .value = shown(key, named)});
}

std::vector<BodyValue> collected(const Json& body) {
  std::vector<BodyValue> values;
  if (body.size() > 0) collect("", "", body, values);
  return values;
}

std::optional<std::int64_t> codeAt(const Json* value) {
  if (value == nullptr || value->integer() == nullptr) return std::nullopt;
  return *value->integer();
}

}  // namespace

std::string codeText(std::int64_t code) {
  constexpr std::int64_t kLargest = 1'000'000;
  if (code == protocol::code::kOk) return "ok";
  // What is no code of this protocol has no name either.
  return code > -kLargest && code < kLargest ? protocol::describeDeviceCode(static_cast<int>(code))
                                             : std::to_string(code);
}

std::vector<BodyValue> valuesOf(const fixtures::TraceRequest& request) {
  Json body = request.body;
  body.erase("method");
  std::vector<BodyValue> values = collected(body);
  // Names that are asked for, and the null of an action without arguments (which clients write as
  // text too), say nothing more.
  std::erase_if(values, [&](const BodyValue& each) {
    const auto dot = each.path.find('.');
    const std::string_view rest =
        dot == std::string::npos ? "" : std::string_view(each.path).substr(dot + 1);
    const bool name = (rest == "name" || rest == "table") && request.method != "set";
    const std::string* text = each.value.string();
    const bool nothing = each.value.isNull() || (text != nullptr && *text == "null");
    return name || nothing || each.value.isObject();
  });
  return values;
}

std::vector<BodyValue> valuesOf(const fixtures::TraceReply& reply) {
  Json body = reply.body;
  const auto code = codeAt(body.find("error_code"));
  body.erase("error_code");
  if (code && *code != protocol::code::kOk) {
    if (Json* data = body.find("data")) {
      for (const std::string_view key :
           {"code", "encrypt_type", "key", "key_2", "nonce", "passwdType"}) {
        data->erase(key);
      }
      if (data->size() == 0) body.erase("data");
    }
  }
  return collected(body);
}

std::string valuesLine(const std::vector<BodyValue>& values, const std::vector<std::string>& asks) {
  const std::string known = asks.size() == 1 ? asks.front() + "." : std::string();
  std::string line;
  for (const BodyValue& each : values) {
    std::string_view path = each.path;
    if (!known.empty() && path.starts_with(known)) path.remove_prefix(known.size());
    if (!line.empty()) line += ", ";
    line.append(path) += "=" + displayText(each.value);
  }
  return line;
}

std::string outcomeText(const fixtures::TraceReply& reply) {
  const auto code = codeAt(reply.body.find("error_code"));
  if (!code) {
    if (!reply.bodyNote.empty()) return reply.bodyNote;
    return reply.body.isNull() ? "no body" : "no error_code";
  }
  const auto inner = codeAt(reply.body.at({"data", "code"}));
  if (!inner || *inner == *code) return codeText(*code);
  // The inner one says more, so that the outer one need not.
  const std::string outer = codeText(*code);
  return outer.substr(0, outer.find(" (")) + ", data " + codeText(*inner);
}

Json withoutSecrets(const Json& body) {
  if (const auto* elements = body.elements()) {
    std::vector<Json> all;
    for (const Json& each : *elements) all.push_back(withoutSecrets(each));
    return Json::array(std::move(all));
  }
  const auto* members = body.members();
  if (members == nullptr) return body;
  Json visible = Json::object();
  for (const auto& [key, value] : *members) {
    visible.set(key, isSecret(key, value) ? Json("***") : withoutSecrets(value));
  }
  return visible;
}

std::string shortened(std::string_view text, std::size_t width) {
  constexpr std::string_view kEllipsis = "...";
  const auto beginsCharacter = [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80;
  };
  std::size_t characters = 0;
  std::size_t cut = 0;  // where the ellipsis would stand
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!beginsCharacter(text[i])) continue;
    if (characters + kEllipsis.size() == width) cut = i;
    if (++characters > width) return std::string(text.substr(0, cut)).append(kEllipsis);
  }
  return std::string(text);
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string lines;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (column > indent && column + 1 + word.size() > width) {
      lines.append("\n").append(indent, ' ');
      column = indent;
    } else if (column > indent) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
  }
  return lines;
}

std::string secondsText(std::chrono::milliseconds time) {
  const auto count = time.count();
  const std::string thousandths = std::to_string(1000 + count % 1000).substr(1);
  return std::to_string(count / 1000) + "." + thousandths;
}

}  // namespace stoklab::cli
