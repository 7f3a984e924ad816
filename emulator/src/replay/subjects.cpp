#include "replay/subjects.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "stoklab/fixtures/trace.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

bool isRowOf(std::string_view row, std::string_view table) {
  if (!row.starts_with(table)) return false;
  row.remove_prefix(table.size());
  return row.size() > 1 && row.front() == '_' &&
         row.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

bool touchEachOther(const Subject& a, const Subject& b) {
  if (a.module != b.module) return false;
  return a.section.empty() || b.section.empty() || a.section == b.section ||
         isRowOf(a.section, b.section) || isRowOf(b.section, a.section);
}

// One name or a list of them.
void addNames(const std::string& module, const Json& names, std::vector<Subject>& subjects) {
  if (const auto* one = names.string()) subjects.push_back({module, protocol::percentDecode(*one)});
  if (const auto* elements = names.elements())
    for (const Json& name : *elements) addNames(module, name, subjects);
}

void addRead(const std::string& module, const Json& asked, std::vector<Subject>& subjects) {
  const std::size_t before = subjects.size();
  if (const auto* members = asked.members()) {
    for (const auto& [key, value] : *members) {
      if (key == "name" || key == "table")
        addNames(module, value, subjects);
      else
        subjects.push_back({module, key});
    }
  }
  if (subjects.size() == before) subjects.push_back({module});
}

void addWritten(const std::string& module, const Json& sections, std::vector<Subject>& subjects) {
  if (const auto* members = sections.members(); members != nullptr && !members->empty()) {
    for (const auto& member : *members) subjects.push_back({module, member.key});
  } else {
    subjects.push_back({module});
  }
}

}  // namespace

std::string methodOf(const Json& body) {
  const Json* method = body.find("method");
  return method == nullptr || method->string() == nullptr
             ? std::string()
             : protocol::percentDecode(*method->string());
}

std::vector<Subject> subjectsOf(const Json& body) {
  std::vector<Subject> subjects;
  const auto* members = body.members();
  if (members == nullptr) return subjects;
  const std::string method = methodOf(body);
  for (const auto& [module, content] : *members) {
    if (module == "method") continue;
    if (method == "get")
      addRead(module, content, subjects);
    else if (method == "set")
      addWritten(module, content, subjects);
    else
      subjects.push_back({module});
  }
  return subjects;
}

std::string titleOf(const Json& body) {
  const auto names = fixtures::namesIn(body);
  std::string title = names.method;
  const char* separator = title.empty() ? "" : " ";
  for (const std::string& name : names.asks) title += std::exchange(separator, ", ") + name;
  return title.empty() ? "a body that is no request" : title;
}

bool touch(const std::vector<Subject>& ours, const std::vector<Subject>& theirs) {
  return std::any_of(ours.begin(), ours.end(), [&](const Subject& subject) {
    return std::any_of(theirs.begin(), theirs.end(),
                       [&](const Subject& other) { return touchEachOther(subject, other); });
  });
}

}  // namespace stoklab::emulator
