#include "trust_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::cli {

using protocol::ErrorKind;
using protocol::FailsSaying;
using protocol::FailsWith;
using protocol::IsOk;
using testing::HasSubstr;
using testing::Optional;

namespace {

const std::string kOne(64, '1');
const std::string kTwo(64, '2');

// A folder of its own for each test, gone afterwards.
class TrustStoreFile : public testing::Test {
 protected:
  TrustStoreFile() { EXPECT_NE(mkdtemp(folder_.data()), nullptr); }
  ~TrustStoreFile() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file() const {
    return std::filesystem::path(folder_) / "state" / "known_devices.json";
  }
  void write(const std::string& text) const {
    std::filesystem::create_directories(file().parent_path());
    std::ofstream(file()) << text;
  }

 private:
  std::string folder_ = testing::TempDir() + "trust_store_test_XXXXXX";
};

}  // namespace

TEST_F(TrustStoreFile, IsEmptyWhenItDoesNotExist) {
  const auto store = TrustStore::read(file());
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(store->find("192.0.2.7:443"), std::nullopt);
}

TEST_F(TrustStoreFile, RemembersFromOneProcessToTheNext) {
  auto store = TrustStore::read(file());
  ASSERT_THAT(store->remember("192.0.2.7:443", kOne), IsOk());
  ASSERT_THAT(store->remember("192.0.2.8:443", kTwo), IsOk());
  const auto again = TrustStore::read(file());
  ASSERT_THAT(again, IsOk());
  EXPECT_THAT(again->find("192.0.2.7:443"), Optional(kOne));
  EXPECT_THAT(again->find("192.0.2.8:443"), Optional(kTwo));
  EXPECT_EQ(again->find("192.0.2.7:8443"), std::nullopt);
}

TEST_F(TrustStoreFile, IsReadableByItsOwnerOnly) {
  auto store = TrustStore::read(file());
  ASSERT_THAT(store->remember("192.0.2.7:443", kOne), IsOk());
  struct stat status = {};
  ASSERT_EQ(stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(TrustStoreFile, LeavesNoTemporaryFile) {
  auto store = TrustStore::read(file());
  ASSERT_THAT(store->remember("192.0.2.7:443", kOne), IsOk());
  const auto entries = std::filesystem::directory_iterator(file().parent_path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST_F(TrustStoreFile, TrustsNobodyWhenItCannotBeUnderstood) {
  for (const char* text :
       {"", "[]", "{", R"({"schema_version":2,"devices":{}})", R"({"schema_version":1})",
        R"({"schema_version":1,"devices":{"192.0.2.7:443":{"certificate_sha256":"12"}}})",
        R"({"schema_version":1,"devices":{"192.0.2.7:443":{}}})"}) {
    SCOPED_TRACE(text);
    write(text);
    EXPECT_THAT(TrustStore::read(file()), FailsWith(ErrorKind::malformed));
    EXPECT_THAT(TrustStore::read(file()), FailsSaying(HasSubstr(file().string())));
  }
}

TEST_F(TrustStoreFile, SaysWhenItCannotBeWritten) {
  auto store = TrustStore::read(file());
  // A file stands where the folder has to be.
  std::ofstream(file().parent_path()) << "x";
  EXPECT_THAT(store->remember("192.0.2.7:443", kOne), FailsSaying(HasSubstr("cannot be written")));
}

TEST(TrustStore, LiesUnderTheStateDirectoryOfTheUser) {
  const auto with = [](std::map<std::string, std::string> variables) {
    return TrustStore::defaultFile([variables](const char* name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      if (found == variables.end()) return std::nullopt;
      return found->second;
    });
  };
  EXPECT_EQ(*with({{"XDG_STATE_HOME", "/s"}, {"HOME", "/h"}}), "/s/stoklab/known_devices.json");
  EXPECT_EQ(*with({{"HOME", "/h"}}), "/h/.local/state/stoklab/known_devices.json");
  EXPECT_EQ(*with({{"XDG_STATE_HOME", "relative"}, {"HOME", "/h"}}),
            "/h/.local/state/stoklab/known_devices.json");
  EXPECT_THAT(with({}), FailsSaying(HasSubstr("XDG_STATE_HOME")));
}

}  // namespace stoklab::cli
