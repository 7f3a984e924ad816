// How a fault gets around a device: endpoints that change a request on its way in or an answer on
// its way out.
//
// The one thing not to get wrong: an endpoint is called from several threads. What a step keeps
// between calls is synchronised, and made anew for each device by aroundEach().
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stoklab/emulator/fault.h"
#include "stoklab/protocol/json.h"

namespace stoklab::emulator {

// One exchange: asks `inside`, or does not, and answers.
using Step = std::function<HttpReply(Endpoint& inside, const HttpRequest&, const Peer&)>;

Fault::Wrap around(Step step);
// For a step with a memory: `make` is called once for each device.
Fault::Wrap aroundEach(std::function<Step()> make);

// Answers `reply` where `when` holds, without asking the device.
using Condition = std::function<bool(const HttpRequest&)>;
Fault::Wrap answering(Condition when, HttpReply reply);
// Changes the whole answer where `when` holds.
Fault::Wrap changingReplies(Condition when, void (*change)(HttpReply& reply));
// Lets the client wait where `when` holds, and nobody else.
Fault::Wrap delayingWhere(Condition when, std::chrono::milliseconds delay);
// Closes without an answer.
Fault::Wrap droppingWhere(Condition when);

// Changes the text of every request's body.
Fault::Wrap editingRequests(std::function<void(const HttpRequest&, std::string& body)> edit);

// Changes every answer that is a JSON object.
using JsonEdit = std::function<void(const HttpRequest&, protocol::Json& answer)>;
Fault::Wrap editingAnswers(JsonEdit edit);
// Replaces text wherever it stands in an answer.
Fault::Wrap replacingInAnswers(std::string_view from, std::string_view to);

// The same request with another body or target, which must outlive the result.
HttpRequest withBody(const HttpRequest& request, std::string_view body);
HttpRequest withTarget(const HttpRequest& request, std::string_view target);

std::string replaced(std::string_view text, std::string_view from, std::string_view to);

// The body as JSON; null if it is none.
protocol::Json jsonOf(std::string_view body);
// error_code of an answer; 0 if it has none.
int codeOf(const HttpReply& reply);
HttpReply jsonReply(std::string body);
HttpReply codeReply(int errorCode);

bool isCommand(const HttpRequest& request);  // POST to /stok=.../ds
bool isLogin(const HttpRequest& request);
bool isChallenge(const HttpReply& reply);  // or anything else that carries a nonce
// A command with that method, "set".
bool hasMethod(const HttpRequest& request, std::string_view method);
// A command whose body holds that text.
bool says(const HttpRequest& request, std::string_view text);

// Tokens as the device gave them out, the newest last.
class Tokens {
 public:
  void learn(const HttpReply& reply);
  std::vector<std::string> all() const;
  std::string newest() const;  // empty if there is none

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> tokens_;
};

// Asks the device, remembers the token if the answer holds one, then lets `then` have its way. It
// gets the device's answer and returns what is sent.
using WithTokens = std::function<HttpReply(Endpoint& inside, const HttpRequest&, const Peer&,
                                           HttpReply reply, const Tokens&)>;
Fault::Wrap rememberingTokens(WithTokens then);

// "/stok=<token>/ds"
std::string commandTarget(std::string_view token);

// A section of the profile that is certain to have it.
fixtures::Section& sectionOf(fixtures::Profile& profile, std::string_view module,
                             std::string_view section);

}  // namespace stoklab::emulator
