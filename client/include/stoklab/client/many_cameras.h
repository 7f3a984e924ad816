// One task for many cameras: a bounded number of them at a time, and one password that is not tried
// on one camera after the other once a camera has refused it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>

namespace stoklab::client {

// Calls work(0) to work(count - 1), each once, on threads of its own, at most `jobs` (at least one)
// at once, beginning in that order. As soon as goOn() is false, nothing more is begun. Returns when
// all that was begun has ended. Both may be called from several threads at once; `work` must not
// throw.
void forEachCamera(std::size_t count, std::size_t jobs, const std::function<bool()>& goOn,
                   const std::function<void(std::size_t)>& work);

// Whether a password is worth trying. Until a camera has taken it, only one login with it is under
// way; from the first refusal on, none begins any more. Those that other cameras are answering at
// that moment are not taken back: each camera sees one at most. Thread-safe.
class PasswordTrial {
 public:
  // False: it has been refused, so do not try it. True: try it, and call conclude() whatever
  // happens. Waits for whoever tries it first.
  bool begin();

  bool isRefused();

  // What has come of it; unknown, if the camera said nothing about the password.
  enum class Verdict { accepted, refused, unknown };
  void conclude(Verdict verdict);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Verdict verdict_ = Verdict::unknown;
  bool trying_ = false;
};

}  // namespace stoklab::client
