// ServiceThread: a named thread for what blocks, so that no shard ever waits.
//
// It takes no signal: those belong to the main thread alone. Made and destroyed by one thread; the
// destructor waits for the body to return, so whoever owns it tells the body to end before that.
// Names are cut after 15 bytes, which is what the kernel keeps.
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace app {

class ServiceThread {
 public:
  ServiceThread(std::string name, std::function<void()> body);
  ~ServiceThread();
  ServiceThread(const ServiceThread&) = delete;
  ServiceThread& operator=(const ServiceThread&) = delete;

 private:
  std::thread thread_;
};

}  // namespace app
