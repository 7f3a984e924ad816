#include "wire_form.h"

#include <algorithm>
#include <array>

#include "stoklab/fixtures/trace.h"
#include "stoklab/protocol/percent.h"

namespace stoklab::fidelity {

using protocol::Json;

namespace {

bool isPlaceholder(const Json& value) {
  namespace placeholder = fixtures::placeholder;
  constexpr std::array kAll = {placeholder::kToken, placeholder::kNonce, placeholder::kKey,
                               placeholder::kKey2, placeholder::kPassword};
  const auto* text = value.string();
  return text != nullptr && std::find(kAll.begin(), kAll.end(), *text) != kAll.end();
}

}  // namespace

std::vector<std::string> wireDifferences(const Json& ours, const Json& recorded) {
  if (printJson(ours) == printJson(recorded)) return {};
  std::vector<std::string> found;
  const Json oursPlain = protocol::decodeStrings(ours),
             recordedPlain = protocol::decodeStrings(recorded);
  if (!sameContent(oursPlain, recordedPlain)) found.emplace_back("wire.form");
  if (sameContent(oursPlain, recordedPlain) && !sameContent(ours, recorded))
    found.emplace_back("wire.encoding");
  if (sameContent(oursPlain, recordedPlain) && !(oursPlain == recordedPlain))
    found.emplace_back("wire.key_order");
  return found;
}

Json withPlaceholdersOf(const Json& recorded, const Json& live) {
  if (isPlaceholder(recorded) && live.string() != nullptr) return recorded;
  Json result = live;
  if (auto* members = result.members()) {
    for (auto& member : *members)
      if (const Json* other = recorded.find(member.key))
        member.value = withPlaceholdersOf(*other, member.value);
  } else if (auto* elements = result.elements(); elements != nullptr && recorded.isArray()) {
    const std::size_t common = std::min(elements->size(), recorded.size());
    for (std::size_t i = 0; i < common; ++i)
      (*elements)[i] = withPlaceholdersOf((*recorded.elements())[i], (*elements)[i]);
  }
  return result;
}

}  // namespace stoklab::fidelity
