// The calls of the control interface, by subject; routes.cpp says what each answers to.
#pragma once

#include "control/call.h"

namespace stoklab::emulator {

using ControlHandler = ControlAnswer(ControlState&, const ControlCall&);

// process_calls.cpp
ControlHandler getHealth, getReadiness, getDocument;
// camera_calls.cpp
ControlHandler listCameras, getCamera, resetCameras, rebootCamera, upgradeCamera;
ControlHandler listSnapshots, takeSnapshot, dropSnapshot;
// state_calls.cpp
ControlHandler getState, patchState, changeState;
// access_calls.cpp
ControlHandler listSessions, expireSessions, revokeSessions, getLockout, setLockout;
// clock_calls.cpp
ControlHandler getClock, steerClock;
// journal_calls.cpp
ControlHandler readJournal, countJournal, waitForJournal, clearJournal, verifyJournal;
// fault_calls.cpp
ControlHandler listFaults, addFaults, clearFaults, removeFault;

// Calls `visit` with the device, and answers what it returns; refuses while there is none.
template <class Visit>
ControlAnswer withDevice(ControlledCamera& camera, const Visit& visit) {
  ControlAnswer answer;
  const bool there = camera.withDevice([&](DeviceControl& device) { answer = visit(device); });
  if (there) return answer;
  return refuse(409, "upgrading",
                "the camera is in the middle of a firmware upgrade; ask again when its progress is "
                "\"up\"");
}

// What GET /camera shows.
ControlAnswer describeCamera(ControlState& state, const ControlCall& call, int status = 200);

}  // namespace stoklab::emulator
