// The two names of a device behind a proxy: its own, and the one that clients use. Headers that
// hold one of them are rewritten on their way, or a browser would leave the proxy at the first
// redirect.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "target.h"

namespace stoklab::cli {

// Scheme, host and port as a browser writes them in Origin: "https://192.0.2.7",
// "http://[::1]:8080".
std::string originOf(const Target& target);

// A URL that begins with the origin `from`, or "//" and its authority, with `to` instead; nullopt
// if it points elsewhere. Default ports and case do not count.
std::optional<std::string> withOrigin(std::string_view url, const Target& from,
                                      std::string_view to);

// A value of Set-Cookie that a browser takes from the proxy: without a Domain that names the
// device, and without Secure if the proxy speaks plain HTTP.
std::string cookieForFront(std::string_view value, const Target& device, bool frontIsTls);

}  // namespace stoklab::cli
