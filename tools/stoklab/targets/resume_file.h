// What a run over many devices has done to each of them, on disk: written before and after each
// change, so that a run that was killed can be gone on with, and no device is changed twice.
//
// The one thing not to get wrong: a line is on disk before the change is sent. A device of which
// there is only that line may have been changed or not; whoever goes on has to look.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "stoklab/protocol/result.h"

namespace stoklab::cli {

enum class Stage { untouched, sending, done };

// Thread-safe, but for what open() returns before it is shared.
class ResumeFile {
 public:
  // Makes the file, or goes on with it; `task` says what is done to each device, and is kept as a
  // digest. Fails with ErrorKind::malformed if it is of another task, another run uses it now, or
  // it cannot be read or written. A last line that was cut off is as if it were not there.
  static protocol::Result<std::unique_ptr<ResumeFile>> open(const std::string& name,
                                                            const std::string& task);
  ~ResumeFile();
  ResumeFile(const ResumeFile&) = delete;
  ResumeFile& operator=(const ResumeFile&) = delete;

  // As it was when the file was opened.
  Stage before(const std::string& id) const;

  // On disk when it returns. Fails with ErrorKind::malformed.
  protocol::Result<void> note(const std::string& id, Stage stage);

 private:
  ResumeFile(std::string name, int descriptor) : name_(std::move(name)), descriptor_(descriptor) {}
  protocol::Result<void> read(const std::string& task);
  protocol::Result<void> append(const std::string& line);

  const std::string name_;
  const int descriptor_;  // locked
  std::map<std::string, Stage> before_;
  std::mutex mutex_;
};

}  // namespace stoklab::cli
