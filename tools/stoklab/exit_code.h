// What the program's exit code means. Scripts depend on these numbers: they are never reused.
#pragma once

namespace stoklab::cli {

enum class ExitCode {
  asExpected = 0,
  findings = 1,     // a requirement failed, a device said no, something asked for is not there
  usage = 2,        // command line, configuration or input file
  unreachable = 3,  // no usable answer from the target, or a TLS failure
  safety = 4,       // login refused, device locked, a guard of our own
  fault = 5,        // of this program
  nothingRun = 6,   // success would mean nothing, because nothing was tried
};

}  // namespace stoklab::cli
