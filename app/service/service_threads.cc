#include "app/service/service_threads.h"

#include <utility>

#include "base/check.h"

namespace app {

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
  for (std::uint32_t i = 0; i < threads; ++i) {
    threads_.push_back(
        std::make_unique<ServiceThread>(name + "-" + std::to_string(i), [this] { work(); }));
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
  threads_.clear();  // Waits for each.
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
