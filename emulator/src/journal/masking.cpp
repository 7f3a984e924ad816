#include "journal/masking.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>

#include "stoklab/protocol/percent.h"
#include "stoklab/protocol/session_token.h"

namespace stoklab::emulator {

using fixtures::FieldClass;
using protocol::Json;

namespace {

// Says nothing about anybody.
bool isEmptyValue(const Json& value) {
  if (const std::string* text = value.string()) return text->empty() || *text == "0";
  const std::int64_t* number = value.integer();
  return number != nullptr && *number == 0;
}

bool isScalar(const Json& value) {
  return value.string() != nullptr || value.integer() != nullptr || value.real() != nullptr;
}

bool mentionsToken(std::string_view target) {
  std::string text = protocol::percentDecode(target);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text.find("stok") != std::string::npos;
}

}  // namespace

Json Masker::body(const Json& body) {
  Json masked = redactor_.redactBody(body);
  std::vector<std::string_view> path;
  maskRest(body, masked, path);
  return masked;
}

Json Masker::settings(const std::vector<std::string>& path, const Json& value) {
  Json whole = value;
  for (auto key = path.rbegin(); key != path.rend(); ++key) {
    Json outer = Json::object();
    outer.set(*key, std::move(whole));
    whole = std::move(outer);
  }
  Json masked = body(whole);
  for (std::size_t i = 0; i < path.size(); ++i) {
    Json::Object* members = masked.members();
    if (members == nullptr || members->size() != 1) return Json(kMasked);
    Json inner = std::move(members->front().value);
    masked = std::move(inner);
  }
  return masked;
}

std::string Masker::path(std::string_view target) {
  const std::size_t end = target.find('?');
  std::string shown(target.substr(0, end));
  if (protocol::splitSessionPath(shown))
    shown = protocol::redactPath(shown);
  else if (mentionsToken(shown))
    shown = "/***";
  return end == std::string_view::npos ? shown : shown + "?***";
}

// The Redactor keeps what a profile has at the same place, and the order of members.
void Masker::maskRest(const Json& before, Json& after, std::vector<std::string_view>& path) const {
  if (const Json::Object* members = before.members()) {
    Json::Object* masked = after.members();
    if (masked == nullptr || masked->size() != members->size()) return;
    for (std::size_t i = 0; i < members->size(); ++i) {
      path.push_back((*members)[i].key);
      maskRest((*members)[i].value, (*masked)[i].value, path);
      path.pop_back();
    }
  } else if (const Json::Array* elements = before.elements()) {
    Json::Array* masked = after.elements();
    if (masked == nullptr || masked->size() != elements->size()) return;
    for (std::size_t i = 0; i < elements->size(); ++i) maskRest((*elements)[i], (*masked)[i], path);
  } else if (isScalar(before) && before == after && !isEmptyValue(before)) {
    const FieldClass fieldClass = redactor_.classify(path);
    if (fieldClass == FieldClass::secret || fieldClass == FieldClass::identity)
      after = Json(kMasked);
  }
}

}  // namespace stoklab::emulator
