#include <Poco/Version.h>
#include <openssl/crypto.h>

#include <string>

#include "stoklab/protocol/json.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

using protocol::Json;

namespace {

// Poco's version number holds two digits for each of its parts and four bits more.
std::string pocoVersion() {
  const unsigned version = POCO_VERSION;
  return std::to_string(version >> 24U) + "." + std::to_string((version >> 16U) & 0xffU) + "." +
         std::to_string((version >> 8U) & 0xffU);
}

ExitCode run(Console& console) {
  const Json facts = Json::object({{"stoklab", STOKLAB_VERSION},
                                   {"build", STOKLAB_BUILD_TYPE},
                                   {"compiler", STOKLAB_COMPILER},
                                   {"poco", pocoVersion()},
                                   {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)}});
  if (console.format == Format::json) {
    printDocument(console, facts);
    return ExitCode::asExpected;
  }
  for (const auto& [name, value] : *facts.members()) {
    console.out << name << " " << *value.string() << "\n";
  }
  console.out << "\nNot affiliated with or endorsed by TP-Link. It speaks of conformance to the\n"
                 "observed protocol, which nobody has specified or certified.\n";
  return ExitCode::asExpected;
}

}  // namespace

Run declareVersion(CLI::App&, Console& console) {
  return [&console] { return run(console); };
}

}  // namespace stoklab::cli
