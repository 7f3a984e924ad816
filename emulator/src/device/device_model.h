// What the devices of one profile share; see makeDeviceModel().
#pragma once

#include <memory>

#include "answers.h"
#include "authentication.h"
#include "challenge_text.h"
#include "state_tree.h"
#include "stoklab/emulator/device.h"
#include "stoklab/fixtures/profile.h"
#include "webui/web_ui.h"

namespace stoklab::emulator {

class DeviceModel {
 public:
  DeviceModel(std::shared_ptr<const fixtures::Profile> itsProfile, LoginKeys loginKeys);

  const std::shared_ptr<const fixtures::Profile> profile;
  const WireStyle style;
  const Answers answers;
  const WebUi webUi;
  const std::shared_ptr<const StateTree::Catalogue> catalogue;
  const LoginMaterial login;
  const ChallengeText challengeText;
};

}  // namespace stoklab::emulator
