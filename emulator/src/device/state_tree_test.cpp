#include "state_tree.h"

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "stoklab/fixtures/profile.h"

namespace stoklab::emulator {

TEST(Catalogue, GivesThreadsThatAskAtOnceTheSameText) {
  constexpr int kThreads = 4;
  const auto profile = fixtures::builtInProfile("c350_hw1.0_fw2.3.2").value();
  const auto catalogue = std::make_shared<const StateTree::Catalogue>(profile);
  std::vector<StateTree> trees(kThreads, StateTree(catalogue));
  std::vector<std::string> texts(kThreads);
  std::latch together(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        together.arrive_and_wait();
        trees[i].appendRendered(*trees[i].find("image", "switch"), texts[i]);
      });
    }
  }
  EXPECT_NE(texts[0].find("\"rotate_type\":"), std::string::npos);
  for (const std::string& text : texts) EXPECT_EQ(text, texts[0]);
}

}  // namespace stoklab::emulator
