// The command line of the load generator.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace stoklab::bench {

// What each client does, over and over.
enum class Mode {
  get,        // on one kept connection
  set,        // one field, to and fro, on one kept connection
  handshake,  // connect with a full handshake, one get, close
  resume,     // the same with a resumed session
  login,      // challenge and login on one kept connection
  session,    // connect with a full handshake, challenge, login, one get, close
  mixed,      // gets, sets, logins and new connections, by chance of a fixed seed
  hold,       // connect and stay silent
};

struct Options {
  std::string url = {};
  Mode mode = Mode::get;
  std::size_t connections = 16;
  double seconds = 1;     // of measuring; at most kMostSeconds
  std::size_t count = 0;  // operations, then it ends; 0: by time only
  double warmUp = 0.1;    // seconds that are not counted
  double rate = 0;  // operations a second, evenly, all clients together; 0: as fast as it goes
  std::string suite = "AES256-GCM-SHA384";
  std::string username = "admin";
  bool loggedIn = true;   // false: `path` is asked as it is (a server that only has one answer)
  std::string path = {};  // instead of /stok=<token>/ds
  std::string getBody = R"({"method":"get","image":{"name":"switch"}})";
  pid_t pid = 0;             // of the server, for its processor time and memory; 0: unknown
  std::string control = {};  // URL of the control interface, for `mixed`; empty: none
};

inline constexpr double kMostSeconds = 600;
inline constexpr std::size_t kMostConnections = 15'000;

// nullopt, after a message on standard error, for what makes no sense.
std::optional<Options> readOptions(const std::vector<std::string>& arguments);
std::string usage();

}  // namespace stoklab::bench
