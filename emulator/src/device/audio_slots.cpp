#include "audio_slots.h"

#include <Poco/Exception.h>
#include <Poco/MemoryStream.h>
#include <Poco/Net/MessageHeader.h>
#include <Poco/Net/MultipartReader.h>
#include <Poco/StreamCopier.h>

#include <cstdint>
#include <utility>

namespace stoklab::emulator {

namespace {

std::uint32_t littleEndian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

bool isAcceptableWav(std::string_view file, const AudioLimits& limits) {
  if (file.size() < 44 || file.substr(0, 4) != "RIFF" || file.substr(8, 4) != "WAVE") return false;
  if (file.size() > limits.wavMaxBytes) return false;
  bool formatFits = false;
  std::uint32_t bytesPerSecond = 0;
  for (std::size_t at = 12; at + 8 <= file.size();) {
    const auto name = file.substr(at, 4);
    const std::size_t size = littleEndian(file.substr(at + 4, 4));
    const auto chunk = file.substr(at + 8, size);
    if (name == "fmt " && chunk.size() >= 16) {
      const auto channels = littleEndian(chunk.substr(2, 2));
      const auto rate = littleEndian(chunk.substr(4, 4));
      bytesPerSecond = littleEndian(chunk.substr(8, 4));
      formatFits = channels == 1 && rate == 8000 && bytesPerSecond > 0;
    } else if (name == "data") {
      return formatFits &&
             chunk.size() <= static_cast<std::uint64_t>(limits.maxTime.count()) * bytesPerSecond;
    }
    at += 8 + size + size % 2;
  }
  return false;
}

bool isAcceptableMp3(std::string_view file, const AudioLimits& limits) {
  if (file.size() < 4 || file.size() > limits.mp3MaxBytes) return false;
  const bool frame = static_cast<unsigned char>(file[0]) == 0xFF &&
                     (static_cast<unsigned char>(file[1]) & 0xE0U) == 0xE0U;
  return frame || file.substr(0, 3) == "ID3";
}

}  // namespace

bool isAcceptableAudio(std::string_view file, const AudioLimits& limits) {
  return isAcceptableWav(file, limits) || isAcceptableMp3(file, limits);
}

std::optional<std::string> filePart(std::string_view contentType, std::string_view body) {
  try {
    std::string type;
    Poco::Net::NameValueCollection parameters;
    Poco::Net::MessageHeader::splitParameters(std::string(contentType), type, parameters);
    if (type != "multipart/form-data" || !parameters.has("boundary")) return std::nullopt;
    Poco::MemoryInputStream stream(body.data(), static_cast<std::streamsize>(body.size()));
    Poco::Net::MultipartReader reader(stream, parameters["boundary"]);
    while (reader.hasNextPart()) {
      Poco::Net::MessageHeader header;
      reader.nextPart(header);
      std::string part;
      Poco::StreamCopier::copyToString(reader.stream(), part);
      if (header.get("Content-Disposition", "").find("filename") != std::string::npos) return part;
    }
  } catch (const Poco::Exception&) {
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<AudioSlots::Announced> AudioSlots::takeAnnounced() {
  return std::exchange(announced_, std::nullopt);
}

bool AudioSlots::takeFile() { return std::exchange(fileHeld_, false); }

void AudioSlots::clear() {
  announced_.reset();
  fileHeld_ = false;
}

}  // namespace stoklab::emulator
