// Planted defects, so that the judge can be judged: an emulated camera that does one thing wrong,
// and the requirements that must fail because of it, all of them and no other.
//
// A fault acts by the smallest means that reaches it: a changed profile, certificate or server, an
// endpoint around the device, or a lapse inside of it. Several may be planted at once.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "stoklab/emulator/endpoint.h"
#include "stoklab/emulator/https_server.h"
#include "stoklab/emulator/identity.h"
#include "stoklab/emulator/lapses.h"
#include "stoklab/fixtures/profile.h"

namespace stoklab::emulator {

struct Fault {
  using Wrap = std::function<std::unique_ptr<Endpoint>(std::unique_ptr<Endpoint> inside)>;

  std::string_view name;      // "sec-left-grows"
  std::string_view sentence;  // what the camera does wrong
  // Slugs of requirements. A '*' stands for any text: every requirement that matches has to fail.
  std::vector<std::string_view> breaks;

  void (*changeProfile)(fixtures::Profile&) = nullptr;
  void (*changeCertificate)(CertificateShape&) = nullptr;
  void (*changeServer)(ServerOptions&) = nullptr;
  void (*lapse)(Lapses&) = nullptr;
  Wrap wrap = {};
};

// All of them, by name.
std::span<const Fault> faults();

// nullptr if there is none of that name. Lives as long as the program.
const Fault* findFault(std::string_view name);

}  // namespace stoklab::emulator
