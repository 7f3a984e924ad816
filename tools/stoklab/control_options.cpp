#include "control_options.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <istream>
#include <utility>

#include "listen_address.h"

namespace stoklab::cli {

using emulator::JournalLimits;
using protocol::ErrorKind;
using protocol::malformed;
using protocol::Result;

namespace {

constexpr std::size_t kShortestToken = 8, kLongestToken = 1024;
constexpr int kMostEntries = 1'000'000;
constexpr std::size_t kBytesOfAnEntry = 1600;  // of an ordinary exchange, bodies and all
constexpr std::size_t kFewestBytes = 1024 * 1024;

constexpr const char* kVariable = "STOKLAB_CONTROL_TOKEN";

Result<std::string> checked(std::string token, const std::string& source) {
  if (token.ends_with('\n')) token.pop_back();
  if (token.ends_with('\r')) token.pop_back();
  if (token.size() < kShortestToken || token.size() > kLongestToken)
    return malformed("the control token in " + source + " must have from " +
                     std::to_string(kShortestToken) + " to " + std::to_string(kLongestToken) +
                     " characters and has " + std::to_string(token.size()));
  const bool good =
      std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!good)
    return malformed("the control token in " + source +
                     " must be printable ASCII without spaces: it travels in a header");
  return token;
}

Result<std::string> readToken(std::istream& stream, const std::string& source) {
  // Room for the line break, and for one more to notice what is too long.
  std::string text(kLongestToken + 3, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return malformed(source + " (--control-token-file) cannot be read");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return checked(std::move(text), source);
}

// Empty: there is none.
Result<std::string> tokenFor(const ControlArguments& arguments, Console& console) {
  if (arguments.tokenFile == "-") return readToken(console.in, "standard input");
  if (!arguments.tokenFile.empty()) {
    std::ifstream file(arguments.tokenFile, std::ios::binary);
    if (!file)
      return malformed("--control-token-file " + arguments.tokenFile +
                       " cannot be opened: " + std::strerror(errno));
    return readToken(file, arguments.tokenFile);
  }
  if (auto token = console.environment(kVariable)) return checked(*std::move(token), kVariable);
  return std::string();
}

Result<void> checkReach(const ControlArguments& arguments, const std::string& token) {
  if (ListenAddress{.address = arguments.address}.isLoopback()) return {};
  const auto unsafe = [&](const std::string& why) {
    return protocol::Error{
        .kind = ErrorKind::safety,
        .detail = "--control-listen " + arguments.address + " is no loopback address: " + why};
  };
  if (arguments.revealSecrets) return unsafe("--reveal-secrets is for loopback only");
  if (token.empty())
    return unsafe(std::string("others could steer the camera; ask them for a token with "
                              "--control-token-file or ") +
                  kVariable);
  return {};
}

JournalLimits limitsFor(int entries, JournalLimits limits) {
  if (entries < 0) return limits;
  limits.maxEntries = static_cast<std::size_t>(entries);
  limits.maxBytes = std::max(limits.maxEntries * kBytesOfAnEntry, kFewestBytes);
  return limits;
}

}  // namespace

void addControlOptions(CLI::App& command, ControlArguments& arguments) {
  addOption(command,
            {.name = "--control-port",
             .help = "serve the control interface there, JSON over HTTP, for tests that steer the "
                     "camera; 0 takes any free port. /openapi.json describes it",
             .value = "N"},
            arguments.port, kPort);
  addOption(command,
            {.name = "--control-listen",
             .help = "the address of the control interface; other than loopback only with a token",
             .value = "ADDRESS"},
            arguments.address);
  addOption(command,
            {.name = "--control-token-file",
             .help = "a file with the token that callers must send as Authorization: Bearer; - is "
                     "standard input. By default STOKLAB_CONTROL_TOKEN, or none",
             .value = "FILE"},
            arguments.tokenFile);
  addFlag(command,
          {.name = "--reveal-secrets",
           .help = "let the control interface show tokens, passwords and identities; on loopback "
                   "only"},
          arguments.revealSecrets);
  addOption(command,
            {.name = "--journal-entries",
             .help = "how many requests the control interface remembers",
             .value = "N"},
            arguments.journalEntries, Range<int>{1, kMostEntries});
  addDependence(
      command,
      {"--control-listen", "--control-token-file", "--reveal-secrets", "--journal-entries"},
      "--control-port");
}

Result<std::optional<ControlSetup>> controlSetup(const ControlArguments& arguments,
                                                 const JournalLimits& journal, Console& console) {
  if (arguments.port < 0) return std::optional<ControlSetup>();
  auto token = tokenFor(arguments, console);
  if (!token) return std::move(token).error();
  if (auto safe = checkReach(arguments, *token); !safe) return safe.error();
  return std::optional(ControlSetup{.server = {.address = arguments.address,
                                               .port = static_cast<std::uint16_t>(arguments.port),
                                               .token = *std::move(token),
                                               .revealSecrets = arguments.revealSecrets},
                                    .journal = limitsFor(arguments.journalEntries, journal)});
}

}  // namespace stoklab::cli
