// A WebSocket server that answers each message with itself: echo_server ADDRESS:PORT
#include <millrace/server.h>

#include <csignal>
#include <cstdio>

class EchoHandler final : public millrace::Handler {
 public:
  explicit EchoHandler(millrace::Shard& shard) : shard_(shard) {}

  void on_message(millrace::SessionId id, const millrace::Message& message) override {
    shard_.send(id, message.kind, message.bytes);
  }

 private:
  millrace::Shard& shard_;
};

millrace::Server* running = nullptr;

int main(int argc, char** argv) {
  const millrace::Options options{.listen = {argc > 1 ? argv[1] : "127.0.0.1:8080"}};
  auto server = millrace::Server::open(
      options, [](millrace::Shard& shard) { return std::make_unique<EchoHandler>(shard); });
  if (!server.ok()) {
    std::fprintf(stderr, "echo_server: %s\n", server.error().c_str());
    return 1;
  }
  running = &server.value();
  std::signal(SIGTERM, [](int) { running->stop(); });
  std::printf("listening on %s\n", running->addresses().front().c_str());
  std::fflush(stdout);
  const millrace::Status ended = running->run();
  if (!ended.ok()) std::fprintf(stderr, "echo_server: %s\n", ended.error().c_str());
  return ended.ok() ? 0 : 1;
}
