#include "harness/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "harness/json_view.h"
#include "harness/second_opinion.h"

namespace stoklab::conformance {
namespace {

constexpr int kSchemaVersion = 1;

struct Contents {
  bool started = false;  // it has its first line
  std::string target;
  int lastNumber = 0;
  std::vector<PendingChange> pending;
  std::size_t complete = 0;  // bytes up to the end of the last whole line
};

std::runtime_error unusable(const std::string& file, int line, const std::string& why) {
  return std::runtime_error("the journal " + file + " is unusable: line " + std::to_string(line) +
                            " " + why + "; it lists settings to be put back, so look at it first");
}

std::string textOf(const Value& entry, std::string_view name) {
  const Value* value = entry.find(name);
  return value != nullptr && value->isText() ? value->text : std::string();
}

std::optional<PendingChange> changeIn(const Value& entry) {
  const Value* number = entry.find("change");
  const Value* old = entry.find("old");
  if (number == nullptr || !number->isInteger() || old == nullptr) return std::nullopt;
  PendingChange change;
  change.number = static_cast<int>(number->integer);
  change.setting = {textOf(entry, "module"), textOf(entry, "section"), textOf(entry, "field"),
                    textOf(entry, "table")};
  change.oldJson = toText(*old);
  const Setting& setting = change.setting;
  if (setting.module.empty() || setting.section.empty() || setting.field.empty())
    return std::nullopt;
  return change;
}

void take(const Value& entry, Contents& contents, const std::string& file, int line) {
  if (!contents.started) {
    const Value* version = entry.find("schema_version");
    if (textOf(entry, "journal") != "stoklab conform" || version == nullptr ||
        !version->isInteger() || version->integer != kSchemaVersion)
      throw unusable(file, line, "is not the beginning of a journal of this version");
    contents.started = true;
    contents.target = textOf(entry, "target");
    return;
  }
  if (auto change = changeIn(entry)) {
    contents.lastNumber = std::max(contents.lastNumber, change->number);
    contents.pending.push_back(*std::move(change));
    return;
  }
  const Value* restored = entry.find("restored");
  if (restored == nullptr || !restored->isInteger())
    throw unusable(file, line, "is neither a change nor a restoration");
  std::erase_if(contents.pending,
                [&](const PendingChange& change) { return change.number == restored->integer; });
}

Contents parse(const std::string& text, const std::string& file) {
  Contents contents;
  int line = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos;
       end = text.find('\n', contents.complete)) {
    ++line;
    const auto entry =
        parseJson(std::string_view(text).substr(contents.complete, end - contents.complete));
    if (!entry || !entry->isObject()) throw unusable(file, line, "is no JSON object");
    take(*entry, contents, file, line);
    contents.complete = end + 1;
  }
  return contents;
}

std::string readAll(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::runtime_error failed(const std::string& what, const std::string& file) {
  return std::runtime_error("cannot " + what + " the journal " + file + ": " +
                            std::strerror(errno));
}

void synchroniseDirectoryOf(const std::string& file) {
  const std::string directory = std::filesystem::path(file).parent_path().string();
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

JournalFile::JournalFile(std::string file, const std::string& target) : file_(std::move(file)) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(file_).parent_path(), error);
  lock();
  try {
    read(target);
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

// The file may have been taken away between opening and locking it; then it is made anew.
void JournalFile::lock() {
  for (;;) {
    descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor_ < 0) throw failed("open", file_);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      const bool busy = errno == EWOULDBLOCK;
      const std::runtime_error problem = failed("lock", file_);
      ::close(descriptor_);
      if (busy) throw JournalBusy("another run is changing this device at the moment");
      throw problem;
    }
    struct stat mine {};
    struct stat named {};
    if (::fstat(descriptor_, &mine) == 0 && ::stat(file_.c_str(), &named) == 0 &&
        mine.st_ino == named.st_ino && mine.st_dev == named.st_dev)
      return;
    ::close(descriptor_);
  }
}

void JournalFile::read(const std::string& target) {
  Contents contents = parse(readAll(file_), file_);
  // What was being written when a process died is not part of it.
  if (::ftruncate(descriptor_, static_cast<off_t>(contents.complete)) != 0)
    throw failed("repair", file_);
  if (contents.started) {
    if (contents.target != target)
      throw std::runtime_error("the journal " + file_ + " is that of " + contents.target +
                               ", not of " + target);
    lastNumber_ = contents.lastNumber;
    pending_ = std::move(contents.pending);
    return;
  }
  append(R"({"journal":"stoklab conform","schema_version":)" + std::to_string(kSchemaVersion) +
         R"(,"target":)" + jsonString(target) + "}");
  synchroniseDirectoryOf(file_);
}

JournalFile::~JournalFile() {
  if (pending_.empty()) ::unlink(file_.c_str());
  ::close(descriptor_);
}

void JournalFile::append(const std::string& line) {
  const std::string text = line + "\n";
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t step = ::write(descriptor_, text.data() + written, text.size() - written);
    if (step < 0 && errno == EINTR) continue;
    if (step <= 0) throw failed("write", file_);
    written += static_cast<std::size_t>(step);
  }
  if (::fdatasync(descriptor_) != 0) throw failed("write", file_);
}

void JournalFile::aboutToChange(const Setting& setting, const std::string& oldJson) {
  const int number = lastNumber_ + 1;
  append(R"({"change":)" + std::to_string(number) + R"(,"module":)" + jsonString(setting.module) +
         R"(,"section":)" + jsonString(setting.section) + R"(,"field":)" +
         jsonString(setting.field) + R"(,"table":)" + jsonString(setting.table) + R"(,"old":)" +
         oldJson + "}");
  lastNumber_ = number;
  pending_.push_back({number, setting, oldJson});
}

void JournalFile::restored(const Setting& setting) {
  const auto last =
      std::find_if(pending_.rbegin(), pending_.rend(),
                   [&](const PendingChange& change) { return change.setting == setting; });
  if (last == pending_.rend()) return;
  append(R"({"restored":)" + std::to_string(last->number) + "}");
  pending_.erase(std::next(last).base());
}

std::size_t pendingChanges(const std::string& file) {
  return parse(readAll(file), file).pending.size();
}

}  // namespace stoklab::conformance
