#include "stoklab/emulator/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "device/test_device.h"
#include "journal/journal_ring.h"

namespace stoklab::emulator {

using protocol::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

constexpr const char* kSet =
    R"({"method":"set","image":{"switch":{"flicker":"60hz","rotate_type":"off"}}})";

class TestJournal {
 public:
  explicit TestJournal(JournalLimits limits = {}) : journal(clock, limits) {}

  void post(std::string_view target, std::string_view body, std::string_view answer,
            int status = 200, std::uint64_t session = 0) {
    journal.record({.method = "POST", .target = target, .body = body}, {.address = "127.0.0.9"},
                   {.status = status, .body = std::string(answer)}, session);
  }
  void set() { post("/stok=aaaa/ds", kSet, R"({"error_code":0})", 200, 1); }
  Json only(Reveal reveal = Reveal::nothing) { return journal.read({}, 100, reveal).entries.at(0); }

  ManualClock clock{Clock::Time(std::chrono::seconds(1782300000))};
  Journal journal;
};

std::string textOf(const JournalPage& page) {
  std::string text;
  for (const Json& entry : page.entries) text += printJson(entry) + "\n";
  return text;
}

std::vector<std::int64_t> numbersOf(const JournalPage& page) {
  std::vector<std::int64_t> numbers;
  for (const Json& entry : page.entries) numbers.push_back(*entry.find("n")->integer());
  return numbers;
}

}  // namespace

TEST(Journal, TellsWhatAnExchangeWas) {
  TestJournal test;
  test.set();
  EXPECT_EQ(printJson(test.only()),
            R"({"n":1,"at_ms":1782300000000,"client":"127.0.0.9","kind":"command","session":1,)"
            R"("http":"POST","path":"/stok=***/ds","method":"set","request":{"method":"set",)"
            R"("image":{"switch":{"flicker":"60hz","rotate_type":"off"}}},)"
            R"("asks":["image.switch.flicker","image.switch.rotate_type"],"status":200,)"
            R"("error_code":0,"reply":{"error_code":0},"duration_us":0})");
}

TEST(Journal, TakesNoMemoryBeforeItHasSomethingToKeep) { EXPECT_LE(sizeof(Journal), 128U); }

TEST(Journal, SaysWhatKindOfRequestEachWas) {
  struct Case {
    const char *http, *target, *body, *kind;
  };
  for (const Case& each : {
           Case{"POST", "/", R"({"method":"do","user_management":{"get_encrypt_info":null}})",
                "challenge"},
           Case{"POST", "/", R"({"method":"do","login":{"username":"admin"}})", "login"},
           Case{"POST", "/stok=a/ds", R"({"method":"get","image":{"name":"switch"}})", "command"},
           Case{"POST", "/stok=a/admin/upload", "binary", "upload"},
           Case{"POST", "/stok=a/ds", "nonsense", "other"},
           Case{"GET", "/index.html", "", "page"},
       }) {
    SCOPED_TRACE(each.kind);
    TestJournal test;
    test.journal.record({.method = each.http, .target = each.target, .body = each.body}, {}, {});
    EXPECT_EQ(*test.only().find("kind")->string(), each.kind);
  }
}

TEST(Journal, FiltersByNamesAndCodes) {
  TestJournal test;
  test.set();
  test.post("/stok=a/ds", R"({"method":"get","image":{"name":["switch","common"]}})",
            R"({"error_code":0})", 200, 2);
  test.post("/stok=a/ds", R"({"method":"do","system":{"reboot":null}})", R"({"error_code":-40401})",
            401);
  const auto found = [&](const JournalFilter& filter) {
    return numbersOf(test.journal.read(filter, 100));
  };
  EXPECT_THAT(found({}), ElementsAre(1, 2, 3));
  EXPECT_THAT(found({.method = "get"}), ElementsAre(2));
  EXPECT_THAT(found({.module = "image"}), ElementsAre(1, 2));
  EXPECT_THAT(found({.module = "image", .section = "common"}), ElementsAre(2));
  EXPECT_THAT(found({.field = "flicker"}), ElementsAre(1));
  EXPECT_THAT(found({.session = 2}), ElementsAre(2));
  EXPECT_THAT(found({.status = 401}), ElementsAre(3));
  EXPECT_THAT(found({.errorCode = -40401}), ElementsAre(3));
  EXPECT_THAT(found({.kind = "login"}), ElementsAre());
  EXPECT_THAT(found({.since = 2}), ElementsAre(3));
  const auto counts = test.journal.count({.module = "image"});
  EXPECT_EQ(counts.recorded, 3U);
  EXPECT_EQ(counts.matching, 2U);
  EXPECT_EQ(counts.byMethod.at("set"), 1U);
  EXPECT_EQ(counts.byErrorCode.at("0"), 2U);
}

TEST(Journal, IsReadPageByPage) {
  TestJournal test;
  for (int i = 0; i < 5; ++i) test.set();
  const auto first = test.journal.read({}, 2);
  EXPECT_THAT(numbersOf(first), ElementsAre(1, 2));
  EXPECT_EQ(first.next, 2U);
  const auto last = test.journal.read({.since = 4}, 2);
  EXPECT_THAT(numbersOf(last), ElementsAre(5));
  EXPECT_EQ(test.journal.read({.since = last.next}, 2).next, 5U);
}

TEST(Journal, KeepsTenThousandRequestsWithinItsBounds) {
  TestJournal test({.maxEntries = 1000, .maxBytes = 256 * 1024});
  for (int i = 0; i < 12'000; ++i) test.set();
  const auto counts = test.journal.count({});
  EXPECT_EQ(counts.recorded, 12'000U);
  EXPECT_LE(counts.kept, 1000U);
  EXPECT_GT(counts.kept, 500U);
  EXPECT_LE(counts.bytes, 256U * 1024);
  const auto page = test.journal.read({}, 1);
  EXPECT_EQ(page.dropped, 12'000 - counts.kept);
  EXPECT_EQ(numbersOf(page).at(0), std::int64_t(page.dropped + 1));
}

TEST(Journal, KeepsWhatFitsWhateverTheSizesAre) {
  TestJournal test({.maxEntries = 50, .maxBytes = 64 * 1024, .maxBodyBytes = 20'000});
  SeededRandom random(7);
  for (std::uint64_t i = 1; i <= 3000; ++i) {
    const std::string body =
        R"({"method":"get","n":")" + std::string(random.next() % 30'000, 'x') + R"("})";
    test.post("/ds", body, std::string(random.next() % 9000, 'y'));
    const auto counts = test.journal.count({.since = i - 1});
    ASSERT_EQ(counts.matching, 1U) << "the newest is always there";
    ASSERT_LE(counts.bytes, 64U * 1024);
    ASSERT_LE(counts.kept, 50U);
  }
  std::uint64_t before = 0;
  test.journal.visit(0, [&](const JournalRecord& record) {
    EXPECT_EQ(record.number, before == 0 ? record.number : before + 1);
    EXPECT_LE(record.request.size(), 20'000U);
    EXPECT_EQ(record.target, "/ds");
    before = record.number;
    return true;
  });
  EXPECT_EQ(before, 3000U);
}

TEST(Journal, SaysWhyThereIsNoBody) {
  TestJournal test({.maxBodyBytes = 100});
  test.post("/ds", R"({"a":")" + std::string(200, 'x') + R"("})", "<html>");
  const Json entry = test.only();
  EXPECT_EQ(*entry.find("request_note")->string(),
            "208 bytes, more than the journal keeps of a body");
  EXPECT_EQ(*entry.find("reply_note")->string(), "6 bytes that are not JSON");
}

TEST(Journal, ShowsNoSecretOfASessionUnlessItIsToldTo) {
  TestDevice device;
  TestJournal test;
  JournalEndpoint recorded(device.device, test.journal);
  const auto send = [&](std::string_view target, const std::string& body) {
    return recorded.handle({.method = "POST", .target = target, .body = body},
                           {.address = "127.0.0.1"});
  };
  const auto hello = send("/", R"({"method":"do","user_management":{"get_encrypt_info":null}})");
  const Json data = *protocol::parseJson(hello.body)->find("data");
  const auto challenge = *protocol::parseChallenge(data);
  const auto prepared = *protocol::preparePassword("secret-1", challenge);
  const auto login = send("/", printRequest(protocol::loginRequest("admin", prepared)));
  const std::string token = *protocol::parseJson(login.body)->find("stok")->string();
  const std::string path = "/stok=" + token + "/ds";
  const auto info = send(path, R"({"method":"get","device_info":{"name":["basic_info"]}})");
  send("/x/STOK=" + token, "");
  send(path + "?stok=" + token, R"({"method":"set","note":")" + token + R"("})");
  const std::string mac =
      *protocol::parseJson(info.body)->at({"device_info", "basic_info", "mac"})->string();

  const std::string text = textOf(test.journal.read({}, 100));
  EXPECT_THAT(text, HasSubstr("device_info.basic_info"));
  const std::string ciphertext =
      *protocol::parseJson(printRequest(protocol::loginRequest("admin", prepared)))
           ->at({"login", "password"})
           ->string();
  for (const std::string& secret :
       {token, challenge.nonce, mac, *data.find("key")->string(), ciphertext}) {
    ASSERT_GE(secret.size(), 8U);
    EXPECT_THAT(text, Not(HasSubstr(secret)));
  }
  const std::string revealed = textOf(test.journal.read({}, 100, Reveal::secrets));
  for (const std::string& secret : {token, challenge.nonce, mac, ciphertext})
    EXPECT_THAT(revealed, HasSubstr(secret));
}

TEST(Journal, RecordsEventsThatNoClientHasCaused) {
  TestJournal test;
  test.journal.recordEvent("patched", Json::object({{"asks", Json::array({"image.switch"})}}));
  EXPECT_EQ(printJson(test.only()),
            R"({"n":1,"at_ms":1782300000000,"kind":"event","event":"patched",)"
            R"("details":{"asks":["image.switch"]}})");
  EXPECT_EQ(test.journal.wait({}, 1, std::chrono::milliseconds(0)), 0U);
  EXPECT_EQ(test.journal.wait({.kind = "event"}, 1, std::chrono::milliseconds(0)), 1U);
}

TEST(Journal, WaitsUntilEnoughHasHappened) {
  TestJournal test;
  std::thread client([&] {
    for (int i = 0; i < 3; ++i) {
      test.set();
      test.post("/", "{}", "{}");
    }
  });
  EXPECT_GE(test.journal.wait({.method = "set"}, 3, std::chrono::minutes(5)), 3U);
  client.join();
  EXPECT_EQ(test.journal.wait({.method = "set"}, 4, std::chrono::milliseconds(1)), 3U);
}

TEST(Journal, EndsWaitsThatAreInterrupted) {
  TestJournal test;
  std::thread waiting([&] { test.journal.wait({}, 1, std::chrono::hours(1)); });
  test.journal.interrupt();
  waiting.join();
  EXPECT_EQ(test.journal.wait({}, 1, std::chrono::hours(1)), 0U);
}

TEST(Journal, GoesOnCountingWhenItIsCleared) {
  TestJournal test;
  test.set();
  test.set();
  test.journal.clear();
  EXPECT_EQ(test.journal.count({}).recorded, 0U);
  test.set();
  const auto page = test.journal.read({}, 10);
  EXPECT_THAT(numbersOf(page), ElementsAre(3));
  EXPECT_EQ(page.dropped, 0U) << "cleared is not forgotten";
  EXPECT_EQ(test.journal.wait({}, 1, std::chrono::minutes(5)), 1U);
  test.journal.clear();
  EXPECT_EQ(test.journal.wait({}, 1, std::chrono::milliseconds(1)), 0U);
  test.set();
  EXPECT_EQ(test.journal.count({}).recorded, 1U);
}

TEST(Journal, CanBeRecordedToWhileAReaderTakesItsTime) {
  TestJournal test;
  for (int i = 0; i < 100; ++i) test.set();
  std::size_t seen = 0;
  test.journal.visit(0, [&](const JournalRecord&) {
    std::thread([&] { test.set(); }).join();  // would never end if the reader held the lock
    return ++seen < 20;
  });
  EXPECT_EQ(seen, 20U);
  EXPECT_EQ(test.journal.count({}).recorded, 120U);
}

TEST(Journal, GivesWholeRecordsToReadersOnOtherThreads) {
  TestJournal test({.maxEntries = 200, .maxBytes = 64 * 1024});
  test.set();
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        for (const Json& entry : test.journal.read({}, 10).entries)
          EXPECT_EQ(*entry.find("path")->string(), "/stok=***/ds");
      }
    });
  }
  for (int i = 0; i < 3000; ++i) test.set();
  done = true;
  for (auto& reader : readers) reader.join();
}

TEST(JournalRing, UsesItsMemoryAgainOnceItIsFull) {
  JournalRing ring({.maxEntries = 100, .maxBytes = 32 * 1024});
  const std::string body(500, 'x');
  const auto fill = [&](int count) {
    for (int i = 0; i < count; ++i) ring.add({.request = body, .reply = body});
  };
  fill(200);
  const void* const memory = ring.memory();
  fill(1000);
  EXPECT_EQ(ring.memory(), memory);
  EXPECT_EQ(ring.last(), 1200U);
  std::string all;
  EXPECT_EQ(ring.copy(ring.first(), 32 * 1024, all), ring.kept());
  EXPECT_EQ(all.size(), ring.bytes());
}

}  // namespace stoklab::emulator
