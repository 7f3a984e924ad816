// The document says what the table of routes says, and holds together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "control/routes.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

const Json& document() {
  static const Json kDocument =
      protocol::parseJson(controlDocument(), {.duplicateKeys = protocol::DuplicateKeys::reject})
          .value();
  return kDocument;
}

std::string textAt(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value != nullptr && value->string() != nullptr ? *value->string() : std::string();
}

// What a "$ref" points at; the value itself if it is none; null if it points nowhere.
const Json* resolve(const Json* value) {
  const std::string target = value == nullptr ? std::string() : textAt(*value, "$ref");
  if (target.empty()) return value;
  const Json* found = &document();
  std::size_t begin = 2;  // behind "#/"
  while (found != nullptr && begin <= target.size()) {
    const std::size_t end = std::min(target.find('/', begin), target.size());
    found = found->find(std::string_view(target).substr(begin, end - begin));
    begin = end + 1;
  }
  return found;
}

std::string lowered(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

const Json* operationOf(const Route& route, const std::string& path) {
  return document().at({"paths", path, lowered(route.method)});
}

std::int64_t numberAt(const Json& schema, std::string_view key, std::int64_t other) {
  const Json* value = schema.find(key);
  return value == nullptr ? other : *value->integer();
}

// What a schema and a row of a table say about one argument, in the same words.
std::string described(const std::string& name, const Json& schema) {
  const Json& it = *resolve(&schema);
  std::string type = textAt(it, "type");
  std::string text = name + " " + (type.empty() ? "any" : type);
  if (const Json* words = it.find("enum")) {
    for (const Json& word : *words->elements()) text += "|" + *word.string();
  } else if (type == "integer") {
    text += " " + std::to_string(numberAt(it, "minimum", -kLargestCount)) + " to " +
            std::to_string(numberAt(it, "maximum", kLargestNumber));
  } else if (type == "string") {
    text += " " + std::to_string(numberAt(it, "minLength", 0)) + " to " +
            std::to_string(numberAt(it, "maxLength", kLargestNumber));
  }
  return text;
}

std::string described(const Argument& argument) {
  constexpr std::string_view kTypes[] = {"string", "integer", "boolean", "object", "array", "any"};
  std::string text = std::string(argument.name) + " " +
                     std::string(kTypes[static_cast<std::size_t>(argument.kind)]);
  for (const std::string_view word : argument.words) text += "|" + std::string(word);
  if (argument.kind == ArgumentKind::integer)
    text += " " + std::to_string(argument.least) + " to " + std::to_string(argument.most);
  if (argument.kind == ArgumentKind::text && argument.words.empty())
    text += " " + std::to_string(argument.shortest) + " to " + std::to_string(argument.longest);
  return text;
}

std::set<std::string> described(std::span<const Argument> arguments) {
  std::set<std::string> texts;
  for (const Argument& each : arguments)
    texts.insert(described(each) + (each.required ? ", required" : ""));
  return texts;
}

std::set<std::string> queryOf(const Json& operation) {
  std::set<std::string> texts;
  const Json* parameters = operation.find("parameters");
  if (parameters == nullptr) return texts;
  for (const Json& each : *parameters->elements()) {
    const Json& parameter = *resolve(&each);
    if (textAt(parameter, "in") == "query")
      texts.insert(described(textAt(parameter, "name"), *parameter.find("schema")));
  }
  return texts;
}

std::set<std::string> membersOf(const Json& schema) {
  std::set<std::string> texts;
  const Json* required = schema.find("required");
  for (const auto& [name, member] : *schema.find("properties")->members()) {
    const bool must = required != nullptr &&
                      std::any_of(required->elements()->begin(), required->elements()->end(),
                                  [&](const Json& each) { return *each.string() == name; });
    texts.insert(described(name, member) + (must ? ", required" : ""));
  }
  return texts;
}

void collectReferences(const Json& value, std::set<std::string>& references) {
  if (const std::string target = textAt(value, "$ref"); !target.empty()) references.insert(target);
  if (value.isObject())
    for (const auto& [key, inner] : *value.members()) collectReferences(inner, references);
  if (value.isArray())
    for (const Json& inner : *value.elements()) collectReferences(inner, references);
}

}  // namespace

TEST(ControlDocument, HasTheOperationsOfTheTableAndNoOthers) {
  std::set<std::string> served, documented;
  for (const Route& route : routes())
    for (const std::string& path : pathsOf(route))
      served.insert(lowered(route.method) + " " + path);
  for (const auto& [path, methods] : *document().find("paths")->members())
    for (const auto& [method, operation] : *methods.members())
      documented.insert(method + " " + path);
  EXPECT_EQ(served, documented);
}

TEST(ControlDocument, SaysWhatEachOperationTakes) {
  for (const Route& route : routes()) {
    for (const std::string& path : pathsOf(route)) {
      SCOPED_TRACE(std::string(route.method) + " " + path);
      const Json* operation = operationOf(route, path);
      ASSERT_NE(operation, nullptr);
      EXPECT_EQ(queryOf(*operation), described(route.query));
      const Json* body = operation->at({"requestBody", "content", "application/json", "schema"});
      EXPECT_EQ(body != nullptr, route.takes != RouteBody::none);
      if (route.takes == RouteBody::members) {
        EXPECT_EQ(membersOf(*resolve(body)), described(route.body));
      }
    }
  }
}

TEST(ControlDocument, DeclaresWhatStandsInPaths) {
  for (const Route& route : routes()) {
    for (const std::string& path : pathsOf(route)) {
      SCOPED_TRACE(std::string(route.method) + " " + path);
      std::set<std::string> inPath, declared;
      for (std::size_t open = path.find('{'); open != std::string::npos;
           open = path.find('{', open + 1))
        inPath.insert(path.substr(open + 1, path.find('}', open) - open - 1));
      const Json* operation = operationOf(route, path);
      ASSERT_NE(operation, nullptr);
      if (const Json* parameters = operation->find("parameters")) {
        for (const Json& each : *parameters->elements())
          if (textAt(*resolve(&each), "in") == "path")
            declared.insert(textAt(*resolve(&each), "name"));
      }
      EXPECT_EQ(inPath, declared);
    }
  }
}

TEST(ControlDocument, PointsAtNothingThatIsNotThere) {
  std::set<std::string> references;
  collectReferences(document(), references);
  EXPECT_GT(references.size(), 40U);
  for (const std::string& target : references) {
    Json reference = Json::object({{"$ref", target}});
    EXPECT_NE(resolve(&reference), nullptr) << target;
  }
}

TEST(ControlDocument, UsesAllThatItDefines) {
  std::set<std::string> references;
  collectReferences(document(), references);
  for (const char* kind : {"schemas", "parameters", "responses"})
    for (const auto& [name, definition] : *document().at({"components", kind})->members())
      EXPECT_TRUE(references.contains("#/components/" + std::string(kind) + "/" + name)) << name;
}

TEST(ControlDocument, NamesEachOperationOnce) {
  std::set<std::string> ids;
  for (const auto& [path, methods] : *document().find("paths")->members()) {
    for (const auto& [method, operation] : *methods.members()) {
      EXPECT_TRUE(ids.insert(textAt(operation, "operationId")).second) << path;
      EXPECT_FALSE(textAt(operation, "summary").empty()) << path;
    }
  }
}

}  // namespace stoklab::emulator
