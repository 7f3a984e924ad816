#include "exchange_journal.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>

namespace stoklab::emulator {

using testing::HasSubstr;
using testing::Not;

namespace {

std::string lineOf(std::string_view target, std::string_view body, HttpReply reply = {}) {
  return printJson(journalEntry({.method = "POST", .target = target, .body = body}, reply));
}

struct Answers : Endpoint {
  HttpReply handle(const HttpRequest&, const Peer&) override {
    return {.body = R"({"error_code":0})"};
  }
};

}  // namespace

TEST(ExchangeJournal, NamesWhatIsAskedFor) {
  EXPECT_EQ(lineOf("/stok=0123456789abcdef/ds",
                   R"({"method":"get","image":{"name":["switch","common"]},"OSD":{"table":"x"}})",
                   {.body = R"({"error_code":-40106})"}),
            R"({"http":"POST","path":"/stok=***/ds","method":"get",)"
            R"("asks":["image.switch","image.common","OSD.x"],"status":200,"error_code":-40106})");
}

TEST(ExchangeJournal, NamesWhatIsSetAndNotToWhat) {
  const std::string line =
      lineOf("/stok=x/ds", R"({"method":"set","image":{"switch":{"flicker":"60hz"}}})");
  EXPECT_THAT(line, HasSubstr(R"("asks":["image.switch"])"));
  EXPECT_THAT(line, Not(HasSubstr("60hz")));
}

TEST(ExchangeJournal, TellsNothingOfALogin) {
  const std::string line =
      lineOf("/", R"({"method":"do","login":{"username":"admin","password":"c2VjcmV0"}})",
             {.body = R"({"error_code":0,"stok":"0123456789abcdef"})"});
  EXPECT_EQ(line, R"({"http":"POST","path":"/","method":"do","asks":["login"],"status":200,)"
                  R"("error_code":0})");
}

TEST(ExchangeJournal, TakesWhateverComes) {
  for (const char* body : {"", "nonsense", "[]", R"({"method":1,"image":null,"x":{"name":3}})"}) {
    SCOPED_TRACE(body);
    EXPECT_THAT(lineOf("/nothing", body), HasSubstr(R"("status":200)"));
  }
}

TEST(ExchangeJournal, HasALineForEachExchange) {
  const auto file = std::filesystem::path(testing::TempDir()) /
                    ("stoklab-exchanges-" + std::to_string(::getpid()));
  ExchangeJournal journal(std::make_unique<Answers>(), std::ofstream(file));
  for (int i = 0; i < 3; ++i)
    journal.handle({.method = "POST", .target = "/", .body = R"({"method":"get"})"}, {});
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_THAT(text, HasSubstr(R"({"n":3,"http":"POST")"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  std::filesystem::remove(file);
}

}  // namespace stoklab::emulator
