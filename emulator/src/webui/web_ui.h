// The pages that a browser gets from an emulated camera: a small user interface of our own at "/",
// whose scripts speak the protocol as a camera's own pages do. The files are those of
// emulator/webui/ and two libraries of Debian's, all part of the program.
//
// The one thing not to get wrong: nothing here belongs to the device. The pages know the profile
// from "/stoklab/about.json" and everything else from the protocol, so that they work the same on
// whatever answers it: a device, a replayed trace, a proxy in front of either.
#pragma once

#include <optional>

#include "stoklab/emulator/endpoint.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::emulator {

// What stands behind the pages; they say so to whoever looks at them.
enum class WebUiBackend { emulated, replayed };

// Immutable; may be used from several threads.
class WebUi {
 public:
  // The profile must outlive it.
  WebUi(const fixtures::Profile& profile, WebUiBackend backend)
      : profile_(profile), backend_(backend) {}

  // The answer to a GET or HEAD of one of the pages, 304 included; the whole body comes with a
  // HEAD as well, the server drops it. nullopt: the target is no page, or the method another one.
  std::optional<HttpReply> find(const HttpRequest& request) const;

 private:
  // Nothing is made before somebody asks: most who start a camera never look at its pages.
  const fixtures::Profile& profile_;
  const WebUiBackend backend_;
};

}  // namespace stoklab::emulator
