#include "capture/trace_file.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>
#include <utility>

namespace stoklab::cli {

namespace fs = std::filesystem;
using protocol::malformed;
using protocol::Result;

namespace {

constexpr std::string_view kJoint = ",\n";
constexpr std::string_view kSuffix = ".part";

// A descriptor that is closed at the end of its scope unless it is released.
class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

int makeFile(const std::string& name) {
  constexpr mode_t kForAll = 0666;  // less the umask: a trace is made to be shown around
  return ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kForAll);
}

bool writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool copyThroughMemory(int from, loff_t offset, int to, std::uint64_t count) {
  std::array<char, 64 * 1024> buffer{};
  while (count > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(count, buffer.size()));
    const ssize_t got = ::pread(from, buffer.data(), wanted, offset);
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) errno = EIO;  // somebody has shortened it
    if (got <= 0) return false;
    const auto size = static_cast<std::size_t>(got);
    if (!writeAll(to, {buffer.data(), size})) return false;
    offset += got;
    count -= size;
  }
  return true;
}

// Bytes of one file to the end of another, without a way through this process where the file
// systems can do that.
bool copyRange(int from, std::uint64_t begin, std::uint64_t end, int to) {
  auto offset = static_cast<loff_t>(begin);
  std::uint64_t left = end - begin;
  while (left > 0) {
    const ssize_t copied =
        ::copy_file_range(from, &offset, to, nullptr, static_cast<std::size_t>(left), 0);
    if (copied < 0 && errno == EINTR) continue;
    if (copied <= 0) return copyThroughMemory(from, offset, to, left);
    left -= static_cast<std::uint64_t>(copied);
  }
  return true;
}

// What a process that is no more has left: "trace.json.<pid>.part".
void removeLeftovers(const fs::path& name) {
  const std::string prefix = name.filename().string() + ".";
  const fs::path folder = name.has_parent_path() ? name.parent_path() : fs::path(".");
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string other = entry->path().filename().string();
    if (!other.starts_with(prefix) || !other.ends_with(kSuffix) ||
        other.size() <= prefix.size() + kSuffix.size())
      continue;
    const char* const first = other.data() + prefix.size();
    const char* const last = other.data() + other.size() - kSuffix.size();
    pid_t process = 0;
    const auto [stopped, wrong] = std::from_chars(first, last, process);
    if (wrong != std::errc() || stopped != last || process <= 0) continue;
    const bool gone = ::kill(process, 0) != 0 && errno == ESRCH;
    if (gone) ::unlink(entry->path().c_str());
  }
}

protocol::Error cannotWrite(const fs::path& name, int reason) {
  return malformed("cannot write " + name.string() + ": " + std::strerror(reason));
}

}  // namespace

TraceFile::TraceFile(fs::path name, ExistingFile existing)
    : name_(std::move(name)),
      temporary_(name_.string() + "." + std::to_string(::getpid()) + std::string(kSuffix)),
      existing_(existing) {}

TraceFile::TraceFile(TraceFile&& other) noexcept
    : name_(std::move(other.name_)),
      temporary_(std::move(other.temporary_)),
      existing_(other.existing_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      begin_(other.begin_),
      exchanges_(std::move(other.exchanges_)) {}

TraceFile::~TraceFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<TraceFile> TraceFile::open(const fs::path& file, ExistingFile existing) {
  std::error_code error;
  fs::path name = file;
  // A link goes on pointing at its file, which is replaced.
  if (fs::is_symlink(fs::symlink_status(name, error))) {
    name = fs::weakly_canonical(name, error);
    if (error) return malformed("cannot write " + file.string() + ": " + error.message());
  }
  const auto status = fs::status(name, error);
  if (fs::exists(status)) {
    if (!fs::is_regular_file(status))
      return malformed("cannot write " + file.string() + ": it is there and is no file");
    if (existing == ExistingFile::refuse)
      return malformed(file.string() +
                       " is there already; choose another name, or give --overwrite");
  }
  if (name.filename().empty()) return malformed("cannot write " + file.string() + ": no file name");
  TraceFile trace(std::move(name), existing);
  removeLeftovers(trace.name_);
  const OpenFile probe(makeFile(trace.temporary_));
  if (probe.get() < 0) return cannotWrite(file, errno);
  const bool canWrite = writeAll(probe.get(), "{}\n");
  const int reason = errno;
  ::unlink(trace.temporary_.c_str());
  if (!canWrite) return cannotWrite(file, reason);
  return trace;
}

Result<void> TraceFile::rewrite(std::string_view head, std::string_view more, std::string_view tail,
                                Sync sync) {
  OpenFile next(makeFile(temporary_));
  if (next.get() < 0) return cannotWrite(name_, errno);
  const bool first = descriptor_ < 0;
  const bool joined = !exchanges_.empty() && !more.empty();
  bool good = writeAll(next.get(), head);
  std::vector<Range> kept;
  std::uint64_t size = 0;
  // Exchanges that follow each other are copied together with what joins them.
  for (std::size_t i = 0; good && i < exchanges_.size();) {
    std::size_t last = i;
    kept.push_back({size, size + exchanges_[i].end - exchanges_[i].begin});
    while (last + 1 < exchanges_.size() &&
           exchanges_[last + 1].begin == exchanges_[last].end + kJoint.size()) {
      ++last;
      const std::uint64_t begin = kept.back().end + kJoint.size();
      kept.push_back({begin, begin + exchanges_[last].end - exchanges_[last].begin});
    }
    const bool others = last + 1 < exchanges_.size();
    good = copyRange(descriptor_, begin_ + exchanges_[i].begin, begin_ + exchanges_[last].end,
                     next.get()) &&
           (!others || writeAll(next.get(), kJoint));
    size = kept.back().end + (others ? kJoint.size() : 0);
    i = last + 1;
  }
  good = good && writeAll(next.get(), joined ? kJoint : std::string_view()) &&
         writeAll(next.get(), more) && writeAll(next.get(), tail) &&
         (sync == Sync::no || ::fsync(next.get()) == 0);
  if (good) {
    // Whoever has made a file of that name since open() keeps it.
    const bool careful = first && existing_ == ExistingFile::refuse;
    good = ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, name_.c_str(),
                       careful ? RENAME_NOREPLACE : 0) == 0;
    // Not every file system knows that flag.
    if (!good && careful && errno == EINVAL)
      good = ::rename(temporary_.c_str(), name_.c_str()) == 0;
  }
  if (!good) {
    const int reason = errno;
    ::unlink(temporary_.c_str());
    return cannotWrite(name_, reason);
  }
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = next.release();
  begin_ = head.size();
  if (!more.empty()) {
    const std::uint64_t begin = size + (joined ? kJoint.size() : 0);
    kept.push_back({begin, begin + more.size()});
  }
  exchanges_ = std::move(kept);
  return {};
}

Result<void> TraceFile::append(std::string_view head, std::string_view exchange,
                               std::string_view tail) {
  return rewrite(head, exchange, tail, Sync::no);
}

Result<std::string> TraceFile::read(const Range& range) const {
  std::string text(static_cast<std::size_t>(range.end - range.begin), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t got = ::pread(descriptor_, text.data() + done, text.size() - done,
                                static_cast<off_t>(begin_ + range.begin + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return malformed("cannot read " + name_.string() + " back");
    done += static_cast<std::size_t>(got);
  }
  return text;
}

Result<std::size_t> TraceFile::finish(std::string_view head, std::string_view tail,
                                      const std::function<bool(std::string_view)>& isClean) {
  if (descriptor_ < 0) return std::size_t{0};
  std::vector<Range> clean;
  for (const Range& range : exchanges_) {
    const auto text = read(range);
    if (!text) return text.error();
    if (isClean(*text)) clean.push_back(range);
  }
  const std::size_t out = exchanges_.size() - clean.size();
  exchanges_ = std::move(clean);
  if (exchanges_.empty()) {
    ::unlink(name_.c_str());
    return out;
  }
  if (auto written = rewrite(head, {}, tail, Sync::yes); !written) return written.error();
  return out;
}

}  // namespace stoklab::cli
