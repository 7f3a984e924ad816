#include "access_options.h"

#include "options.h"

namespace stoklab::cli {

void addTrustOptions(CLI::App& command, ConnectionOptions& options) {
  addOption(command,
            {.name = "--timeout", .help = "how long to wait for an answer", .value = "SECONDS"},
            options.timeoutSeconds, {0.001, 3600});
  addOption(command,
            {.name = "--tls-pin",
             .help = "accept only the certificate with this SHA-256",
             .value = "HEX"},
            options.trust.pin);
  addOption(command,
            {.name = "--ca",
             .help = "accept only certificates of the authorities in a PEM file",
             .value = "FILE"},
            options.trust.authorityFile);
  addFlag(command,
          {.name = "--insecure",
           .help = "accept any certificate; the default for targets on this machine"},
          options.trust.insecure);
  addConflict(command, {"--tls-pin", "--ca", "--insecure"});
}

void addLoginOptions(CLI::App& command, ConnectionOptions& options) {
  addOption(command, {.name = "--username", .help = "who logs in", .value = "NAME"},
            options.username);
  addOption(command,
            {.name = "--password-file",
             .help = "take the password from a file; - is standard input; without this, "
                     "STOKLAB_PASSWORD or a prompt",
             .value = "FILE"},
            options.password.file);
  addOption(command,
            {.name = "--password-fd",
             .help = "take the password from an open file descriptor",
             .value = "N"},
            options.password.fileDescriptor, kNotNegative);
  addConflict(command, {"--password-file", "--password-fd"});
}

}  // namespace stoklab::cli
