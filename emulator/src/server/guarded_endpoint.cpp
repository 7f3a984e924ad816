#include "guarded_endpoint.h"

#include <cstdio>
#include <exception>

namespace stoklab::emulator {
namespace {

// Says what happened but not to which request: its path may hold a session token.
void reportBug(const char* what) { std::fprintf(stderr, "emulator bug: %s\n", what); }

HttpReply bugReply() {
  HttpReply reply;
  reply.status = 500;
  reply.contentType.clear();
  return reply;
}

}  // namespace

HttpReply handleGuarded(Endpoint& endpoint, const HttpRequest& request, const Peer& peer) noexcept {
  try {
    HttpReply reply = endpoint.handle(request, peer);
    if (reply.status >= 200 && reply.status <= 999) return reply;
    reportBug("an endpoint answered with a status outside 200 - 999");
  } catch (const std::exception& error) {
    reportBug(error.what());
  } catch (...) {
    reportBug("an endpoint threw something that is no std::exception");
  }
  return bugReply();
}

Effort effortGuarded(const Endpoint& endpoint, const HttpRequest& request) noexcept {
  try {
    return endpoint.effortOf(request);
  } catch (const std::exception& error) {
    reportBug(error.what());
  } catch (...) {
    reportBug("an endpoint threw something that is no std::exception");
  }
  return Effort::light;
}

}  // namespace stoklab::emulator
