// ServiceThreads: a few ServiceThreads that run blocking work, in the order it comes.
//
// run() from any thread; it refuses work beyond the bound instead of making a queue of it. stop()
// lets what has begun or waits be finished, and joins.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/service/service_thread.h"

namespace app {

class ServiceThreads {
 public:
  using Task = std::function<void()>;

  // Throws std::system_error when there are no more threads to be had. "admin" makes "admin-0" ...
  ServiceThreads(const std::string& name, std::uint32_t threads, std::size_t waiting_most);
  ~ServiceThreads();
  ServiceThreads(const ServiceThreads&) = delete;
  ServiceThreads& operator=(const ServiceThreads&) = delete;

  // False, and the task is dropped: as many wait as may, or stop() was called.
  bool run(Task task);
  // Tasks for which no thread is free.
  std::size_t waiting() const;
  void stop();

 private:
  void start(const std::string& name, std::uint32_t threads);
  void work();

  const std::size_t waiting_most_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  std::size_t idle_ = 0;
  bool is_stopping_ = false;
  std::vector<std::unique_ptr<ServiceThread>> threads_;
};

}  // namespace app
