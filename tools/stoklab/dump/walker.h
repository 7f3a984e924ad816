// The steps of a dump, in their order. What it needs of the world comes in from outside; what it
// finds is in the journal, and in findings().
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dump/assemble.h"
#include "dump/dump.h"
#include "dump/gate.h"
#include "dump/raw_connection.h"
#include "dump/steps.h"
#include "dump/walk.h"
#include "dump/wrong_requests.h"
#include "stoklab/client/session.h"

namespace stoklab::cli::dump {

// The way to one device.
struct Link {
  Gate& gate;
  Throttle& throttle;
  Device device;
  client::Credentials credentials;
  std::function<void()> disconnect;                // the next request opens a connection
  std::function<std::size_t()> connectionsOpened;  // since the beginning
  // Around each login: whether it may be made, and what came of it.
  std::function<Result<void>()> beforeLogin;
  std::function<void(bool refused)> afterLogin;
};

// Not thread-safe. All that it is given must outlive it.
class Walker {
 public:
  // `base` is the one that was asked for; null: the nearest.
  Walker(Link& link, Steps& steps, fixtures::Redactor& redactor, const fixtures::Profile* base,
         const DumpOptions& options);

  // Takes every step. What has been opened is closed again, unless the device is out of reach.
  Result<void> run();

  const Findings& findings() const { return findings_; }
  const fixtures::Profile& base() const { return *base_; }
  std::size_t handshakes() const { return handshakes_; }
  const std::vector<std::string>& refused() const { return refused_; }
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  Result<void> takeSteps();
  Result<void> door();
  Result<void> refusedLogins();
  Result<void> logIn();
  Result<void> identity();
  Result<void> modules();
  Result<void> module(const AskedModule& asked);
  Result<void> wrongRequests();
  Result<void> manners();
  Result<void> again();
  Result<void> costly();

  Result<protocol::Json> tlsStep();
  Result<protocol::Json> wrongStep(WrongPlace place, const std::string& text);
  Result<protocol::Json> connectionStep();
  Result<protocol::Json> deadTokenStep();
  Result<protocol::Json> rewriteStep(const std::string& module, const protocol::Json& sections);

  // A request through the gate; once more if only a kept connection was the reason that it failed.
  Result<client::HttpAnswer> exchange(const client::HttpExchange& request);
  Result<client::HttpAnswer> post(const std::string& path, std::string body);
  Result<protocol::Json> ask(const protocol::Json& modules);
  Result<client::HttpAnswer> refusedLogin(const protocol::Json& login);
  Result<void> openSession();
  protocol::Json cheapRead() const;
  bool masks(std::string_view module, std::string_view section, std::string_view field) const;

  Link& link_;
  Steps& steps_;
  fixtures::Redactor& redactor_;
  const DumpOptions& options_;
  Findings findings_;
  const fixtures::Profile* ownBase_;
  std::optional<fixtures::Profile> base_;
  std::vector<AskedModule> asked_;
  client::Session session_;
  std::string commandPath_;
  std::size_t handshakes_ = 0;
  std::vector<std::string> refused_, notes_;
};

}  // namespace stoklab::cli::dump
