#include "stoklab/protocol/result.h"

#include "stoklab/protocol/device_code.h"

namespace stoklab::protocol {

std::string_view toText(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::transport:
      return "transport";
    case ErrorKind::malformed:
      return "malformed";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::locked:
      return "locked";
    case ErrorKind::safety:
      return "safety";
  }
  return "unknown";
}

std::string describe(const Error& error) {
  std::string text(toText(error.kind));
  text += ": ";
  text += error.detail;
  // Many a detail names the code itself.
  if (error.deviceCode && error.detail.find(std::to_string(*error.deviceCode)) == std::string::npos)
    text += " [" + describeDeviceCode(*error.deviceCode) + "]";
  if (error.retryAfter) text += "; " + std::to_string(error.retryAfter->count()) + " s left";
  if (error.kind == ErrorKind::transport && error.execution == Execution::mayHaveRun)
    text += "; the request may have been executed";
  return text;
}

Error malformed(std::string detail) {
  return Error{.kind = ErrorKind::malformed, .detail = std::move(detail)};
}

}  // namespace stoklab::protocol
