// What can be wrong with a challenge.
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "faults/around.h"
#include "faults/groups.h"
#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::emulator {

using fixtures::Profile;
using protocol::Json;

namespace {

// The types of encryption as numbers.
void numberTypes(const HttpRequest&, Json& answer) {
  Json* data = answer.find("data");
  if (data == nullptr || data->find("encrypt_type") == nullptr) return;
  data->set("encrypt_type", Json::array({1, 2}));
}

// Takes the leading zero byte off the modulus, as a careless DER writer does: 161 bytes (C7).
void dropSignByte(const HttpRequest&, Json& answer) {
  Json* data = answer.find("data");
  Json* key = data == nullptr ? nullptr : data->find("key");
  if (key == nullptr || key->string() == nullptr) return;
  const auto der = protocol::base64Decode(protocol::percentDecode(*key->string()));
  if (!der || der->size() != 162) return;
  std::string bytes = *der;
  // SEQUENCE, BIT STRING, SEQUENCE and INTEGER enclose it; each is a byte shorter now.
  for (const std::size_t length : {2U, 20U, 24U, 27U}) --bytes[length];
  data->set("key",
            protocol::percentEncode(protocol::base64Encode(bytes.substr(0, 28) + bytes.substr(29)),
                                    protocol::kDeviceAlphabet));
}

// Gives no further challenge after 500 that nobody has used.
Fault::Wrap runningDry() {
  return aroundEach([]() -> Step {
    return [unused = std::make_shared<std::atomic<int>>(0)](
               Endpoint& inside, const HttpRequest& request, const Peer& peer) {
      constexpr int kMost = 500;
      if (isLogin(request)) *unused = 0;
      HttpReply reply = inside.handle(request, peer);
      return isChallenge(reply) && ++*unused > kMost ? codeReply(-40109) : reply;
    };
  });
}

// Keeps something of every challenge for ever.
Fault::Wrap hoarding() {
  struct Hoard {
    std::mutex mutex;
    std::vector<std::string> kept;
  };
  return aroundEach([]() -> Step {
    return [hoard = std::make_shared<Hoard>()](Endpoint& inside, const HttpRequest& request,
                                               const Peer& peer) {
      constexpr std::size_t kKept = 64U * 1024;
      HttpReply reply = inside.handle(request, peer);
      const std::lock_guard lock(hoard->mutex);
      if (isChallenge(reply)) hoard->kept.emplace_back(kKept, 'x');
      return reply;
    };
  });
}

}  // namespace

std::vector<Fault> challengeFaults() {
  return {
      {.name = "challenge-status-200",
       .sentence = "The challenge comes with HTTP status 200.",
       .breaks = {"AUTH-CHALLENGE-STATUS"},
       .changeProfile = [](Profile& p) { p.authentication.challengeStatus.value = 200; }},
      {.name = "challenge-error-code-wrong",
       .sentence = "The error_code of a challenge is -1.",
       .breaks = {"AUTH-CHALLENGE-CODE"},
       .changeProfile = [](Profile& p) { p.authentication.challengeErrorCode.value = -1; }},
      {.name = "challenge-data-code-wrong",
       .sentence = "The code in the data of a challenge is that of a wrong password.",
       .breaks = {"AUTH-CHALLENGE-DATA-CODE"},
       .changeProfile = [](Profile& p) { p.authentication.challengeDataCode.value = -40401; }},
      {.name = "encrypt-types-are-numbers",
       .sentence = "The encrypt types of a challenge are numbers.",
       .breaks = {"AUTH-CHALLENGE-METHODS", "CLIENT-CHALLENGE", "CLIENT-LOGIN"},
       .wrap = editingAnswers(numberTypes)},
      {.name = "nonce-too-short",
       .sentence = "A nonce has seven characters.",
       .breaks = {"AUTH-CHALLENGE-NONCE"},
       .changeProfile = [](Profile& p) { p.authentication.nonceLength.value = 7; }},
      {.name = "nonce-repeats",
       .sentence = "Every challenge carries the same nonce.",
       .breaks = {"AUTH-NONCE-FRESH", "AUTH-REFUSED-CHALLENGE"},
       .changeProfile = [](Profile& p) { p.authentication.nonceAlphabet.value = "a"; }},
      {.name = "passwd-type-missing",
       .sentence = "The challenge does not name the kind of password.",
       .breaks = {"AUTH-CHALLENGE-PASSWD-TYPE", "CLIENT-LOGIN"},
       .changeProfile = [](Profile& p) { p.authentication.passwdType.value.clear(); }},
      {.name = "page-without-challenge",
       .sentence = "A page that needs a session answers 404 without one.",
       .breaks = {"AUTH-CHALLENGE-BY-PAGE"},
       .changeProfile = [](Profile& p) { p.actions.protectedPagesChallenge.value = false; }},
      {.name = "key-of-2048-bits",
       .sentence = "The key of a challenge has 2048 bits.",
       .breaks = {"AUTH-KEY-SHAPE"},
       .changeProfile = [](Profile& p) { p.authentication.keyBits.value = 2048; }},
      {.name = "key-of-161-bytes",
       .sentence = "The modulus of the key lacks its leading zero byte, and so is negative.",
       .breaks = {"AUTH-KEY-SHAPE"},
       .wrap = editingAnswers(dropSignByte)},
      {.name = "challenge-argument-text-refused",
       .sentence = "A challenge is refused if its argument is the text null.",
       .breaks = {"AUTH-CHALLENGE-ARGUMENT"},
       .wrap = answering(
           [](const HttpRequest& r) {
             return r.body.find(R"("get_encrypt_info":"null")") != std::string_view::npos;
           },
           codeReply(-40209))},
      {.name = "empty-login-without-challenge",
       .sentence = "A login without credentials is answered with a mere error.",
       .breaks = {"AUTH-CHALLENGE-BY-EMPTY-LOGIN"},
       .wrap = answering(
           [](const HttpRequest& r) {
             return r.body.find(R"("login":{})") != std::string_view::npos;
           },
           codeReply(-40209))},
      {.name = "flood-exhausts-challenges",
       .sentence = "After 500 challenges that nobody has used there is no further one.",
       .breaks = {"AUTH-FLOOD-LOGIN"},
       .wrap = runningDry()},
      {.name = "flood-grows-memory",
       .sentence = "Every challenge costs memory that is never given back.",
       .breaks = {"AUTH-FLOOD-MEMORY"},
       .wrap = hoarding()},
  };
}

}  // namespace stoklab::emulator
