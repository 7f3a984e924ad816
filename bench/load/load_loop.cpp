#include "load_loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "client_script.h"
#include "control_calls.h"
#include "first_login.h"
#include "process_facts.h"

namespace stoklab::bench {
namespace {

constexpr std::size_t kAtOnce = 64;

using Now = std::chrono::steady_clock;
using std::chrono::duration;

struct FreeSession {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};

class Loop;

// One client: a script, a link, and where it stands.
class Client {
 public:
  Client(Loop& loop, Shared& shared) : loop_(loop), shared_(shared), script_(shared) {}

  void begin();  // the first step
  void beginRound(Now::time_point due);
  void onEvent() { drive(); }
  bool isOpen() const { return link_ != nullptr; }

 private:
  void take(Step step);
  void drive();
  void next();
  void roundEnded();
  void failed(const std::string& why);
  void openLink(bool resume);
  void closeLink();
  void watch(std::uint32_t events);

  Loop& loop_;
  Shared& shared_;
  ClientScript script_;
  std::unique_ptr<TlsLink> link_;
  std::unique_ptr<SSL_SESSION, FreeSession> session_;
  Steps steps_ = {};
  std::size_t at_ = 0;
  bool once_ = true;
  bool connecting_ = false;
  std::uint32_t watched_ = 0;
  Now::time_point began_ = {};
  Answer answer_;
};

class Loop {
 public:
  Loop(const Target& to, TlsContext with, Shared& shared)
      : options(shared.options), target(to), context(std::move(with)), shared_(shared) {
    epoll = ::epoll_create1(EPOLL_CLOEXEC);
  }
  ~Loop() { ::close(epoll); }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  LoadResult run();
  void operationDone(Now::time_point began);
  void operationFailed(const std::string& why);
  void waits(Client& client) { idle_.push_back(&client); }
  void established() { ++established_; }
  void failed(Client& client) { failed_.push_back(&client); }
  bool paced() const { return options.rate > 0; }
  bool over() const { return over_; }

  const Options& options;
  const Target& target;
  const TlsContext context;
  int epoll = -1;
  WireCounts counts = {};

 private:
  void pace();
  void turn();

  Shared& shared_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<Client*> idle_, failed_;
  std::size_t established_ = 0;
  Now::time_point nextDue_ = {};
  bool measuring_ = false, over_ = false;
  LoadResult result_;
};

void Client::watch(std::uint32_t events) {
  if (events == watched_) return;
  epoll_event event{};
  event.events = events;
  event.data.ptr = this;
  ::epoll_ctl(loop_.epoll, watched_ == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, link_->descriptor(),
              &event);
  watched_ = events;
}

void Client::openLink(bool resume) {
  link_ = std::make_unique<TlsLink>(loop_.target, loop_.context.get(),
                                    resume ? session_.get() : nullptr, loop_.counts);
  watched_ = 0;
  connecting_ = true;
}

void Client::closeLink() {
  link_.reset();  // closing takes it out of the epoll instance
  watched_ = 0;
}

void Client::begin() {
  steps_ = stepsOf(shared_.options.mode, shared_.chance());
  once_ = !steps_.once.empty();
  at_ = 0;
  if (once_)
    take(steps_.once.front());
  else
    roundEnded();
}

void Client::beginRound(Now::time_point due) {
  began_ = due;
  once_ = false;
  at_ = 0;
  steps_ = stepsOf(shared_.options.mode, shared_.chance());
  take(steps_.again.front());
}

void Client::take(Step step) {
  switch (step) {
    case Step::connect:
    case Step::resume:
      openLink(step == Step::resume);
      break;
    case Step::stay:
      watch(EPOLLIN);
      return;
    case Step::close:
      if (link_ != nullptr && link_->tls() != nullptr && shared_.options.mode != Mode::handshake &&
          shared_.options.mode != Mode::session)
        session_.reset(SSL_get1_session(link_->tls()));
      closeLink();
      next();
      return;
    default: {
      if (!link_) openLink(true);
      std::string request = script_.requestOf(step, false);
      if (request.empty()) {
        failed("a challenge that cannot be answered");
        return;
      }
      link_->send(std::move(request));
    }
  }
  drive();
}

void Client::drive() {
  if (!link_) return;
  const auto& row = once_ ? steps_.once : steps_.again;
  const Step step = row[at_];
  auto state = TlsLink::State::done;
  if (connecting_) {
    state = link_->connect();
    if (state == TlsLink::State::done) {
      connecting_ = false;
      loop_.established();
    }
  }
  const bool asks = step != Step::connect && step != Step::resume;
  if (state == TlsLink::State::done && step == Step::stay) {
    failed("the server closed a silent connection");
    return;
  }
  if (state == TlsLink::State::done && asks) state = link_->exchange(answer_);
  switch (state) {
    case TlsLink::State::wantRead:
      watch(EPOLLIN);
      return;
    case TlsLink::State::wantWrite:
      watch(EPOLLOUT);
      return;
    case TlsLink::State::failed:
      failed(link_->failure());
      return;
    case TlsLink::State::done:
      break;
  }
  if (asks) {
    if (const auto wrong = script_.judge(step, answer_)) {
      failed(*wrong);
      return;
    }
    if (answer_.close) closeLink();
  }
  next();
}

void Client::next() {
  const auto& row = once_ ? steps_.once : steps_.again;
  if (++at_ < row.size()) {
    take(row[at_]);
    return;
  }
  if (!once_) loop_.operationDone(began_);
  roundEnded();
}

void Client::roundEnded() {
  if (loop_.over()) return;
  if (loop_.paced()) {
    loop_.waits(*this);
  } else {
    // No recursion without end: sending a request always ends in a wait for its answer.
    beginRound(Now::now());
  }
}

// A client that failed begins again; whoever fails at once every time does so at the pace of the
// loop's turns.
void Client::failed(const std::string& why) {
  loop_.operationFailed(why);
  closeLink();
  loop_.failed(*this);
}

void Loop::operationDone(Now::time_point began) {
  if (!measuring_) return;
  ++result_.operations;
  result_.latency.add(static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(Now::now() - began).count()));
  if (options.count != 0 && result_.operations >= options.count) over_ = true;
}

void Loop::operationFailed(const std::string& why) {
  ++result_.errors;
  if (result_.errorTexts.size() < 8 || result_.errorTexts.contains(why)) ++result_.errorTexts[why];
}

// Hands out operations that are due; one that is due while all are busy waits, and its time counts.
void Loop::pace() {
  std::vector<Client*> again;
  again.swap(failed_);
  for (Client* client : again) client->begin();
  if (!paced()) return;
  const auto now = Now::now();
  const auto step = std::chrono::duration_cast<Now::duration>(duration<double>(1 / options.rate));
  while (nextDue_ <= now && !idle_.empty()) {
    Client* const client = idle_.back();
    idle_.pop_back();
    client->beginRound(nextDue_);
    nextDue_ += step;
  }
}

// Paced, it sleeps to the next operation that is due: to spin until then would take the processor
// from other clients on this core, and that would be seen in the times of both. Unpaced, it never
// sleeps: to be woken costs the server as much as half an answer, on virtual machines above all.
void Loop::turn() {
  using namespace std::chrono;  // NOLINT
  auto wait =
      nanoseconds(paced() || options.mode == Mode::hold ? milliseconds(1) : milliseconds(0));
  if (paced() && !idle_.empty())
    wait = std::clamp(nanoseconds(nextDue_ - Now::now()), nanoseconds(0), wait);
  const timespec timeout{.tv_sec = 0, .tv_nsec = wait.count()};
  std::array<epoll_event, 256> events{};
  const int count =
      ::epoll_pwait2(epoll, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  for (int i = 0; i < count && !over_; ++i)
    static_cast<Client*>(events[static_cast<std::size_t>(i)].data.ptr)->onEvent();
}

LoadResult Loop::run() {
  const auto before = options.pid == 0 ? std::nullopt : factsOf(options.pid);
  if (before) result_.serverResidentKbBefore = before->residentKb;
  nextDue_ = Now::now();
  ControlCalls control(options.control);
  std::size_t begun = 0;
  auto measured = before;
  WireCounts countsBefore;
  Now::time_point start;
  const bool holds = options.mode == Mode::hold;
  // Every connection is there, then the warm-up, then the measurement.
  auto phaseEnd = Now::now() + std::chrono::seconds(60);
  enum class Phase { connecting, warmUp, measuring } phase = Phase::connecting;
  while (!over_) {
    const auto now = Now::now();
    const auto span = [](double s) {
      return std::chrono::duration_cast<Now::duration>(duration<double>(s));
    };
    // A few at a time, so that the server's queue of new connections does not overflow, and nobody
    // waits for long in it.
    while (begun < options.connections && begun < established_ + result_.errors + kAtOnce) {
      ++begun;
      clients_.push_back(std::make_unique<Client>(*this, shared_));
      clients_.back()->begin();
    }
    if (phase == Phase::connecting && begun == options.connections &&
        (!holds || established_ + result_.errors >= options.connections)) {
      phase = Phase::warmUp;
      phaseEnd = now + span(options.warmUp);
    }
    if (phase == Phase::warmUp && now >= phaseEnd) {
      phase = Phase::measuring;
      measuring_ = true;
      start = now;
      nextDue_ = now;
      countsBefore = counts;
      if (options.pid != 0) measured = factsOf(options.pid);
      phaseEnd = now + span(options.seconds);
    }
    if (phase != Phase::warmUp && now >= phaseEnd) break;
    control.turn();
    pace();
    turn();
  }
  over_ = true;
  result_.seconds = duration<double>(Now::now() - start).count();
  if (!measuring_) {
    result_.failure = "not all connections came about within a minute";
    result_.seconds = 0;
  }
  if (const auto after = options.pid == 0 ? std::nullopt : factsOf(options.pid);
      after && measured) {
    result_.serverCpuSeconds = after->cpuSeconds - measured->cpuSeconds;
    result_.serverResidentKbAfter = after->residentKb;
    result_.serverDescriptors = after->descriptors;
  }
  result_.open = static_cast<std::size_t>(std::count_if(
      clients_.begin(), clients_.end(), [](const auto& client) { return client->isOpen(); }));
  result_.controlCalls = control.made();
  // Bytes are known when a connection is gone.
  clients_.clear();
  result_.wire = counts;
  result_.wire.recordsSent -= countsBefore.recordsSent;
  result_.wire.recordsReceived -= countsBefore.recordsReceived;
  return result_;
}

}  // namespace

LoadResult runLoad(const Options& options, const std::string& password) {
  LoadResult failed;
  const auto target = loopbackTarget(options.url);
  if (!target) {
    failed.failure =
        "\"" + options.url + "\" is no URL of this machine: https://127.a.b.c:PORT, digits only";
    return failed;
  }
  TlsContext context;
  if (target->tls && !(context = clientContext(options.suite))) {
    failed.failure = "OpenSSL knows no TLS 1.2 suite \"" + options.suite + "\"";
    return failed;
  }
  Shared shared{.options = options,
                .passwords = PasswordMaker(options.username, password),
                .path = options.path};
  const bool needsToken = options.loggedIn && options.mode != Mode::hold &&
                          options.mode != Mode::login && options.mode != Mode::session &&
                          options.mode != Mode::mixed;
  if (needsToken) {
    shared.path = commandPath(*target, context.get(), shared, failed.failure);
    if (shared.path.empty()) return failed;
  }
  Loop loop(*target, std::move(context), shared);
  return loop.run();
}

}  // namespace stoklab::bench
