// One HTTP exchange with a device. The rest of the client is built on this and nothing else, so a
// test can put an in-process device, and a measurement a counter, in its place.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "stoklab/protocol/result.h"

namespace stoklab::client {

using protocol::Result;

struct HttpExchange {
  std::string method = "POST";
  std::string path = "/";  // may hold a session token: redactPath() before printing
  std::string body = {};
  std::string contentType = "application/json; charset=UTF-8";
  // Further ones, in order, behind the transport's own. None of those that the transport writes:
  // Host, Connection, Content-Length, Transfer-Encoding and, unless `contentType` is empty,
  // Content-Type.
  std::vector<std::pair<std::string, std::string>> headers = {};
};

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
};

// Not thread-safe: one transport, one thread at a time.
class Transport {
 public:
  virtual ~Transport() = default;

  // Sends the request once and reads one complete answer, whatever its status. Fails with
  // ErrorKind::transport; Error::execution then says whether the device may have got the whole
  // request. Never sends a request a second time by itself.
  virtual Result<HttpAnswer> exchange(const HttpExchange& request) = 0;

  // Whether the last exchange failed for no better reason than that the device had closed a
  // connection which earlier exchanges had used. On a new connection the request has every chance;
  // whether it may be sent again is for the caller to decide (Error::execution).
  virtual bool keptConnectionDied() const { return false; }

  // Whether the last exchange failed because a deadline passed, and for no better reason.
  virtual bool deadlinePassed() const { return false; }
};

}  // namespace stoklab::client
