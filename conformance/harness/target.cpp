#include "harness/target.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>

namespace stoklab::conformance {

std::string Target::hostHeader() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

std::string Target::url() const { return (tls ? "https://" : "http://") + hostHeader(); }

std::optional<Target> parseTarget(std::string_view url) {
  try {
    const Poco::URI uri{std::string(url)};
    if (uri.getScheme() != "https" && uri.getScheme() != "http") return std::nullopt;
    if (uri.getHost().empty() || uri.getPort() == 0 || !uri.getUserInfo().empty())
      return std::nullopt;
    if ((uri.getPath() != "" && uri.getPath() != "/") || !uri.getQuery().empty())
      return std::nullopt;
    std::string host = uri.getHost();
    if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
    return Target{uri.getScheme() == "https", host, uri.getPort()};
  } catch (const Poco::Exception&) {
    return std::nullopt;
  }
}

}  // namespace stoklab::conformance
