#include "millrace/server.h"

#include <atomic>
#include <cerrno>
#include <utility>

#include "base/log.h"
#include "engine/shard/shard_group.h"
#include "millrace/checked_options.h"
#include "millrace/embedded_shard.h"

namespace millrace {

namespace {

static_assert(std::atomic<bool>::is_always_lock_free, "stop() may interrupt anything");

// Keeps the errno of whatever a signal handler has interrupted.
class ErrnoKeeper {
 public:
  ErrnoKeeper() noexcept : errno_(errno) {}
  ~ErrnoKeeper() { errno = errno_; }
  ErrnoKeeper(const ErrnoKeeper&) = delete;
  ErrnoKeeper& operator=(const ErrnoKeeper&) = delete;

 private:
  int errno_;
};

}  // namespace

// Everything of a Server, where it stays when the Server moves.
struct Server::Parts final : engine::ShardProgramFactory {
  Parts(Options given, const CheckedOptions& checked, const HandlerFactory& factory)
      : options(std::move(given)),
        session(checked.session),
        rooms(checked.rooms),
        gate(options.connections_max, options.memory_budget_bytes),
        make_handler(factory) {}

  // ShardProgramFactory. The first failure is told by open().
  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override {
    auto program = std::make_unique<EmbeddedShard>(shard, gate, session, rooms, options);
    if (base::Status opened = program->open(make_handler); !opened.ok() && failure.empty()) {
      failure = opened.error().message;
    }
    shards.push_back(program.get());
    return program;
  }

  Options options;
  engine::SessionOptions session;
  engine::RoomOptions rooms;
  engine::ConnectionGate gate;
  const HandlerFactory& make_handler;  // For the time of open().
  std::string failure;
  std::vector<EmbeddedShard*> shards;
  std::unique_ptr<engine::ShardGroup> group;
  std::atomic<bool> ran{false};
  std::atomic<bool> stopping{false};
};

Server::Server(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}
Server::Server(Server&& other) noexcept = default;
Server& Server::operator=(Server&& other) noexcept = default;
Server::~Server() = default;

Result<Server> Server::open(const Options& options, const HandlerFactory& factory) {
  auto checked = check_options(options);
  if (!checked.ok()) return Error{checked.error().message};
  base::configure_log(checked.value().log_level, base::LogFormat::text);
  auto parts = std::make_unique<Parts>(options, checked.value(), factory);
  auto group = engine::ShardGroup::open(checked.value().group, *parts);
  if (!group.ok()) return Error{group.error().message};
  parts->group = group.take();
  if (!parts->failure.empty()) return Error{parts->failure};
  return Server(std::move(parts));
}

Status Server::run() {
  if (parts_->ran.exchange(true)) return Error{"run() was called before: open another Server"};
  if (const base::Status started = parts_->group->start(); !started.ok()) {
    return Error{started.error().message};
  }
  parts_->group->join();
  for (EmbeddedShard* shard : parts_->shards) shard->tasks().end();
  if (!parts_->stopping.load(std::memory_order_relaxed)) {
    return Error{"the shards ended by themselves; the log on stderr says why"};
  }
  return {};
}

void Server::stop() noexcept {
  const ErrnoKeeper keeper;
  parts_->stopping.store(true, std::memory_order_relaxed);
  parts_->group->drain(parts_->options.drain_grace);
}

void Server::stop_now() noexcept {
  const ErrnoKeeper keeper;
  parts_->stopping.store(true, std::memory_order_relaxed);
  parts_->group->stop();
}

PostResult Server::post(std::uint32_t shard, Task task) {
  if (shard >= parts_->shards.size()) return PostResult::no_such_shard;
  EmbeddedShard& receiver = *parts_->shards[shard];
  const auto pushed = receiver.tasks().push(std::move(task));
  if (pushed.ring) receiver.shard().driver().wake_from_outside();
  using Result = engine::PostedTasks<Shard>::Result;
  if (pushed.result == Result::full) return PostResult::full;
  return pushed.result == Result::posted ? PostResult::posted : PostResult::ended;
}

std::uint32_t Server::shards() const noexcept {
  return static_cast<std::uint32_t>(parts_->shards.size());
}

std::vector<std::string> Server::addresses() const {
  std::vector<std::string> texts;
  for (const engine::Address& address : parts_->group->bound()) texts.push_back(address.text());
  return texts;
}

Counters Server::counters() const noexcept {
  Counters sum;
  for (EmbeddedShard* shard : parts_->shards) {
    const engine::ConnectionCounters& connections = shard->shard().connection_counters();
    const engine::SessionCounters& sessions = shard->session_counters();
    const engine::RoomCounters& rooms = shard->room_counters();
    sum.connections += connections.open.value();
    sum.accepted += connections.accepted.value();
    sum.bytes_received += connections.received_bytes.value();
    sum.bytes_sent += connections.sent_bytes.value();
    sum.sessions += sessions.open.value();
    sum.opened += sessions.opened.value();
    sum.messages_received += sessions.messages_received.value();
    sum.message_bytes_received += sessions.message_bytes_received.value();
    sum.messages_sent += sessions.messages_sent.value() + rooms.deliveries.value();
    sum.messages_dropped += sessions.messages_dropped.value();
    sum.rooms += rooms.rooms.value();
    sum.members += rooms.memberships.value();
    sum.published += rooms.published.value();
    sum.conflated += rooms.deliveries_conflated.value();
    sum.caught_up += rooms.deliveries_caught_up.value();
    sum.skipped += rooms.deliveries_skipped.value();
    sum.tasks_run += shard->tasks().tasks_run();
    sum.tasks_refused += shard->tasks().tasks_refused();
    for (std::size_t i = 0; i < kCloseReasons; ++i) sum.closed[i] += sessions.closed[i].value();
  }
  return sum;
}

}  // namespace millrace
