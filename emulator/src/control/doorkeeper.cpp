#include "control/doorkeeper.h"

#include <Poco/Net/IPAddress.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cctype>

namespace stoklab::emulator {
namespace {

bool sameText(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) ==
                  std::tolower(static_cast<unsigned char>(y));
         });
}

std::size_t countOf(const HttpRequest& request, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(request.headers.begin(), request.headers.end(),
                    [&](const HttpHeader& each) { return sameText(each.name, name); }));
}

bool isPort(std::string_view text) {
  return text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool isLoopbackHost(std::string_view host) {
  std::string_view name = host;
  std::string_view port;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return false;
    name = host.substr(1, end - 1);
    port = host.substr(end + 1);
    if (name.find(':') == std::string_view::npos) return false;
  } else if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
    name = host.substr(0, colon);
    port = host.substr(colon);
  }
  if (!port.empty() && (port.front() != ':' || !isPort(port.substr(1)))) return false;
  if (sameText(name, "localhost")) return true;
  Poco::Net::IPAddress address;
  return Poco::Net::IPAddress::tryParse(std::string(name), address) && address.isLoopback();
}

bool Doorkeeper::hasToken(const HttpRequest& request) const {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view given = request.header("Authorization");
  if (given.size() < kScheme.size() || !sameText(given.substr(0, kScheme.size()), kScheme))
    return false;
  const std::string_view token = given.substr(kScheme.size());
  return token.size() == token_.size() &&
         CRYPTO_memcmp(token.data(), token_.data(), token.size()) == 0;
}

DoorDecision Doorkeeper::check(const HttpRequest& request) const {
  const std::size_t hosts = countOf(request, "Host"), origins = countOf(request, "Origin");
  if (hosts > 1 || origins > 1)
    return {.answer = refuse(400, "bad_header", "Host and Origin may stand in a request once")};
  if (token_.empty() && (hosts == 0 || !isLoopbackHost(request.header("Host"))))
    return {.answer = refuse(403, "foreign_host",
                             "without a token the control port answers to localhost and loopback "
                             "addresses only, and the Host header says otherwise")};
  DoorDecision decision;
  if (origins == 1) {
    const std::string origin(request.header("Origin"));
    if (!cameras_.ownsOrigin(origin))
      return {.answer = refuse(403, "foreign_origin",
                               "only the cameras' own pages may use the control port")};
    decision.headers = {{"Access-Control-Allow-Origin", origin}, {"Vary", "Origin"}};
    if (request.method == "OPTIONS") {
      decision.headers.emplace_back("Access-Control-Allow-Methods",
                                    "GET, POST, PUT, PATCH, DELETE");
      decision.headers.emplace_back("Access-Control-Allow-Headers", "Authorization, Content-Type");
      decision.headers.emplace_back("Access-Control-Max-Age", "600");
      decision.answer = ControlAnswer{.status = 204};
      return decision;
    }
  } else if (request.header("Sec-Fetch-Site") == "cross-site") {
    return {.answer = refuse(403, "foreign_origin",
                             "only the cameras' own pages may use the control port")};
  }
  if (!token_.empty() && !hasToken(request)) {
    decision.answer =
        refuse(401, "no_token", "the control port asks for the header Authorization: Bearer TOKEN");
    decision.answer->headers.emplace_back("WWW-Authenticate", "Bearer");
  }
  return decision;
}

}  // namespace stoklab::emulator
