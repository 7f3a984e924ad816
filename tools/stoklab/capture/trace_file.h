// A trace that grows on disk. After every exchange the file is complete and valid: the next one is
// written beside it, with what it holds already, and takes its name. So the process may be killed
// at any moment; an exchange that append() has taken is there, and one that it has not is not.
//
// The one thing not to get wrong: nothing that is not redacted comes here. Memory holds no
// exchange; the kernel copies those that are written. A power failure may cost the last ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "stoklab/protocol/result.h"

namespace stoklab::cli {

enum class ExistingFile {
  refuse,   // and leave it alone
  replace,  // with the first exchange, not before
};

// Not thread-safe.
class TraceFile {
 public:
  // Fails with ErrorKind::malformed, and a detail that says what to do, if the folder is missing or
  // cannot be written, something else than a file has the name, or a file has it and is not to be
  // replaced. Makes no file yet. Removes what a recorder that was killed while it wrote has left
  // beside `file`.
  static protocol::Result<TraceFile> open(const std::filesystem::path& file, ExistingFile existing);

  TraceFile(TraceFile&& other) noexcept;
  TraceFile& operator=(TraceFile&&) = delete;
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;
  ~TraceFile();

  // `head` and `tail` are those of the whole file. Fails with ErrorKind::malformed and the reason
  // of the system; the file is then as it was before.
  protocol::Result<void> append(std::string_view head, std::string_view exchange,
                                std::string_view tail);

  // A last time: with those exchanges only that `isClean` finds fit to stay, one by one, and all of
  // it is on the disk when it returns. Without any exchange there is no file. Returns how many were
  // taken out.
  protocol::Result<std::size_t> finish(std::string_view head, std::string_view tail,
                                       const std::function<bool(std::string_view)>& isClean);

  std::size_t exchanges() const { return exchanges_.size(); }
  const std::filesystem::path& name() const { return name_; }

 private:
  // Where an exchange stands, counted from the first one's begin.
  struct Range {
    std::uint64_t begin = 0, end = 0;
  };

  TraceFile(std::filesystem::path name, ExistingFile existing);
  enum class Sync { no, yes };
  protocol::Result<void> rewrite(std::string_view head, std::string_view more,
                                 std::string_view tail, Sync sync);
  protocol::Result<std::string> read(const Range& range) const;

  std::filesystem::path name_;
  std::string temporary_;
  ExistingFile existing_;
  int descriptor_ = -1;      // of the file as it is now
  std::uint64_t begin_ = 0;  // of the first exchange in it
  std::vector<Range> exchanges_;
};

}  // namespace stoklab::cli
