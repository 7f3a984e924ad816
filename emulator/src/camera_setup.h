// What a camera of a profile is made of, as far as its options have a say: its server, its
// certificate and its login keys. One camera and a fleet are set up alike.
#pragma once

#include "stoklab/emulator/device.h"
#include "stoklab/emulator/emulated_camera.h"
#include "stoklab/emulator/https_server.h"
#include "stoklab/fixtures/profile.h"
#include "stoklab/protocol/result.h"

namespace stoklab::emulator {

bool speaksTls(const fixtures::Profile& profile);

// Fails with ErrorKind::malformed for what is asked for that a camera without TLS cannot do.
protocol::Result<void> checkPlain(const fixtures::Profile& profile, const CameraOptions& options);

// The certificate: given, kept, or made now. Fails as readIdentity() and cachedIdentity() do.
protocol::Result<Identity> identityFor(const fixtures::Profile& profile,
                                       const CameraOptions& options);

// Two keys of one size would be the same key of the installation, which a device would not notice.
protocol::Result<LoginKeys> loginKeysFor(const fixtures::Profile& profile,
                                         const CameraOptions& options);

// `identity` is not used by a profile that speaks plain HTTP.
ServerOptions serverOptionsFor(const fixtures::Profile& profile, const CameraOptions& options,
                               Identity identity);

// Of two servers that are one to whoever asks.
ServerCounts sum(const ServerCounts& a, const ServerCounts& b);

}  // namespace stoklab::emulator
