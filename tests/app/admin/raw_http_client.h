// RawHttpClient: a connection over loopback that sends whatever bytes a test wants and reads what
// comes back, for requests that no proper client makes. One test's own thread; waits ten seconds at
// most for anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tests {

class RawHttpClient {
 public:
  explicit RawHttpClient(std::uint16_t port);
  ~RawHttpClient();
  RawHttpClient(const RawHttpClient&) = delete;
  RawHttpClient& operator=(const RawHttpClient&) = delete;

  // False: the other side does not take it any more.
  bool send(std::string_view bytes);
  // One answer, head and body; what came if the connection ends before that.
  std::string read_answer();
  std::string read_to_end();

 private:
  bool receive();

  int descriptor_ = -1;
  std::string received_;
};

}  // namespace tests
