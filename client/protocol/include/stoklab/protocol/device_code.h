// The numbers that a device puts into "error_code" and "data.code", with the vendor's symbol and
// what it means (facts.md section 9, the rows that concern cameras). One table, used in both
// directions; numbers that are not in it are legal and simply have no name.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace stoklab::protocol {

struct DeviceCode {
  int number;
  std::string_view symbol;   // the vendor's, e.g. "EUNAUTH"; empty where none is known
  std::string_view meaning;  // a few words; empty where only the symbol is known
};

// Sorted by number, most negative first.
std::span<const DeviceCode> deviceCodes();

// nullptr if the table has no such row.
const DeviceCode* findDeviceCode(int number);
const DeviceCode* findDeviceCode(std::string_view symbol);

// "-40106 EINVINSTRUCT (unsupported command)", or just the number.
std::string describeDeviceCode(int number);

// The codes that the protocol itself hangs on.
namespace code {
inline constexpr int kOk = 0;
inline constexpr int kSystemError = -40101;
inline constexpr int kUnsupportedMethod = -40105;
inline constexpr int kUnsupportedCommand = -40106;
inline constexpr int kParameterError = -40209;
inline constexpr int kFormatError = -40210;
inline constexpr int kMissingParameter = -40211;
inline constexpr int kUnauthorized = -40401;
inline constexpr int kSessionTimeout = -40403;
inline constexpr int kLocked = -40404;
inline constexpr int kFactoryState = -40405;
inline constexpr int kTooManyClients = -40406;
inline constexpr int kLoggedOut = -40407;
inline constexpr int kLockedForGood = -40408;
inline constexpr int kNonceInvalid = -40410;
inline constexpr int kDeadSession = -40415;
}  // namespace code

}  // namespace stoklab::protocol
