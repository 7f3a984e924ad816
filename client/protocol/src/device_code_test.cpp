#include "stoklab/protocol/device_code.h"

#include <set>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::protocol {

TEST(DeviceCode, IsFoundByNumberAndBySymbol) {
  ASSERT_NE(findDeviceCode(-40401), nullptr);
  EXPECT_EQ(findDeviceCode(-40401)->symbol, "EUNAUTH");
  ASSERT_NE(findDeviceCode("ESYSLOCKED"), nullptr);
  EXPECT_EQ(findDeviceCode("ESYSLOCKED")->number, -40404);
}

TEST(DeviceCode, EveryRowIsFoundBothWays) {
  int last = -1000000;
  for (const auto& row : deviceCodes()) {
    SCOPED_TRACE(row.number);
    EXPECT_LT(last, row.number) << "the table is sorted";
    last = row.number;
    EXPECT_EQ(findDeviceCode(row.number), &row);
    if (!row.symbol.empty()) {
      EXPECT_EQ(findDeviceCode(row.symbol), &row);
    }
    EXPECT_FALSE(row.symbol.empty() && row.meaning.empty());
  }
}

TEST(DeviceCode, HoldsTheCodesThatTheProtocolHangsOn) {
  for (const int number :
       {code::kSystemError, code::kUnsupportedMethod, code::kUnsupportedCommand,
        code::kParameterError, code::kFormatError, code::kMissingParameter, code::kUnauthorized,
        code::kSessionTimeout, code::kLocked, code::kFactoryState, code::kTooManyClients,
        code::kLoggedOut, code::kLockedForGood, code::kNonceInvalid, code::kDeadSession})
    EXPECT_NE(findDeviceCode(number), nullptr) << number;
}

TEST(DeviceCode, IsDescribedForAPerson) {
  EXPECT_EQ(describeDeviceCode(-40106), "-40106 EINVINSTRUCT (unsupported command)");
  EXPECT_EQ(describeDeviceCode(-60709), "-60709 IPCIMLUMAERR (luma)");
  EXPECT_EQ(describeDeviceCode(-50101), "-50101 EINVMTU");
  EXPECT_EQ(describeDeviceCode(12345), "12345");
}

TEST(DeviceCode, DoesNotKnowEverything) {
  EXPECT_EQ(findDeviceCode(1), nullptr);
  EXPECT_EQ(findDeviceCode(""), nullptr);
  EXPECT_EQ(findDeviceCode("ENOSUCH"), nullptr);
}

}  // namespace stoklab::protocol
