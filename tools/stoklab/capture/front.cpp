#include "capture/front.h"

#include <algorithm>
#include <cctype>

namespace stoklab::cli {

namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool sameIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string originOf(const Target& target) {
  const std::string name =
      target.host.find(':') == std::string::npos ? target.host : "[" + target.host + "]";
  const bool usual = target.port == (target.tls ? 443 : 80);
  return (target.tls ? "https://" : "http://") + name +
         (usual ? "" : ":" + std::to_string(target.port));
}

std::optional<std::string> withOrigin(std::string_view url, const Target& from,
                                      std::string_view to) {
  url = trimmed(url);
  std::string scheme(from.tls ? "https" : "http");
  std::string_view rest = url;
  if (!url.starts_with("//")) {
    const auto colon = url.find("://");
    if (colon == std::string_view::npos) return std::nullopt;
    scheme = url.substr(0, colon);
    std::transform(scheme.begin(), scheme.end(), scheme.begin(), lower);
    rest.remove_prefix(colon + 1);
  }
  rest.remove_prefix(2);
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  const auto named = parseTarget(scheme + "://" + std::string(rest.substr(0, end)));
  if (!named || named->tls != from.tls || named->port != from.port ||
      !sameIgnoringCase(named->host, from.host))
    return std::nullopt;
  return std::string(to) + std::string(rest.substr(end));
}

std::string cookieForFront(std::string_view value, const Target& device, bool frontIsTls) {
  std::string kept;
  for (bool first = true;; first = false) {
    const auto end = value.find(';');
    const std::string_view part = value.substr(0, end);
    const std::string_view attribute = trimmed(part);
    const auto equals = attribute.find('=');
    const std::string_view name = trimmed(attribute.substr(0, equals));
    bool drop = false;
    if (!first && sameIgnoringCase(name, "Domain") && equals != std::string_view::npos) {
      std::string_view domain = trimmed(attribute.substr(equals + 1));
      if (domain.starts_with('.')) domain.remove_prefix(1);
      drop = sameIgnoringCase(domain, device.host);
    } else if (!first && !frontIsTls) {
      drop = sameIgnoringCase(name, "Secure");
    }
    if (!drop) {
      if (!first) kept += ';';
      kept += part;
    }
    if (end == std::string_view::npos) return kept;
    value.remove_prefix(end + 1);
  }
}

}  // namespace stoklab::cli
