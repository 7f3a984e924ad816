// An emulated camera for tests in C++ with GoogleTest: in this process, or a program of its own,
// steered by its control interface either way.
//
//   class MyClientTest : public stoklab::testing::EmulatorTest {};
//
//   TEST_F(MyClientTest, LogsInAgain) {
//     MyClient client(emulator().url(), emulator().password());
//     client.flicker();
//     ASSERT_TRUE(emulator().advance(std::chrono::minutes(31)));   // nobody has to wait
//     client.flicker();
//     EXPECT_TRUE(emulator().verify(R"({"kind":"login","error_code":0,"count":2})"));
//   }
//
// The one thing not to get wrong: an emulator in this process answers on threads of its own, so
// data that a test shares with it must be locked.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/protocol/json.h"
#include "stoklab/protocol/result.h"

namespace stoklab::testing {

enum class Way {
  inProcess,   // no program is needed; quick, and a debugger sees both sides
  ownProcess,  // the program that users run
};

struct EmulatorOptions {
  std::string password = "correct-horse";
  std::string profile = {};  // a name of `stoklab profile list`, or a file; empty: the default one
  // For Way::ownProcess: the program, else $STOKLAB, else "stoklab" on the PATH; and further
  // options of `stoklab emulate`.
  std::string program = {};
  std::vector<std::string> arguments = {};
};

// Ends what it has started when it goes. Not thread-safe.
class Emulator {
 public:
  // Serves on a free port of 127.0.0.1 when it returns. Fails with ErrorKind::malformed; the
  // detail says what to do.
  static protocol::Result<std::unique_ptr<Emulator>> start(Way way,
                                                           const EmulatorOptions& options = {});
  ~Emulator();
  Emulator(const Emulator&) = delete;
  Emulator& operator=(const Emulator&) = delete;

  const std::string& url() const { return url_; }  // "https://127.0.0.1:40123"
  std::uint16_t port() const;
  const std::string& password() const { return password_; }
  const std::string& certificateSha256() const { return certificateSha256_; }
  const std::string& controlUrl() const { return controlUrl_; }

  // One call of the control interface, which GET /openapi.json describes; `body` is JSON, or empty.
  // Fails with ErrorKind::refused for what it refuses, with its words, and with
  // ErrorKind::transport.
  protocol::Result<protocol::Json> control(std::string_view method, const std::string& path,
                                           std::string_view body = {});

  // Each is true, or says why not. Everything as new; the camera's clock, on which sessions, nonces
  // and locks run; a fault or a script of them; and what clients should have done, one expectation
  // or several with commas between.
  ::testing::AssertionResult reset();
  ::testing::AssertionResult advance(std::chrono::milliseconds time);
  ::testing::AssertionResult addFault(std::string_view fault);
  ::testing::AssertionResult verify(std::string_view expectations);

 private:
  struct Running;
  explicit Emulator(std::unique_ptr<Running> running);
  ::testing::AssertionResult post(const std::string& path, const std::string& body);

  std::unique_ptr<Running> running_;
  std::string url_, password_, certificateSha256_, controlUrl_;
};

// One emulator for all tests of a program, as new for each: of its own process if $STOKLAB names
// the program, and in this process otherwise.
class EmulatorTest : public ::testing::Test {
 protected:
  void SetUp() override;
  static Emulator& emulator();
};

}  // namespace stoklab::testing
