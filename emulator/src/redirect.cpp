#include "redirect.h"

#include <string>

namespace stoklab::emulator {

namespace {

// The host of a Host header without its port; empty if it is nothing that could stand in a URL.
std::string_view hostOnly(std::string_view header) {
  if (header.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               ".-:[]") != std::string_view::npos)
    return {};
  if (header.starts_with('[')) return header.substr(0, header.find(']') + 1);
  return header.substr(0, header.find(':'));
}

}  // namespace

HttpReply Redirect::handle(const HttpRequest& request, const Peer& peer) {
  const std::string_view named = hostOnly(request.header("Host"));
  std::string url = "https://";
  url += named.empty() ? std::string_view(peer.localAddress) : named;
  if (httpsPort_ != 443) url += ":" + std::to_string(httpsPort_);
  url += "/";
  return {.status = status_, .contentType = {}, .headers = {{"Location", std::move(url)}}};
}

}  // namespace stoklab::emulator
