#include "targets/resume_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/json.h"

namespace stoklab::cli {

using protocol::Json;
using protocol::malformed;
using protocol::Result;

namespace {

constexpr std::array<std::pair<Stage, std::string_view>, 2> kStages = {
    {{Stage::sending, "sending"}, {Stage::done, "done"}}};

std::string lineOf(const Json& json) { return printJson(json) + "\n"; }

std::string headLine(const std::string& task) {
  return lineOf(Json::object({{"schema_version", 1}, {"task_sha256", protocol::sha256Hex(task)}}));
}

}  // namespace

Result<std::unique_ptr<ResumeFile>> ResumeFile::open(const std::string& name,
                                                     const std::string& task) {
  const auto failed = [&](const std::string& why) {
    return malformed("--resume " + name + " " + why);
  };
  const int descriptor = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed(std::string("cannot be opened: ") + std::strerror(errno));
  std::unique_ptr<ResumeFile> file(new ResumeFile(name, descriptor));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    return failed("is in use by another run; wait for its end, or name another file");
  if (auto read = file->read(task); !read) return read.error();
  return file;
}

ResumeFile::~ResumeFile() { ::close(descriptor_); }

Result<void> ResumeFile::read(const std::string& task) {
  std::string text;
  std::array<char, 64 * 1024> part{};
  while (true) {
    const ssize_t got = ::read(descriptor_, part.data(), part.size());
    if (got < 0) return malformed("--resume " + name_ + " cannot be read: " + std::strerror(errno));
    if (got == 0) break;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  // What follows the last line break was cut off.
  const std::size_t whole = text.rfind('\n') + 1;
  const std::string head = headLine(task);
  if (whole == 0 && head.starts_with(text)) {
    if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) != 0)
      return malformed("--resume " + name_ + " cannot be written: " + std::strerror(errno));
    return append(head);
  }
  if (!text.starts_with(head))
    return malformed("--resume " + name_ +
                     " is not of this change to these devices; take the same ones, or another "
                     "file");
  std::string_view rest = std::string_view(text).substr(head.size(), whole - head.size());
  for (std::size_t number = 2; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const auto line = protocol::parseJson(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    const Json* const id = line ? line->find("id") : nullptr;
    const Json* const stage = line ? line->find("stage") : nullptr;
    bool known = false;
    for (const auto& [value, word] : kStages) {
      if (id == nullptr || id->string() == nullptr || stage == nullptr ||
          stage->string() == nullptr || *stage->string() != word)
        continue;
      before_[*id->string()] = value;
      known = true;
    }
    if (!known)
      return malformed("--resume " + name_ + " line " + std::to_string(number) +
                       " is not one of this program");
  }
  if (::ftruncate(descriptor_, static_cast<off_t>(whole)) != 0 ||
      ::lseek(descriptor_, 0, SEEK_END) < 0)
    return malformed("--resume " + name_ + " cannot be written: " + std::strerror(errno));
  return {};
}

Stage ResumeFile::before(const std::string& id) const {
  const auto found = before_.find(id);
  return found == before_.end() ? Stage::untouched : found->second;
}

Result<void> ResumeFile::note(const std::string& id, Stage stage) {
  for (const auto& [value, word] : kStages)
    if (value == stage) return append(lineOf(Json::object({{"id", id}, {"stage", word}})));
  return {};
}

Result<void> ResumeFile::append(const std::string& line) {
  const std::lock_guard lock(mutex_);
  const off_t before = ::lseek(descriptor_, 0, SEEK_CUR);
  const auto written = ::write(descriptor_, line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size()) && ::fdatasync(descriptor_) == 0) return {};
  const int why = errno;
  // A part of a line in the middle would make the file useless.
  if (::ftruncate(descriptor_, before) == 0) ::lseek(descriptor_, before, SEEK_SET);
  return malformed("--resume " + name_ + " cannot be written: " + std::strerror(why));
}

}  // namespace stoklab::cli
