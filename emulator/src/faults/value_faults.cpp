// What can be wrong with the way in which values travel.
#include <cctype>

#include "faults/around.h"
#include "faults/groups.h"

namespace stoklab::emulator {

using fixtures::Profile;

namespace {

Fault::Wrap replacingInSets(std::string_view from, std::string_view to) {
  return editingRequests([=](const HttpRequest& request, std::string& body) {
    if (hasMethod(request, "set")) body = replaced(body, from, to);
  });
}

// "%2f" to "%2F"
std::string upperCaseHex(std::string text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] != '%') continue;
    for (const std::size_t at : {i + 1, i + 2})
      text[at] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[at])));
  }
  return text;
}

}  // namespace

std::vector<Fault> valueFaults() {
  return {
      {.name = "strings-not-encoded",
       .sentence = "Strings in answers are not percent-encoded.",
       .breaks = {"AUTH-KEY-ENCODING", "CMD-GET-ENCODED", "CMD-VALUE-ROUND-TRIP",
                  "CMD-VALUE-UPPER-HEX", "CMD-VALUE-DECODED-ONCE", "CMD-VALUE-PLUS",
                  "CMD-VALUE-UNENCODED", "CMD-VALUE-UTF8", "CLIENT-TEXT"},
       .changeProfile = [](Profile& p) { p.wire.percentEncodeStrings.value = false; }},
      {.name = "upper-case-hex",
       .sentence = "Strings in answers are percent-encoded with upper-case hex.",
       .breaks = {"AUTH-KEY-ENCODING", "CMD-VALUE-ROUND-TRIP", "CMD-VALUE-UPPER-HEX",
                  "CMD-VALUE-PLUS", "CMD-VALUE-UTF8"},
       .wrap = around([](Endpoint& inside, const HttpRequest& request, const Peer& peer) {
         HttpReply reply = inside.handle(request, peer);
         reply.body = upperCaseHex(std::move(reply.body));
         return reply;
       })},
      {.name = "value-decoded-twice",
       .sentence = "A value is decoded twice.",
       .breaks = {"CMD-VALUE-DECODED-ONCE", "CLIENT-TEXT"},
       .wrap = replacingInSets("%25", "%")},
      {.name = "plus-becomes-space",
       .sentence = "A plus sign in a value is taken for a space.",
       .breaks = {"CMD-VALUE-PLUS"},
       .wrap = replacingInSets("+", "%20")},
      {.name = "space-refused",
       .sentence = "A value with a bare space is refused.",
       .breaks = {"CMD-VALUE-UNENCODED"},
       .wrap = answering([](const HttpRequest& r) { return hasMethod(r, "set") && says(r, " "); },
                         codeReply(-40209))},
      {.name = "utf8-lost",
       .sentence = "Bytes beyond ASCII become question marks.",
       .breaks = {"CMD-VALUE-UTF8"},
       .wrap = replacingInSets("%c3%a9", "%3f%3f")},
  };
}

}  // namespace stoklab::emulator
