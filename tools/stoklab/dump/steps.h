// A dump as a row of steps, each of which is taken once, however often the dump is interrupted.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "dump/dump.h"
#include "dump/journal.h"
#include "stoklab/fixtures/redaction.h"

namespace stoklab::cli::dump {

// Not thread-safe. All that it is given must outlive it.
class Steps {
 public:
  Steps(Journal& journal, fixtures::Redactor& redactor, const DumpOptions& options);

  using Take = std::function<Result<protocol::Json>()>;

  // The facts of the step: from the journal, or as `take` finds them, redacted and scanned. Those
  // that had something masked are taken again, so that placeholders are numbered as before.
  // ErrorKind::safety if the dump is to stop, or a secret was found in what is to be kept.
  Result<protocol::Json> operator()(const std::string& step, const Take& take);

  // `body`, an answer as it came, with everything masked that must be. For the facts of a step.
  protocol::Json redacted(const protocol::Json& body);

  // For what the caller has masked by itself.
  void noteMasked() { masked_ = true; }

  void expect(std::size_t steps) { expected_ = steps; }
  std::size_t resumed() const { return resumed_; }
  // Whether the device still has what the journal says; if not, the journal is of another device.
  bool contradicted() const { return contradicted_; }
  // Of a failure: whether a secret was found, or the journal cannot be written.
  bool leaked() const { return leaked_; }
  bool diskFailed() const { return diskFailed_; }

 private:
  Journal& journal_;
  fixtures::Redactor& redactor_;
  const DumpOptions& options_;
  bool masked_ = false;
  bool contradicted_ = false, leaked_ = false, diskFailed_ = false;
  std::size_t done_ = 0, expected_ = 0, resumed_ = 0;
};

}  // namespace stoklab::cli::dump
