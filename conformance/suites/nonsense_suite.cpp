// Requests that make no sense: ERR-BODY and its neighbours. Whatever the answer is, it has to be
// one, and the session has to live on.
#include <algorithm>

#include "suites/common.h"

namespace stoklab::conformance {
namespace {

AnswerMatcher IsSomeAnswer() {
  return answerThat("an error status, or a JSON object with an integer error_code",
                    [](const Answer& a) { return a.status() != 200 || a.code().has_value(); });
}

void expectRefusal(std::string_view body) {
  EXPECT_THAT(device().command(body), IsRefusal());
  EXPECT_THAT(readWitness(), HasCode(0));
}

void expectAnswer(std::string_view body) {
  EXPECT_THAT(device().command(body), IsSomeAnswer());
  EXPECT_THAT(readWitness(), HasCode(0));
}

REQUIREMENT(Nonsense, NoJson, "ERR-BODY-NOT-JSON") { expectRefusal("this is no JSON"); }

REQUIREMENT(Nonsense, EmptyBody, "ERR-BODY-EMPTY") { expectRefusal(""); }

REQUIREMENT(Nonsense, CutJson, "ERR-BODY-CUT") {
  expectRefusal(R"({"method":"get","image":{"name":)");
}

REQUIREMENT(Nonsense, Array, "ERR-BODY-ARRAY") { expectRefusal(R"(["get","image"])"); }

REQUIREMENT(Nonsense, String, "ERR-BODY-STRING") { expectRefusal(R"("get")"); }

REQUIREMENT(Nonsense, NoMethod, "ERR-NO-METHOD") {
  expectRefusal(R"({"image":{"name":"switch"}})");
}

REQUIREMENT(Nonsense, MethodNumber, "ERR-METHOD-NUMBER") {
  expectRefusal(R"({"method":1,"image":{"name":"switch"}})");
}

REQUIREMENT(Nonsense, NoModule, "ERR-NO-MODULE") { expectRefusal(R"({"method":"get"})"); }

REQUIREMENT(Nonsense, ModuleString, "ERR-MODULE-STRING") {
  expectRefusal(R"({"method":"get","image":"switch"})");
}

REQUIREMENT(Nonsense, NameNumber, "ERR-NAME-NUMBER") {
  expectRefusal(R"({"method":"get","image":{"name":1}})");
}

REQUIREMENT(Nonsense, EmptyModule, "ERR-NEITHER-NAME-NOR-TABLE") {
  expectRefusal(R"({"method":"get","image":{}})");
}

REQUIREMENT(Nonsense, DeepJson, "ERR-BODY-DEEP") {
  constexpr std::size_t kLevels = 1000;
  expectRefusal(R"({"method":"get","image":)" + std::string(kLevels, '[') +
                std::string(kLevels, ']') + "}");
}

REQUIREMENT(Nonsense, LongBody, "ERR-BODY-LONG") {
  const std::string body =
      R"({"method":"get","image":{"name":")" + std::string(4'000'000, 'x') + "\"}}";
  Connection connection = device().connect();
  const HttpRequest request{.path = "/stok=" + device().session() + "/ds", .body = body};
  try {
    connection.send(toText(request, device().target().hostHeader()));
  } catch (const WireFailure&) {
    // Closed while the body was on its way; there may be an answer all the same.
  }
  try {
    EXPECT_THAT(device().receive(connection), IsRefusal());
  } catch (const WireFailure&) {
    // Closing without an answer is allowed, too.
  }
  EXPECT_THAT(readWitness(), HasCode(0));
}

REQUIREMENT(Nonsense, NoUtf8, "ERR-BODY-NOT-UTF8") {
  expectAnswer("{\"method\":\"get\",\"image\":{\"name\":\"\xff\xfe\"}}");
}

REQUIREMENT(Nonsense, ZeroByte, "ERR-BODY-NUL") {
  expectAnswer(R"({"method":"get","image":{"name":"switch\u0000"}})");
}

REQUIREMENT(Nonsense, DuplicateKeys, "ERR-DUPLICATE-KEYS") {
  expectAnswer(R"({"method":"get","method":"set","image":{"name":"switch","name":"common"}})");
}

REQUIREMENT(Nonsense, NoJsonWithoutSession, "ERR-LOGIN-NOT-JSON") {
  EXPECT_THAT(device().post("/", "this is no JSON"), IsRefusal());
  EXPECT_THAT(device().askForChallenge(), HasJson());
}

}  // namespace
}  // namespace stoklab::conformance
