#include "dump/wrong_requests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "dump/gate.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::cli::dump {

TEST(WrongRequests, AreOfKindsThatAProfileAnswers) {
  const auto kinds = fixtures::badRequestKinds();
  for (const WrongRequest& request : wrongRequests()) {
    EXPECT_TRUE(std::any_of(kinds.begin(), kinds.end(), [&](const auto& kind) {
      return kind.name == request.kind;
    })) << request.kind;
  }
}

TEST(WrongRequests, PassTheGateAsReads) {
  for (const WrongRequest& request : wrongRequests()) {
    if (request.place != WrongPlace::command) continue;
    EXPECT_EQ(judge({.path = "/stok=1/ds", .body = textOf(request, "image", "switch")}),
              Passes::asRead)
        << request.kind;
  }
}

TEST(WrongRequests, AreShort) {
  for (const WrongRequest& request : wrongRequests())
    EXPECT_LT(textOf(request, "image", "switch").size(), 256U) << request.kind;
}

}  // namespace stoklab::cli::dump
