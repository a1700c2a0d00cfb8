// A WebSocket server with rooms: room_server ADDRESS:PORT. Whoever connects to /room?room=R hears
// what anybody there says, on whatever shard; GET /health answers ok.
#include <millrace/server.h>

#include <csignal>
#include <cstdio>

class RoomHandler final : public millrace::Handler {
 public:
  explicit RoomHandler(millrace::Shard& shard) : shard_(shard) {}

  // The session's context is its room, packed, so that nothing else need be kept.
  millrace::Answer on_request(millrace::SessionId id, const millrace::Request& request) override {
    if (request.path() != "/room") return millrace::Answer::refuse(404, "rooms are at /room");
    const auto name = request.parameter("room");
    const millrace::JoinResult join = shard_.join(id, name.value_or(""));
    switch (join.status) {
      case millrace::JoinStatus::joined:
        return millrace::Answer::accept(pack(join.room));
      case millrace::JoinStatus::pending:  // Let in by on_joined(), so that nothing is missed.
        return millrace::Answer::pending(pack(join.room));
      case millrace::JoinStatus::full:
        return millrace::Answer::refuse(503, "no place for another room; try again later");
      case millrace::JoinStatus::invalid_name:
        break;
    }
    return millrace::Answer::refuse(400, "name a room: /room?room=NAME, of 1 to 255 bytes");
  }
  void on_joined(millrace::SessionId id, millrace::RoomId) override { shard_.admit(id); }
  void on_join_failed(millrace::SessionId id) override {
    shard_.refuse(id, 503, "no place for another room; try again later");
  }
  void on_message(millrace::SessionId id, const millrace::Message& message) override {
    shard_.publish(id, unpack(shard_.context(id)), message.kind, message.bytes);
  }
  std::optional<millrace::Response> on_page(const millrace::Request& request) override {
    if (request.path() != "/health") return std::nullopt;
    return millrace::Response{.body = "ok\n"};
  }

 private:
  static std::uint64_t pack(millrace::RoomId room) {
    return std::uint64_t{room.generation} << 32U | room.index;
  }
  static millrace::RoomId unpack(std::uint64_t context) {
    return {.index = static_cast<std::uint32_t>(context),
            .generation = static_cast<std::uint32_t>(context >> 32U)};
  }

  millrace::Shard& shard_;
};

millrace::Server* running = nullptr;

int main(int argc, char** argv) {
  const millrace::Options options{.listen = {argc > 1 ? argv[1] : "127.0.0.1:8080"}, .shards = 2};
  auto server = millrace::Server::open(
      options, [](millrace::Shard& shard) { return std::make_unique<RoomHandler>(shard); });
  if (!server.ok()) {
    std::fprintf(stderr, "room_server: %s\n", server.error().c_str());
    return 1;
  }
  running = &server.value();
  std::signal(SIGTERM, [](int) { running->stop(); });
  std::printf("listening on %s\n", running->addresses().front().c_str());
  std::fflush(stdout);
  const millrace::Status ended = running->run();
  if (!ended.ok()) std::fprintf(stderr, "room_server: %s\n", ended.error().c_str());
  return ended.ok() ? 0 : 1;
}
