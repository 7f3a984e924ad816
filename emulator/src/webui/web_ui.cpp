#include "webui/web_ui.h"

#include <algorithm>
#include <array>
#include <utility>

#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/json.h"
#include "webui_files.h"

namespace stoklab::emulator {

using fixtures::FieldRule;
using fixtures::Profile;
using fixtures::Section;
using fixtures::SectionKind;
using protocol::Json;

namespace {

constexpr std::string_view kHtml = "text/html; charset=UTF-8";
constexpr std::string_view kStyle = "text/css; charset=UTF-8";
constexpr std::string_view kScript = "text/javascript; charset=UTF-8";
constexpr std::string_view kText = "text/plain; charset=UTF-8";
constexpr std::string_view kJson = "application/json; charset=UTF-8";

struct Row {
  std::string_view path;
  std::string_view file;  // empty: made of the profile
  std::string_view contentType;
};
// Everything lies under one folder that no camera has, apart from the page itself.
constexpr std::array<Row, 12> kRows = {{
    {"/", "index.html", kHtml},
    {"/stoklab/style.css", "style.css", kStyle},
    {"/stoklab/wire.js", "wire.js", kScript},
    {"/stoklab/camera.js", "camera.js", kScript},
    {"/stoklab/settings.js", "settings.js", kScript},
    {"/stoklab/views.js", "views.js", kScript},
    {"/stoklab/app.js", "app.js", kScript},
    {"/stoklab/icon.svg", "icon.svg", "image/svg+xml"},
    {"/stoklab/lib/jsencrypt.js", "jsencrypt.min.js", kScript},
    {"/stoklab/lib/md5.js", "md5.min.js", kScript},
    {"/stoklab/lib/licences.txt", "licences.txt", kText},
    {"/stoklab/about.json", "", kJson},
}};

std::string fileText(std::string_view name) {
  for (const auto& file : webui::embedded::files())
    if (file.name == name) return std::string(file.text);
  return {};  // a row without a file; WebUi.HasAFileForEachOfItsPages would fail
}

Json toJson(const FieldRule& rule) {
  Json json = Json::object();
  if (!rule.allowed.empty()) {
    Json& allowed = json.set("allowed", Json::array());
    for (const auto& value : rule.allowed) allowed.push(value);
  }
  if (rule.minimum) json.set("minimum", *rule.minimum);
  if (rule.maximum) json.set("maximum", *rule.maximum);
  if (rule.maxLength) json.set("max_length", static_cast<std::int64_t>(*rule.maxLength));
  if (rule.readOnly) json.set("read_only", true);
  return json;
}

// A section as a list of modules shows it: its name, how it is read, and what its fields may be.
Json toJson(const Section& section) {
  Json json = Json::object(
      {{"name", section.name}, {"kind", section.kind == SectionKind::table ? "table" : "section"}});
  if (!section.rules.empty()) {
    Json& rules = json.set("rules", Json::object());
    for (const auto& [field, rule] : section.rules) rules.set(field, toJson(rule));
  }
  return json;
}

Json aboutJson(const Profile& profile, WebUiBackend backend) {
  Json modules = Json::array();
  for (const auto& module : profile.modules) {
    Json sections = Json::array();
    for (const auto& section : module.sections)
      if (section.kind != SectionKind::action) sections.push(toJson(section));
    if (sections.size() == 0) continue;
    modules.push(Json::object({{"name", module.name}, {"sections", std::move(sections)}}));
  }
  return Json::object({{"schema_version", 1},
                       {"backend", backend == WebUiBackend::emulated ? "emulated" : "replayed"},
                       {"profile", profile.name},
                       {"model", profile.identity.model},
                       {"hardware", profile.identity.hardware},
                       {"firmware", profile.identity.firmware},
                       {"username", profile.authentication.username.value},
                       {"modules", std::move(modules)}});
}

std::string etagOf(std::string_view text) {
  return '"' + protocol::sha256Hex(text).substr(0, 16) + '"';
}

}  // namespace

std::optional<HttpReply> WebUi::find(const HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  const std::string_view path = request.target.substr(0, request.target.find_first_of("?#"));
  const auto page =
      std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.path == path; });
  if (page == kRows.end()) return std::nullopt;

  std::string text =
      page->file.empty() ? printJson(aboutJson(profile_, backend_)) : fileText(page->file);
  const std::string etag = etagOf(text);
  HttpReply reply{
      .contentType = std::string(page->contentType),
      .headers = {
          {"ETag", etag}, {"Cache-Control", "no-cache"}, {"X-Content-Type-Options", "nosniff"}}};
  const std::string_view known = request.header("If-None-Match");
  if (known == "*" || known.find(etag) != std::string_view::npos) {
    reply.status = 304;
    reply.contentType.clear();
    return reply;
  }
  if (page->contentType == kHtml) {
    reply.headers.emplace_back("Content-Security-Policy",
                               "default-src 'none'; script-src 'self'; style-src 'self'; "
                               "img-src 'self'; connect-src 'self'; form-action 'none'; "
                               "base-uri 'none'; frame-ancestors 'none'");
    reply.headers.emplace_back("Referrer-Policy", "no-referrer");
  }
  reply.body = std::move(text);
  return reply;
}

}  // namespace stoklab::emulator
