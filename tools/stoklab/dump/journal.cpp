#include "dump/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace stoklab::cli::dump {

using protocol::Json;
using protocol::malformed;

namespace {

protocol::Error problemWith(const std::filesystem::path& file) {
  return malformed("cannot use " + file.string() +
                   ", which keeps what a dump has learned so far: " + std::strerror(errno));
}

std::string readAll(int descriptor) {
  std::string text;
  std::array<char, 65536> chunk{};
  while (true) {
    const ssize_t got = ::read(descriptor, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

bool writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t step = ::write(descriptor, text.data(), text.size());
    if (step < 0 && errno == EINTR) continue;
    if (step < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(step));
  }
  return true;
}

std::string headLine(const Json& head) { return printJson(head) + "\n"; }

}  // namespace

Result<Journal> Journal::open(const std::filesystem::path& file, const Json& head) {
  Journal journal;
  journal.file_ = file;
  journal.head_ = head;
  journal.descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
  if (journal.descriptor_ < 0) return problemWith(file);
  if (::flock(journal.descriptor_, LOCK_EX | LOCK_NB) != 0)
    return malformed(file.string() + " is in use: another dump to the same place is running");
  const std::string text = readAll(journal.descriptor_);
  const std::string first = headLine(head);
  if (!text.starts_with(first)) {
    if (auto begun = journal.restart(); !begun) return begun.error();
    return journal;
  }
  std::size_t good = first.size();
  for (std::size_t at = good; at < text.size(); at = good) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) break;
    const auto line = protocol::parseJson(std::string_view(text).substr(at, end - at));
    const Json* step = line ? line->find("step") : nullptr;
    const Json* facts = line ? line->find("facts") : nullptr;
    if (step == nullptr || step->string() == nullptr || facts == nullptr) break;
    const Json* masked = line->find("masked");
    journal.records_[*step->string()] = {.facts = *facts,
                                         .masked = masked != nullptr && *masked == Json(true)};
    good = end + 1;
  }
  if (good < text.size() && ::ftruncate(journal.descriptor_, static_cast<off_t>(good)) != 0)
    return problemWith(file);
  return journal;
}

Journal::Journal(Journal&& other) noexcept
    : file_(std::move(other.file_)),
      head_(std::move(other.head_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      records_(std::move(other.records_)) {}

Journal& Journal::operator=(Journal&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(head_, other.head_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(records_, other.records_);
  return *this;
}

Journal::~Journal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

const Record* Journal::find(std::string_view step) const {
  const auto found = records_.find(step);
  return found == records_.end() ? nullptr : &found->second;
}

Result<void> Journal::write(const std::string& step, Record record) {
  if (descriptor_ >= 0) {
    Json line = Json::object({{"step", step}});
    if (record.masked) line.set("masked", true);
    line.set("facts", record.facts);
    if (!writeAll(descriptor_, printJson(line) + "\n")) return problemWith(file_);
  }
  records_[step] = std::move(record);
  return {};
}

void Journal::remove() {
  if (descriptor_ < 0) return;
  ::unlink(file_.c_str());
  ::close(std::exchange(descriptor_, -1));
}

Result<void> Journal::restart() {
  records_.clear();
  if (descriptor_ < 0) return {};
  if (::ftruncate(descriptor_, 0) != 0 || !writeAll(descriptor_, headLine(head_)))
    return problemWith(file_);
  return {};
}

}  // namespace stoklab::cli::dump
