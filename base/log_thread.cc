#include "base/log_thread.h"

#define SPDLOG_NO_EXCEPTIONS  // This layer is compiled without them.
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <thread>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "base/log_writer.h"

namespace base {

namespace {

// How long the end waits for whoever reads the log: two seconds.
constexpr std::chrono::milliseconds kEndPause{10};
constexpr int kEndLooks = 200;

}  // namespace

struct LogThread::Parts {
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> writer;
};

LogThread::LogThread() : parts_(std::make_unique<Parts>()) {
  const auto& sinks = detail::plain_log_writer().sinks();
  parts_->pool = std::make_shared<spdlog::details::thread_pool>(kLines, 1);
  parts_->writer =
      std::make_shared<spdlog::async_logger>("millrace", sinks.begin(), sinks.end(), parts_->pool,
                                             spdlog::async_overflow_policy::overrun_oldest);
  parts_->writer->set_level(spdlog::level::trace);
  spdlog::logger* const before = detail::log_writer.exchange(parts_->writer.get());
  CHECK(before == nullptr);
}

// The pool ends once its queue is empty, which it may never be: where nobody reads, the process
// ends all the same, and the thread that waits for the reader with it.
LogThread::~LogThread() {
  detail::log_writer.store(nullptr);
  const std::size_t lost = parts_->pool->overrun_counter();
  const auto ended = std::make_shared<std::atomic<bool>>(false);
  std::thread end([parts = std::move(parts_), ended]() mutable {
    parts.reset();
    ended->store(true);
  });
  for (int i = 0; i < kEndLooks && !*ended; ++i) std::this_thread::sleep_for(kEndPause);
  if (!*ended) {
    end.detach();
    return;
  }
  end.join();
  if (lost > 0) log_warn("the log was not read fast enough: {} lines are lost", lost);
}

}  // namespace base
