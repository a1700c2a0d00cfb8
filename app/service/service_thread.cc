#include "app/service/service_thread.h"

#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <utility>

namespace app {

namespace {

constexpr std::size_t kThreadNameBytesMax = 15;

}  // namespace

ServiceThread::ServiceThread(std::string name, std::function<void()> body) {
  name.resize(std::min(name.size(), kThreadNameBytesMax));
  // Blocked before it starts: a new thread has the mask of the one that made it.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread(std::move(body));
  pthread_setname_np(thread_.native_handle(), name.c_str());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ServiceThread::~ServiceThread() { thread_.join(); }

}  // namespace app
