#include "stoklab/client/many_cameras.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace stoklab::client {

using Verdict = PasswordTrial::Verdict;

TEST(ForEachCamera, ServesEachOnce) {
  std::mutex mutex;
  std::multiset<std::size_t> seen;
  forEachCamera(
      100, 7, [] { return true; },
      [&](std::size_t index) {
        const std::lock_guard lock(mutex);
        seen.insert(index);
      });
  ASSERT_EQ(seen.size(), 100U);
  EXPECT_EQ(*seen.begin(), 0U);
  EXPECT_EQ(*seen.rbegin(), 99U);
  EXPECT_EQ(std::set<std::size_t>(seen.begin(), seen.end()).size(), 100U);
}

TEST(ForEachCamera, KeepsTheBound) {
  std::atomic<int> running{0}, most{0};
  forEachCamera(
      200, 3, [] { return true; },
      [&](std::size_t) {
        const int now = ++running;
        int seen = most;
        while (seen < now && !most.compare_exchange_weak(seen, now)) {
        }
        std::this_thread::yield();
        --running;
      });
  EXPECT_LE(most, 3);
}

TEST(ForEachCamera, BeginsNothingMoreWhenToldTo) {
  std::atomic<int> done{0};
  forEachCamera(
      1000, 2, [&] { return done < 10; }, [&](std::size_t) { ++done; });
  EXPECT_GE(done, 10);
  EXPECT_LE(done, 11);
}

TEST(ForEachCamera, DoesNothingForNobody) {
  forEachCamera(
      0, 4, [] { return true; }, [](std::size_t) { FAIL(); });
}

TEST(PasswordTrial, LetsOneTryFirst) {
  PasswordTrial trial;
  ASSERT_TRUE(trial.begin());
  std::atomic<bool> second{false};
  std::thread other([&] {
    second = trial.begin();
    trial.conclude(Verdict::accepted);
  });
  trial.conclude(Verdict::accepted);
  other.join();
  EXPECT_TRUE(second);
  // From then on nobody waits.
  EXPECT_TRUE(trial.begin());
  EXPECT_TRUE(trial.begin());
}

TEST(PasswordTrial, StopsAllOthersAfterARefusal) {
  PasswordTrial trial;
  std::atomic<int> tried{0};
  forEachCamera(
      50, 8, [] { return true; },
      [&](std::size_t) {
        if (!trial.begin()) return;
        ++tried;
        trial.conclude(Verdict::refused);
      });
  EXPECT_EQ(tried, 1);
}

TEST(PasswordTrial, LetsTheNextOneTryIfTheFirstLearnedNothing) {
  PasswordTrial trial;
  ASSERT_TRUE(trial.begin());
  trial.conclude(Verdict::unknown);
  ASSERT_TRUE(trial.begin());
  trial.conclude(Verdict::accepted);
  EXPECT_TRUE(trial.begin());
}

TEST(PasswordTrial, KeepsARefusalThatComesLater) {
  PasswordTrial trial;
  ASSERT_TRUE(trial.begin());
  trial.conclude(Verdict::accepted);
  ASSERT_TRUE(trial.begin());
  ASSERT_TRUE(trial.begin());
  trial.conclude(Verdict::refused);
  trial.conclude(Verdict::accepted);
  EXPECT_TRUE(trial.isRefused());
  EXPECT_FALSE(trial.begin());
}

}  // namespace stoklab::client
