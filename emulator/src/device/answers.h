// How a device words its answers: the envelope around what it has to say, as its profile has it.
#pragma once

#include <string>
#include <string_view>

#include "field_check.h"
#include "stoklab/emulator/endpoint.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::emulator {

// Immutable; may be used from several threads.
class Answers {
 public:
  // The profile must outlive this.
  explicit Answers(const fixtures::Profile& profile) : profile_(profile) {}

  // A body that is JSON already.
  HttpReply json(int status, std::string body) const;

  // Error code 0 and `members`, text for the wire such as "\"led\":{...}"; may be empty.
  HttpReply success(std::string members) const;

  // What the profile answers to that kind of bad request.
  HttpReply refusal(const Refusal& refusal) const;

  // To whoever has no session: the code, and what is needed to get one (C11), as text for the wire.
  HttpReply unauthorized(int status, int errorCode, std::string_view challenge) const;

 private:
  const fixtures::Profile& profile_;
};

}  // namespace stoklab::emulator
