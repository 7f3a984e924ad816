#include "dump/wrong_requests.h"

#include <array>
#include <utility>

namespace stoklab::cli::dump {

namespace {

constexpr std::size_t kDepth = 64;

// Of the order of a profile file. A GET of the command path stands for a method that does not fit.
constexpr auto kRequests = std::to_array<WrongRequest>({
    {"http_malformed", WrongPlace::raw, "stoklab\r\n\r\n"},
    {"path_unknown", WrongPlace::root, "/stoklab-unknown"},
    {"http_method_not_allowed", WrongPlace::root, "{command}"},
    {"body_empty", WrongPlace::command, ""},
    {"body_not_json", WrongPlace::command, R"({"method":"get",)"},
    {"body_not_object", WrongPlace::command, "[1]"},
    {"json_too_deep", WrongPlace::command, R"({"method":"get","{m}":{deep}})"},
    {"method_missing", WrongPlace::command, R"({"{m}":{"name":"{s}"}})"},
    {"method_not_string", WrongPlace::command, R"({"method":7,"{m}":{"name":"{s}"}})"},
    {"method_unknown", WrongPlace::command, R"({"method":"stoklab","{m}":{"name":"{s}"}})"},
    {"module_missing", WrongPlace::command, R"({"method":"get"})"},
    {"module_unknown", WrongPlace::command,
     R"({"method":"get","stoklab_unknown":{"name":"stoklab_unknown"}})"},
    {"module_not_object", WrongPlace::command, R"({"method":"get","{m}":"stoklab"})"},
    {"section_unknown", WrongPlace::command,
     R"({"method":"get","{m}":{"name":"stoklab_unknown"}})"},
    {"section_argument_wrong", WrongPlace::command, R"({"method":"get","{m}":{"name":7}})"},
    {"name_list_partly_unknown", WrongPlace::command,
     R"({"method":"get","{m}":{"name":["{s}","stoklab_unknown"]}})"},
    {"argument_missing", WrongPlace::command, R"({"method":"get","{m}":{}})"},
});

void replace(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

}  // namespace

std::span<const WrongRequest> wrongRequests() { return kRequests; }

std::string textOf(const WrongRequest& request, std::string_view module, std::string_view section) {
  std::string text(request.text);
  replace(text, "{m}", module);
  replace(text, "{s}", section);
  replace(text, "{deep}", std::string(kDepth, '[') + std::string(kDepth, ']'));
  return text;
}

}  // namespace stoklab::cli::dump
