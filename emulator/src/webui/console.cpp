#include "webui/console.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "stoklab/protocol/json.h"
#include "webui_files.h"

namespace stoklab::emulator {

using protocol::Json;

namespace {

constexpr std::string_view kPrefix = "/stoklab/console";
// Also those that it shares with the camera's page, so that the camera does not see them asked for.
constexpr std::string_view kFolder = "/stoklab/console/";
constexpr std::string_view kFactsPath = "/stoklab/console.json";
constexpr std::string_view kPagePath = "/stoklab/console.html";

// By the end of its name.
struct Kind {
  std::string_view ending, contentType;
};
constexpr std::array<Kind, 4> kKinds = {{
    {".html", "text/html; charset=UTF-8"},
    {".css", "text/css; charset=UTF-8"},
    {".js", "text/javascript; charset=UTF-8"},
    {".svg", "image/svg+xml"},
}};

// Empty: there is no such file.
std::string_view fileText(std::string_view name) {
  for (const auto& file : webui::embedded::files())
    if (file.name == name) return file.text;
  return {};
}

}  // namespace

ConsoleEndpoint::ConsoleEndpoint(std::unique_ptr<Endpoint> inside, const ConsoleLink& link,
                                 std::string camera)
    : inside_(std::move(inside)), link_(link), camera_(std::move(camera)) {}

HttpReply ConsoleEndpoint::handle(const HttpRequest& request, const Peer& peer) {
  if (request.target.starts_with(kPrefix))
    if (auto reply = page(request)) return *std::move(reply);
  return inside_->handle(request, peer);
}

std::optional<HttpReply> ConsoleEndpoint::page(const HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  const std::string_view path = request.target.substr(0, request.target.find_first_of("?#"));
  HttpReply reply{
      .headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}}};
  const std::string control = link_.url();
  if (path == kFactsPath) {
    reply.body = printJson(Json::object({{"schema_version", 1},
                                         {"control_url", control.empty() ? Json() : Json(control)},
                                         {"camera", camera_}}));
    return reply;
  }
  const bool isPage = path == kPagePath;
  if (!isPage && !path.starts_with(kFolder)) return std::nullopt;
  const auto kind =
      std::ranges::find_if(kKinds, [&](const Kind& each) { return path.ends_with(each.ending); });
  if (kind == kKinds.end()) return std::nullopt;
  const std::string_view text = fileText(path.substr(path.rfind('/') + 1));
  if (text.empty()) return std::nullopt;
  reply.contentType = kind->contentType;
  reply.body = text;
  if (isPage) {
    reply.headers.emplace_back(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
        "'self'" +
            (control.empty() ? control : " " + control) +
            "; form-action 'none'; base-uri 'none'; frame-ancestors 'none'");
    reply.headers.emplace_back("Referrer-Policy", "no-referrer");
  }
  return reply;
}

}  // namespace stoklab::emulator
