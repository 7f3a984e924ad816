#include "options.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace stoklab::bench {
namespace {

struct ModeName {
  std::string_view name;
  Mode mode;
};
constexpr auto kModes = std::to_array<ModeName>({{"get", Mode::get},
                                                 {"set", Mode::set},
                                                 {"handshake", Mode::handshake},
                                                 {"resume", Mode::resume},
                                                 {"login", Mode::login},
                                                 {"session", Mode::session},
                                                 {"mixed", Mode::mixed},
                                                 {"hold", Mode::hold}});

bool readNumber(const std::string& text, double lowest, double highest, double& into) {
  char* end = nullptr;
  errno = 0;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || errno != 0 || !(value >= lowest && value <= highest))
    return false;
  into = value;
  return true;
}

template <class Integer>
bool readInteger(const std::string& text, double lowest, double highest, Integer& into) {
  double value = 0;
  if (!readNumber(text, lowest, highest, value)) return false;
  into = static_cast<Integer>(value);
  return true;
}

struct Option {
  std::string_view name, value, help;
  bool (*take)(const std::string& value, Options& options);
};

constexpr auto kOptions = std::to_array<Option>({
    {"--url", "URL", "https://127.a.b.c:PORT, or http://; no other address is ever connected to",
     [](const std::string& v, Options& o) { return !(o.url = v).empty(); }},
    {"--mode", "MODE", "get, set, handshake, resume, login, session, mixed or hold",
     [](const std::string& v, Options& o) {
       const auto found = std::find_if(kModes.begin(), kModes.end(),
                                       [&](const ModeName& row) { return row.name == v; });
       if (found != kModes.end()) o.mode = found->mode;
       return found != kModes.end();
     }},
    {"--connections", "N", "how many at once, 1 to 15000; by default 16",
     [](const std::string& v, Options& o) {
       return readInteger(v, 1, kMostConnections, o.connections);
     }},
    {"--seconds", "S", "how long, up to 600; by default 1",
     [](const std::string& v, Options& o) { return readNumber(v, 0.01, kMostSeconds, o.seconds); }},
    {"--count", "N", "end after that many operations, if the time is not over before",
     [](const std::string& v, Options& o) { return readInteger(v, 1, 1e9, o.count); }},
    {"--warm-up", "S", "not counted; by default 0.1",
     [](const std::string& v, Options& o) { return readNumber(v, 0, 60, o.warmUp); }},
    {"--rate", "N", "operations a second, evenly; by default as many as there can be",
     [](const std::string& v, Options& o) { return readNumber(v, 1, 1e7, o.rate); }},
    {"--suite", "NAME", "the one TLS 1.2 suite to offer, or tls1.3; by default AES256-GCM-SHA384",
     [](const std::string& v, Options& o) { return !(o.suite = v).empty(); }},
    {"--username", "NAME", "by default admin; the password is in STOKLAB_PASSWORD",
     [](const std::string& v, Options& o) { return !(o.username = v).empty(); }},
    {"--path", "PATH", "ask for this without any login",
     [](const std::string& v, Options& o) {
       o.loggedIn = false;
       return (o.path = v).starts_with('/');
     }},
    {"--body", "JSON", "what a get sends; by default that for image.switch",
     [](const std::string& v, Options& o) { return !(o.getBody = v).empty(); }},
    {"--pid", "PID", "the server, to say what processor time and memory it took",
     [](const std::string& v, Options& o) { return readInteger(v, 1, 1e9, o.pid); }},
    {"--control", "URL", "http://127.a.b.c:PORT of the control interface: mixed uses it as well",
     [](const std::string& v, Options& o) { return !(o.control = v).empty(); }},
});

}  // namespace

std::string usage() {
  std::string text =
      "usage: STOKLAB_PASSWORD=... bench_load --url URL [OPTIONS]\n"
      "Puts load on a server on this machine and prints one JSON object.\n\n";
  for (const Option& option : kOptions) {
    std::string line = "  " + std::string(option.name) + " " + std::string(option.value);
    line.resize(std::max<std::size_t>(line.size() + 1, 20), ' ');
    text += line + std::string(option.help) + "\n";
  }
  return text;
}

std::optional<Options> readOptions(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    const auto found = std::find_if(kOptions.begin(), kOptions.end(), [&](const Option& option) {
      return option.name == arguments[i];
    });
    if (found == kOptions.end()) {
      std::cerr << "error: unknown option " << arguments[i] << "; --help lists them\n";
      return std::nullopt;
    }
    if (i + 1 == arguments.size() || !found->take(arguments[i + 1], options)) {
      std::cerr << "error: " << found->name << " takes " << found->value << ": " << found->help
                << "\n";
      return std::nullopt;
    }
  }
  if (options.url.empty()) {
    std::cerr << "error: --url is missing\n" << usage();
    return std::nullopt;
  }
  if (!options.loggedIn && options.mode != Mode::get && options.mode != Mode::handshake &&
      options.mode != Mode::resume && options.mode != Mode::hold) {
    std::cerr << "error: --path goes with the modes get, handshake, resume and hold only\n";
    return std::nullopt;
  }
  return options;
}

}  // namespace stoklab::bench
