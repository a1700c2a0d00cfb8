#include "app/admin/service_threads.h"

#include <pthread.h>

#include <csignal>
#include <utility>

#include "base/check.h"

namespace app {

namespace {

// Blocks every signal for as long as it lives: a thread that is made meanwhile is born with it.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    CHECK(pthread_sigmask(SIG_SETMASK, &all, &before_) == 0);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

ServiceThreads::ServiceThreads(const std::string& name, std::uint32_t threads,
                               std::size_t waiting_most)
    : waiting_most_(waiting_most) {
  CHECK(threads > 0);
  try {
    start(name, threads);
  } catch (...) {
    stop();  // Those that were made already.
    throw;
  }
}

ServiceThreads::~ServiceThreads() { stop(); }

void ServiceThreads::start(const std::string& name, std::uint32_t threads) {
  const SignalsBlocked blocked;
  for (std::uint32_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { work(); });
    // The kernel takes 15 characters; a name that is longer is not worth failing for.
    pthread_setname_np(threads_.back().native_handle(), (name + "-" + std::to_string(i)).c_str());
  }
}

bool ServiceThreads::run(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_ || tasks_.size() >= idle_ + waiting_most_) return false;
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
  return true;
}

std::size_t ServiceThreads::waiting() const {
  const std::lock_guard lock(mutex_);
  return tasks_.size() > idle_ ? tasks_.size() - idle_ : 0;
}

void ServiceThreads::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void ServiceThreads::work() {
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      ++idle_;
      changed_.wait(lock, [this] { return !tasks_.empty() || is_stopping_; });
      --idle_;
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace app
