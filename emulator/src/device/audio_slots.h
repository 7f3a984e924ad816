// The user-defined alarm sounds of a device and their upload in two steps (facts.md D17): a "do"
// that names the sound and returns where to post it, and the multipart post. Some clients post
// first and name afterwards; both orders work.
//
// Not synchronised: the device's lock covers it.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stoklab::emulator {

// What the device takes; a file outside it is refused with -67306.
struct AudioLimits {
  std::size_t wavMaxBytes = 256 * 1024;
  std::size_t mp3MaxBytes = 128 * 1024;
  std::chrono::seconds maxTime{15};
};

// Whether `file` is a mono 8 kHz PCM WAV or an MP3 within the limits.
bool isAcceptableAudio(std::string_view file, const AudioLimits& limits);

// The first file part of a multipart/form-data body; nullopt if there is none or the body is no
// such thing.
std::optional<std::string> filePart(std::string_view contentType, std::string_view body);

// What waits for its other half. The sounds themselves are rows of a table in the device's state.
class AudioSlots {
 public:
  struct Announced {
    std::string id;
    std::string name;
  };

  // First step of one order: the file is to follow.
  void announce(Announced sound) { announced_ = std::move(sound); }
  // First step of the other order: the name is to follow.
  void holdFile() { fileHeld_ = true; }

  // Whoever completes a pair takes what waited.
  std::optional<Announced> takeAnnounced();
  bool takeFile();

  void clear();

 private:
  std::optional<Announced> announced_;
  bool fileHeld_ = false;
};

}  // namespace stoklab::emulator
