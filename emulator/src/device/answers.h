// How a device words its answers: the envelope around what it has to say, as its profile has it.
#pragma once

#include <string>
#include <string_view>

#include "field_check.h"
#include "state_tree.h"
#include "stoklab/emulator/endpoint.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/challenge.h"

namespace stoklab::emulator {

// Immutable; may be used from several threads.
class Answers {
 public:
  // The profile must outlive this.
  Answers(const fixtures::Profile& profile, WireStyle style) : profile_(profile), style_(style) {}

  // A body that is JSON already.
  HttpReply json(int status, std::string body) const;

  // Error code 0 and `members`, text for the wire such as "\"led\":{...}"; may be empty.
  HttpReply success(std::string members) const;

  // What the profile answers to that kind of bad request.
  HttpReply refusal(const Refusal& refusal) const;

  // To whoever has no session: the code, and what is needed to get one (C11).
  HttpReply unauthorized(int status, int errorCode, const protocol::Challenge& challenge) const;

 private:
  const fixtures::Profile& profile_;
  WireStyle style_;
};

}  // namespace stoklab::emulator
