// RawServer: a server that misbehaves as a test asks, byte for byte, and one that is not there.
//
// It reads each request and answers with the next of its scripts, the last one over and
// over. One thread serves the connections after each other; those that stall stay open until it is
// destroyed.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace app {

// A port of 127.0.0.1 that is taken and where nobody listens: connections are refused. Another
// socket may listen there meanwhile, and leave again.
class SilentPort {
 public:
  SilentPort();
  ~SilentPort();
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;

  std::uint16_t number() const noexcept { return number_; }
  std::string url(const std::string& path = "/") const;

 private:
  std::uint16_t number_ = 0;
  int file_ = -1;
};

class RawServer {
 public:
  enum class Then : std::uint8_t { close, stall };
  struct Script {
    std::string bytes;
    Then then = Then::close;
  };

  explicit RawServer(std::vector<Script> scripts);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::string url(const std::string& path = "/") const { return port_.url(path); }
  int requests() const noexcept { return requests_.load(); }

 private:
  void serve();
  void answer(int connection);

  SilentPort port_;
  std::vector<Script> scripts_;
  int listener_ = -1;
  std::atomic<bool> ending_ = false;
  std::atomic<int> requests_ = 0;
  std::vector<int> stalled_;
  std::thread thread_;
};

}  // namespace app
