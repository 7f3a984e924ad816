// The parser and random streams: it must come to an end without a fault, and to the same end
// however the bytes were cut up.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "parse_stream.h"

namespace stoklab::emulator {
namespace {

// Streams of good, odd and broken requests, from a fixed seed.
class StreamMaker {
 public:
  explicit StreamMaker(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_);
  }

  std::string garbage(std::size_t longest) {
    std::string text(below(longest) + 1, '\0');
    for (char& c : text) c = static_cast<char>(below(256));
    return text;
  }

  std::string oneOf(const std::vector<std::string>& choices) {
    return choices[below(choices.size())];
  }

  // Pieces that are likely to meet the parser in the middle of something.
  std::string stream() {
    std::string text;
    for (std::size_t parts = below(12) + 1; parts > 0; --parts) {
      text += oneOf({"GET / HTTP/1.1\r\n\r\n",
                     "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
                     "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n2;e\n{}\n1\nx\n0\n\n",
                     "GET http://a/b HTTP/1.0\r\nX: y\r\n\r\n",
                     "GET / HTTP/1.1\r\n",
                     "POST /ds HTTP/1.1\r\n",
                     "POST /ds HTTP/1.0\n",
                     "\r\n",
                     "\r\n",
                     "\n",
                     "Content-Length: 4\r\n",
                     "Content-Length: " + std::to_string(below(80)) + "\r\n",
                     "Transfer-Encoding: chunked\r\n\r\n",
                     "Transfer-Encoding: chunked\r\n",
                     "Connection: close\r\n",
                     "Expect: 100-continue\r\n",
                     "X: y\r\n",
                     " folded\r\n",
                     "4\r\nabcd\r\n",
                     "2;x=y\r\nab\r\n",
                     "0\r\n\r\n",
                     "0\r\nT: u\r\n\r\n",
                     "{}{}",
                     "\r",
                     std::string(below(40), 'p'),
                     garbage(6)});
    }
    return text;
  }

  std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t count = std::min(text.size() - at, below(below(4) == 0 ? 64 : 4) + 1);
      pieces.push_back(text.substr(at, count));
      at += count;
    }
    return pieces;
  }

 private:
  std::mt19937 random_;
};

}  // namespace

TEST(HttpParserOnRandomStreams, ComesToTheSameOutcomeHoweverTheBytesAreCutUp) {
  StreamMaker make(20260701);
  int complete = 0;
  int refused = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string text = make.stream();
    const auto whole = parseStream({text}, kSmallLimits);
    ASSERT_EQ(parseStream(make.split(text), kSmallLimits), whole) << testing::PrintToString(text);
    for (const Outcome& outcome : whole) {
      complete += outcome.refusal == 0 ? 1 : 0;
      refused += outcome.refusal > 0 ? 1 : 0;
    }
  }
  // The streams are worth something only if they reach both ends.
  EXPECT_GT(complete, 2'000);
  EXPECT_GT(refused, 2'000);
}

TEST(HttpParserOnRandomStreams, SurvivesRandomBytes) {
  StreamMaker make(7);
  for (int i = 0; i < 10'000; ++i) {
    const std::string text = make.garbage(300);
    const auto whole = parseStream({text}, kSmallLimits);
    ASSERT_EQ(parseStream(make.split(text), kSmallLimits), whole) << testing::PrintToString(text);
  }
}

TEST(HttpParserOnRandomStreams, SurvivesGoodRequestsWithBytesChanged) {
  const std::string good =
      "POST /ds HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
      "4\r\nabcd\r\n3;e\r\nefg\r\n0\r\nT: u\r\n\r\nPOST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc";
  StreamMaker make(11);
  for (int i = 0; i < 10'000; ++i) {
    std::string text = good;
    for (std::size_t changes = make.below(3) + 1; changes > 0; --changes) {
      const std::size_t at = make.below(text.size());
      switch (make.below(3)) {
        case 0:
          text[at] = static_cast<char>(make.below(256));
          break;
        case 1:
          text.erase(at, make.below(5));
          break;
        default:
          text.insert(at, make.garbage(3));
      }
    }
    const auto whole = parseStream({text}, kSmallLimits);
    ASSERT_EQ(parseStream(make.split(text), kSmallLimits), whole) << testing::PrintToString(text);
  }
}

}  // namespace stoklab::emulator
