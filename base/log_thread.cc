#include "base/log_thread.h"

#define SPDLOG_NO_EXCEPTIONS  // This layer is compiled without them.
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>

#include <cstddef>

#include "base/check.h"
#include "base/log.h"
#include "base/log_writer.h"

namespace base {

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

LogThread::~LogThread() {
  detail::log_writer.store(nullptr);
  const std::size_t lost = parts_->pool->overrun_counter();
  parts_.reset();  // The pool ends once its queue is empty.
  if (lost > 0) log_warn("the log was not read fast enough: {} lines are lost", lost);
}

}  // namespace base
