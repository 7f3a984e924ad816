// A firmware upgrade, dumped before and after: what the dumps differ in is what the firmwares
// differ in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "dumped_device.h"

namespace stoklab::drift {

using fixtures::Profile;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Upgrade, ShowsInDumpsBeforeAndAfterWhatTheFirmwaresDifferIn) {
  const Profile before = *fixtures::builtInProfile("c350_hw1.0_fw2.3.2");
  const auto after = std::make_shared<const Profile>(*fixtures::builtInProfile("c540v_fw2.2.0"));
  DumpedDevice device(before, after);
  const Profile first = device.dump();
  device.upgrade();
  const Profile second = device.dump();
  const auto expected = findingsBetween(before, *after, true);
  EXPECT_THAT(expected, Not(IsEmpty()));
  EXPECT_EQ(findingsBetween(first, second, true), expected);
}

}  // namespace stoklab::drift
