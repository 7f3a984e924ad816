#include "fleet_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::emulator {
namespace {

using protocol::ErrorKind;
using protocol::FailsWith;
using protocol::IsOk;
using testing::ElementsAre;
using testing::HasSubstr;

// Never looked into.
std::shared_ptr<const fixtures::Profile> someProfile() {
  static const auto kProfile = std::make_shared<const fixtures::Profile>();
  return kProfile;
}

FleetMember cameras(std::size_t count) { return {.profile = someProfile(), .count = count}; }

FleetMember named(const std::string& id, std::size_t count = 1) {
  return {.id = id, .profile = someProfile(), .count = count};
}

std::vector<std::string> idsOf(const std::vector<PlannedCamera>& cameras) {
  std::vector<std::string> ids;
  for (const auto& camera : cameras) ids.push_back(camera.id);
  return ids;
}

}  // namespace

TEST(FleetPlan, NumbersCamerasAndTheirAddresses) {
  const auto plan = planFleet({.members = {cameras(600)}}, 0);
  ASSERT_THAT(plan, IsOk());
  ASSERT_EQ(plan->size(), 600U);
  EXPECT_EQ(plan->front().id, "1");
  EXPECT_EQ(printIpv4(plan->front().address), "127.1.0.1");
  EXPECT_EQ(printIpv4(plan->at(253).address), "127.1.0.254");
  EXPECT_EQ(printIpv4(plan->at(254).address), "127.1.1.1");
  EXPECT_EQ(plan->back().id, "600");
  EXPECT_EQ(printIpv4(plan->back().address), "127.1.2.92");
}

TEST(FleetPlan, PutsANumberBehindTheIdOfSeveral) {
  const auto plan = planFleet({.members = {named("yard-", 2), cameras(1), named("gate")}}, 0);
  ASSERT_THAT(plan, IsOk());
  EXPECT_THAT(idsOf(*plan), ElementsAre("yard-1", "yard-2", "3", "gate"));
}

TEST(FleetPlan, TakesAddressesAndPortsAsTheyAreGiven) {
  FleetMember member = cameras(2);
  member.address = "127.9.8.7";
  auto plan = planFleet({.members = {member}}, 0);
  ASSERT_THAT(plan, IsOk());
  EXPECT_EQ(printIpv4(plan->at(1).address), "127.9.8.8");

  member = cameras(2);
  member.port = 20000;
  plan = planFleet({.addressing = FleetAddressing::port, .members = {cameras(2), member}}, 3000);
  ASSERT_THAT(plan, IsOk());
  EXPECT_EQ(plan->at(1).port, 3001);
  EXPECT_EQ(plan->at(3).port, 20001);
  EXPECT_EQ(plan->at(3).address, 0U);
}

TEST(FleetPlan, LeavesPortsToTheSystem) {
  const auto plan = planFleet({.addressing = FleetAddressing::port, .members = {cameras(3)}}, 0);
  ASSERT_THAT(plan, IsOk());
  for (const auto& camera : *plan) EXPECT_EQ(camera.port, 0);
}

TEST(FleetPlan, GivesEachShardItsPartAndChangesNothingElse) {
  const auto whole = planFleet({.members = {cameras(10)}}, 0);
  ASSERT_THAT(whole, IsOk());
  std::vector<PlannedCamera> parts;
  for (std::size_t shard = 1; shard <= 3; ++shard) {
    const auto part = planFleet({.members = {cameras(10)}, .shard = shard, .shards = 3}, 0);
    ASSERT_THAT(part, IsOk());
    EXPECT_GE(part->size(), 3U);
    EXPECT_LE(part->size(), 4U);
    parts.insert(parts.end(), part->begin(), part->end());
  }
  ASSERT_EQ(parts.size(), whole->size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_EQ(parts[i].number, whole->at(i).number);
    EXPECT_EQ(parts[i].id, whole->at(i).id);
    EXPECT_EQ(parts[i].address, whole->at(i).address);
  }
}

TEST(FleetPlan, RefusesWhatContradictsItself) {
  constexpr auto kByPort = FleetAddressing::port;
  FleetMember withPort = named("a"), withAddress = named("b"), elsewhere = named("c"),
              withCertificate = named("d"), twoMacs = named("e", 2), last = named("f", 2);
  withPort.port = 1;
  withAddress.address = "127.0.0.9";
  elsewhere.address = "192.0.2.1";
  withCertificate.certificate = CertificateFiles{.certificate = "c", .privateKey = "k"};
  twoMacs.mac = "00-00-5E-00-53-01";
  last.port = 65535;
  FleetMember sameAddress = named("g");
  sameAddress.address = "127.1.0.1";
  const std::pair<FleetOptions, const char*> cases[] = {
      {{.members = {}}, "at least one camera"},
      {{.members = {cameras(0)}}, "entry 1 of the fleet: a count is at least 1"},
      {{.members = {cameras(100'001)}}, "at most 100000"},
      {{.members = {withPort}}, "camera a names a port"},
      {{.addressing = kByPort, .members = {withAddress}}, "camera b names an address"},
      {{.members = {elsewhere}}, "192.0.2.1 is not one of 127.0.0.0/8"},
      {{.members = {withCertificate}}, "only a fleet by port"},
      {{.members = {twoMacs}}, "belongs to one camera"},
      {{.addressing = kByPort, .members = {last}}, "camera f2 would be at port 65536"},
      {{.members = {named("x"), named("x")}}, "two cameras have the id x"},
      {{.members = {named("2"), cameras(1)}}, "two cameras have the id 2"},
      {{.members = {cameras(1), sameAddress}}, "camera g would be where another one is"},
      {{.members = {cameras(2)}, .shard = 3, .shards = 2}, "shard 3 of 2 does not exist"},
      {{.members = {cameras(2)}, .shard = 1, .shards = 5}, "would be empty"},
      {{.members = {{.id = "p", .profile = nullptr}}}, "camera p has no profile"},
  };
  for (const auto& [options, why] : cases) {
    SCOPED_TRACE(why);
    const auto plan = planFleet(options, 0);
    ASSERT_THAT(plan, FailsWith(ErrorKind::malformed));
    EXPECT_THAT(plan.error().detail, HasSubstr(why));
  }
}

TEST(FleetPlan, ReadsAddressesStrictly) {
  EXPECT_EQ(parseIpv4("127.1.0.1"), 0x7F010001U);
  for (const char* text : {"", "127.1", "127.1.0.1 ", "127.1.0.256", "localhost", "::1",
                           "127.1.0.1.1", "1234567890123456"})
    EXPECT_EQ(parseIpv4(text), std::nullopt) << text;
}

}  // namespace stoklab::emulator
