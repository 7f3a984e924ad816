#include "faults/script/script_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stoklab/fixtures/faults_schema.h"
#include "stoklab/protocol/testing/result_matchers.h"

namespace stoklab::emulator {

using protocol::FailsSaying;
using protocol::FailsWith;
using protocol::IsOk;
using protocol::Json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace {

Json json(const std::string& text) { return protocol::parseJson(text).value(); }

// What is wrong, and where; nullptr: nothing is.
struct Sample {
  const char* script;
  const char* wrong = nullptr;
};

const Sample kSamples[] = {
    {R"({"faults":[]})"},
    {R"({"schema_version":1,"seed":7,"faults":[{"do":{"code":-40109}}]})"},
    {R"({"name":"x","when":{"method":"set","module":"image","section":"switch","field":"flicker",
         "kind":"command","connection":1,"request":2,"session":3,"client":"127.0.0.1",
         "user":"admin"},"skip":2,"times":"always","probability":0.5,"do":{"code":-1}})"},
    {R"({"times":3,"probability":1,"do":{"code":40401,"data":{"code":-40407},"delay_ms":5}})"},
    {R"({"do":{"locked_seconds":1800}})"},
    {R"({"when":{"kind":"challenge"},"do":{"locked_seconds":1}})"},
    {R"({"when":{"kind":"login"},"do":{"stale_nonce":true}})"},
    {R"({"do":{"revoke":"before"}})"},
    {R"({"when":{"kind":"upload"},"do":{"revoke":"after"}})"},
    {R"({"do":{"status":503}})"},
    {R"({"do":{"status":200,"body":"{}","delay_ms":1}})"},
    {R"({"do":{"truncate_body":0}})"},
    {R"({"do":{"wrong_length":-10}})"},
    {R"({"do":{"no_body":true}})"},
    {R"({"do":{"garbage":64}})"},
    {R"({"do":{"bytes_per_second":1}})"},
    {R"({"do":{"delay_ms":0}})"},
    {R"({"do":{"delay_ms":1.5}})"},
    {R"({"do":{"delay_ms":{"uniform":[0,60000]}}})"},
    {R"({"do":{"delay_ms":{"normal":[100,20]}}})"},
    {R"({"do":{"delay_ms":{"exponential":10}}})"},
    {R"({"do":{"reset":"before_reading"}})"},
    {R"({"when":{"method":"get"},"do":{"delay_ms":5,"reset":"after_reading"}})"},
    {R"({"do":{"cut_after":40}})"},
    {R"({"do":{"stall":true}})"},
    {R"({"when":{"connection":3,"client":"127.0.0.1"},"do":{"close_idle_ms":200}})"},
    {R"({"do":{"alert":40}})"},
    {R"({"do":{"alert":"handshake_failure"}})"},
    {R"({"do":{"handshake_stall":true}})"},

    {"[]", "the script: must be an object"},
    {"{}", "the script: must have \"faults\""},
    {R"({"faults":{}})", "faults: must be an array"},
    {R"({"fault":[]})", "the script: has no member \"fault\""},
    {R"({"schema_version":2,"faults":[]})", "schema_version: must be 1"},
    {R"({"seed":-1,"faults":[]})", "seed: must be an integer from 0"},
    {R"({"seed":"x","faults":[]})", "seed: must be an integer"},
    {R"({"faults":[1]})", "faults[0]: must be an object (a fault), not 1"},
    {R"({"faults":[{"do":{"code":-1}},{}]})", "faults[1]: must have \"do\""},
    {R"({"faults":[{"do":{"code":-1},"wen":{}}]})",
     "faults[0]: has no member \"wen\"; a fault has"},
    {R"({"do":{"code":-1},"name":""})", "name: must be a text"},
    {"{\"do\":{\"code\":-1},\"name\":\"a\\nb\"}", "name: must not hold control characters"},
    {R"({"do":{"code":-1},"when":[]})", "when: must be an object"},
    {R"({"do":{"code":-1},"when":{"modul":"image"}})", "when: has no member \"modul\""},
    {R"({"do":{"code":-1},"when":{"module":1}})", "when.module: must be a text"},
    {R"({"do":{"code":-1},"when":{"method":"put"}})", "when.method: must be get, set, do, add or"},
    {R"({"do":{"code":-1},"when":{"kind":"logins"}})", "when.kind: must be challenge, login"},
    {R"({"do":{"code":-1},"when":{"connection":0}})", "when.connection: must be an integer from 1"},
    {R"({"do":{"code":-1},"when":{"request":1.5}})", "when.request: must be an integer from 1"},
    {R"({"do":{"code":-1},"skip":-1})", "skip: must be an integer from 0"},
    {R"({"do":{"code":-1},"times":0})", "times: must be an integer from 1"},
    {R"({"do":{"code":-1},"times":"ever"})", "times: must be a number or \"always\""},
    {R"({"do":{"code":-1},"probability":0})", "probability: must be more than 0"},
    {R"({"do":{"code":-1},"probability":1.5})", "probability: must be a number from 0 to 1"},
    {R"({"do":[]})", "do: must be an object"},
    {R"({"do":{}})", "do: must hold one of code, locked_seconds"},
    {R"({"do":{"cod":-1}})", "do: must hold one of"},
    {R"({"do":{"code":-1,"stall":true}})", "do: must be one thing, not code and stall"},
    {R"({"do":{"code":-1,"body":""}})", "do: has no member \"body\" beside code"},
    {R"({"do":{"stall":true,"data":{}}})", "do: has no member \"data\" beside stall"},
    {R"({"faults":[{"do":{"code":-1}},{"do":{"code":-1}},{"do":{"code":0}}]})",
     "faults[2].do.code: must be an integer other than 0"},
    {R"({"do":{"code":"-1"}})", "do.code: must be an integer"},
    {R"({"do":{"code":-1,"data":1}})", "do.data: must be an object"},
    {R"({"do":{"locked_seconds":0}})", "do.locked_seconds: must be an integer from 1"},
    {R"({"do":{"stale_nonce":false}})", "do.stale_nonce: must be true"},
    {R"({"when":{"kind":"command"},"do":{"stale_nonce":true}})", "when.kind: must be login"},
    {R"({"when":{"kind":"page"},"do":{"locked_seconds":1}})",
     "when.kind: must be challenge or login"},
    {R"({"when":{"kind":"login"},"do":{"revoke":"after"}})",
     "when.kind: must be command or upload"},
    {R"({"do":{"revoke":"never"}})", "do.revoke: must be before or after, not \"never\""},
    {R"({"do":{"status":100}})", "do.status: must be an integer from 200 to 599"},
    {R"({"do":{"status":503,"body":{}}})", "do.body: must be a text"},
    {R"({"do":{"truncate_body":-1}})", "do.truncate_body: must be an integer from 0"},
    {R"({"do":{"wrong_length":0}})", "do.wrong_length: must be an integer other than 0"},
    {R"({"do":{"garbage":0}})", "do.garbage: must be an integer from 1"},
    {R"({"do":{"bytes_per_second":0}})", "do.bytes_per_second: must be an integer from 1"},
    {R"({"do":{"delay_ms":60001}})", "do.delay_ms: must be a number from 0 to 60000"},
    {R"({"do":{"delay_ms":"1"}})", "do.delay_ms: must be a number of milliseconds, or"},
    {R"({"do":{"delay_ms":{"gauss":1}}})", "do.delay_ms: has no member \"gauss\""},
    {R"({"do":{"delay_ms":{"uniform":[1]}}})", "do.delay_ms.uniform: must be an array of two"},
    {R"({"do":{"delay_ms":{"normal":[1,-1]}}})", "do.delay_ms.normal[1]: must be a number"},
    {R"({"do":{"reset":"never"}})", "do.reset: must be before_reading or after_reading"},
    {R"({"do":{"reset":"before_reading","delay_ms":1}})", "do.delay_ms: cannot stand beside reset"},
    {R"({"when":{"module":"image"},"do":{"reset":"before_reading"}})",
     "when.module: cannot be asked"},
    {R"({"when":{"kind":"login"},"do":{"handshake_stall":true}})", "when.kind: cannot be asked"},
    {R"({"do":{"cut_after":-1}})", "do.cut_after: must be an integer from 0"},
    {R"({"do":{"stall":1}})", "do.stall: must be true"},
    {R"({"do":{"close_idle_ms":0}})", "do.close_idle_ms: must be an integer from 1"},
    {R"({"do":{"alert":256}})", "do.alert: must be the number of a TLS alert"},
    {R"({"do":{"alert":"no_such_alert"}})", "do.alert: must be the number of a TLS alert"},
    {R"({"do":{"certificate":"stolen"}})", "do.certificate: must be swapped or expired"},
};

}  // namespace

TEST(FaultScriptReader, ReadsWhatIsRightAndSaysWhereTheRestIsWrong) {
  for (const Sample& sample : kSamples) {
    SCOPED_TRACE(sample.script);
    const auto read = readScript(json(sample.script));
    if (sample.wrong == nullptr) {
      EXPECT_THAT(read, IsOk());
    } else {
      EXPECT_THAT(read, FailsWith(protocol::ErrorKind::malformed));
      EXPECT_THAT(read, FailsSaying(StartsWith(sample.wrong)));
    }
  }
}

TEST(FaultScriptReader, AgreesWithTheSchema) {
  for (const Sample& sample : kSamples) {
    SCOPED_TRACE(sample.script);
    const auto checked = fixtures::checkFaultsSchema(json(sample.script));
    if (sample.wrong == nullptr)
      EXPECT_THAT(checked, IsOk());
    else
      EXPECT_THAT(checked, FailsWith(protocol::ErrorKind::malformed));
  }
}

TEST(FaultScriptReader, ReadsTheExampleOfEachKind) {
  EXPECT_EQ(scriptedFaultKinds().size(), 18U);
  for (const ScriptedFaultKind& kind : scriptedFaultKinds()) {
    SCOPED_TRACE(kind.name);
    const auto example = Json::object({{"do", json(std::string(kind.example))}});
    EXPECT_NE(example.at({"do", kind.name}), nullptr);
    EXPECT_THAT(readScript(example), IsOk());
    EXPECT_THAT(fixtures::checkFaultsSchema(example), IsOk());
    EXPECT_TRUE(kind.sentence.ends_with('.'));
  }
}

TEST(FaultScriptReader, TakesTheTimeThatTheUniformOnesEndWithForTheLonger) {
  EXPECT_THAT(readScript(json(R"({"do":{"delay_ms":{"uniform":[20,10]}}})")),
              FailsSaying(HasSubstr("must begin with the shorter time")));
}

TEST(FaultScriptReader, KeepsWhatIsSaidOfEach) {
  const auto script = readScript(
      json(R"({"seed":9,"faults":[{"name":"n","when":{"session":2},"skip":3,"times":"always",
               "probability":0.25,"do":{"code":-1}},{"do":{"delay_ms":7}}]})"));
  ASSERT_THAT(script, IsOk());
  EXPECT_EQ(script->seed, 9U);
  const ReadFault& first = script->faults.at(0);
  EXPECT_EQ(first.name, "n");
  EXPECT_EQ(first.when.session, 2U);
  EXPECT_EQ(first.skip, 3U);
  EXPECT_EQ(first.times, std::nullopt);
  EXPECT_EQ(first.probability, 0.25);
  const ReadFault& second = script->faults.at(1);
  EXPECT_EQ(second.times, 1U);
  EXPECT_FALSE(second.effect.answer);
  EXPECT_EQ(second.effect.delay->a, 7);
}

}  // namespace stoklab::emulator
