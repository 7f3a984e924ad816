#include "worker.h"

#include <sched.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <string_view>
#include <utility>

#include "guarded_endpoint.h"

namespace stoklab::emulator {

SlowRequest::SlowRequest(Connection& from, const HttpRequest& original, const Peer& who,
                         bool keepAlive)
    : connection(&from), peer(who), mayKeepAlive(keepAlive) {
  std::size_t size = original.method.size() + original.target.size() + original.body.size();
  for (const HttpHeader& header : original.headers)
    size += header.name.size() + header.value.size();
  text.reserve(size);  // so that the copies stay where they are
  const auto copy = [this](std::string_view part) {
    const std::size_t begin = text.size();
    text += part;
    return std::string_view(text).substr(begin);
  };
  request.method = copy(original.method);
  request.target = copy(original.target);
  request.minorVersion = original.minorVersion;
  headers.reserve(original.headers.size());
  for (const HttpHeader& header : original.headers) {
    const std::string_view name = copy(header.name);
    headers.push_back({name, copy(header.value)});
  }
  request.headers = headers;
  request.body = copy(original.body);
  request.received = original.received;
}

Worker::Worker(Endpoint& endpoint, std::function<void()> wake, std::size_t threads)
    : endpoint_(endpoint), wake_(std::move(wake)), most_(std::max<std::size_t>(threads, 1)) {}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Worker::post(std::unique_ptr<SlowRequest> request) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(request));
    if (idle_ < waiting_.size() && threads_.size() < most_)
      threads_.emplace_back([this] { run(); });
  }
  changed_.notify_one();
}

std::vector<std::unique_ptr<SlowRequest>> Worker::takeFinished() {
  const std::lock_guard lock(mutex_);
  return std::exchange(finished_, {});
}

void Worker::run() {
  blockSignals();
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (stopping_) return;
    std::unique_ptr<SlowRequest> slow = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    slow->reply = handleGuarded(endpoint_, slow->request, slow->peer);
    lock.lock();
    finished_.push_back(std::move(slow));
    if (finished_.size() > 1) continue;
    lock.unlock();
    wake_();
    lock.lock();
  }
}

std::size_t usableCores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  // It fails where there are more cores than fit the set: enough, then.
  if (::sched_getaffinity(0, sizeof cores, &cores) != 0) return std::thread::hardware_concurrency();
  return static_cast<std::size_t>(CPU_COUNT(&cores));
}

void blockSignals() {
  sigset_t all;
  sigfillset(&all);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS}) {
    sigdelset(&all, fault);
  }
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace stoklab::emulator
