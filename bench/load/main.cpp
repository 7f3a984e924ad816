// bench_load: clients on this machine, as many and as busy as asked. Exit code 0 if there was a
// measurement, whatever it shows; 2 for a wrong command line, 3 if the server cannot be used.
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "load_loop.h"

namespace {

constexpr rlim_t kDescriptorsAside = 64;

// As many descriptors as the system allows; false if they do not suffice.
bool haveDescriptors(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur >= wanted + kDescriptorsAside;
}

}  // namespace

int main(int argc, char** argv) {
  namespace bench = stoklab::bench;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h")) {
    std::cout << bench::usage();
    return 0;
  }
  const auto options = bench::readOptions(arguments);
  if (!options) return 2;
  if (!haveDescriptors(options->connections)) {
    std::cerr << "error: " << options->connections
              << " connections need more file descriptors than this process may have; raise the "
                 "limit (ulimit -Hn) or take fewer\n";
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  const char* const password = std::getenv("STOKLAB_PASSWORD");
  if (password == nullptr && options->loggedIn && options->mode != bench::Mode::hold) {
    std::cerr << "error: this mode logs in; put the password into STOKLAB_PASSWORD\n";
    return 2;
  }
  const auto result = bench::runLoad(*options, password == nullptr ? "" : password);
  if (!result.failure.empty()) std::cerr << "error: " << result.failure << "\n";
  std::cout << bench::toJson(*options, result);
  return result.failure.empty() ? 0 : 3;
}
