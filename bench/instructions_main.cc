// millrace-instructions: a shard that is turned by hand, for perf/instructions to count what it
// executes: millrace-instructions echo|room|event CONNECTIONS IN_FLIGHT ROUNDS.
//
// Clients and shard share one thread and take turns, so the same messages meet in the same turns
// every time. In each round every client of an echo, or one member of a room (with `event`: of
// native events), sends IN_FLIGHT messages of 64 bytes with one write; then the shard turns until
// all answers are out. Collection is on during those turns alone. Prints what was done, as JSON.
#include <valgrind/callgrind.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/block_client.h"
#include "bench/event_client.h"
#include "bench/loopback_gateway.h"
#include "millrace_version.h"

namespace {

using bench::BlockClient;
using bench::EventClient;
using bench::LoopbackGateway;

struct Cell {
  bool room = false;
  bool event = false;
  std::uint32_t connections = 0;
  std::uint32_t in_flight = 0;
  std::uint32_t rounds = 0;

  std::uint32_t publishers() const noexcept { return room || event ? 1 : connections; }
  // Frames that the server sends in a round.
  std::uint64_t deliveries() const noexcept { return std::uint64_t{connections} * in_flight; }
};

constexpr std::uint32_t kWarmUpRounds = 20;

std::optional<Cell> parse_cell(int argc, char** argv) {
  if (argc != 5) return std::nullopt;
  const std::string_view kind(argv[1]);
  if (kind != "echo" && kind != "room" && kind != "event") return std::nullopt;
  Cell cell{.room = kind == "room", .event = kind == "event"};
  std::uint32_t* const figures[] = {&cell.connections, &cell.in_flight, &cell.rounds};
  for (int i = 0; i < 3; ++i) {
    const std::string_view text(argv[i + 2]);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *figures[i]);
    if (error != std::errc{} || end != text.data() + text.size() || *figures[i] == 0) {
      return std::nullopt;
    }
  }
  return cell;
}

void turn_until_quiet(engine::Shard& shard) {
  do {
    shard.turn(shard.reactor().now() + std::chrono::milliseconds{1});
  } while (shard.connection_counters().queued_bytes.value() > 0);
}

void connect(const Cell& cell, LoopbackGateway& gateway, std::vector<BlockClient>& clients) {
  for (std::uint32_t i = 0; i < cell.connections; ++i) {
    clients.emplace_back(gateway.port(), cell.room ? "/room?room=bench" : "/echo", cell.in_flight);
  }
  engine::Shard& shard = gateway.shard();
  while (shard.connection_counters().sends.value() < cell.connections) shard.turn(base::kForever);
  shard.turn(base::kForever);  // The last answer is staged: this takes it to the kernel.
  for (BlockClient& client : clients) client.open();
}

void connect(const Cell& cell, LoopbackGateway& gateway, std::vector<EventClient>& clients) {
  for (std::uint32_t i = 0; i < cell.connections; ++i) {
    clients.emplace_back(gateway.port(), cell.in_flight);
  }
  engine::Shard& shard = gateway.shard();
  const base::Gauge& members = gateway.room_counters().memberships;
  // Everybody's room and the tenant's, and then the one that they ask for.
  while (members.value() < 2 * cell.connections) shard.turn(base::kForever);
  turn_until_quiet(shard);
  for (EventClient& client : clients) client.open();
  while (members.value() < 3 * cell.connections) shard.turn(base::kForever);
  turn_until_quiet(shard);
  for (EventClient& client : clients) client.join();
}

// Returns in how many turns.
template <typename Client>
std::uint64_t run_round(const Cell& cell, std::vector<Client>& clients, LoopbackGateway& gateway,
                        bool collects) {
  engine::Shard& shard = gateway.shard();
  const base::Counter& sent_bytes = shard.connection_counters().sent_bytes;
  const base::Counter& deliveries = gateway.room_counters().deliveries;
  const std::uint64_t wanted_bytes = sent_bytes.value() + cell.deliveries() * bench::kFrameBytes;
  const base::Counter& turns = shard.reactor_counters().turns;
  const std::uint64_t wanted = deliveries.value() + cell.deliveries();
  for (std::uint32_t i = 0; i < cell.publishers(); ++i) clients[i].send();
  const std::uint64_t turns_before = turns.value();
  if (collects) CALLGRIND_TOGGLE_COLLECT;
  // Bytes count as sent when their send has completed, so this also covers what comes after.
  while (sent_bytes.value() < wanted_bytes || (cell.event && deliveries.value() < wanted)) {
    shard.turn(base::kForever);
  }
  if (collects) CALLGRIND_TOGGLE_COLLECT;
  const std::uint64_t taken = turns.value() - turns_before;
  if (cell.event) turn_until_quiet(shard);
  for (Client& client : clients) client.receive();
  return taken;
}

template <typename Client>
void run(const Cell& cell, LoopbackGateway& gateway) {
  std::vector<Client> clients;
  clients.reserve(cell.connections);
  connect(cell, gateway, clients);
  for (std::uint32_t i = 0; i < kWarmUpRounds; ++i) run_round(cell, clients, gateway, false);
  unsigned long long turns = 0;
  for (std::uint32_t i = 0; i < cell.rounds; ++i) turns += run_round(cell, clients, gateway, true);
  const unsigned long long delivered = cell.rounds * cell.deliveries();
  std::printf("{\"commit\": \"%s\", \"delivered\": %llu, \"turns\": %llu}\n",
              std::string(millrace::kCommit).c_str(), delivered, turns);
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Cell> cell = parse_cell(argc, argv);
  if (!cell) {
    std::fputs("usage: millrace-instructions echo|room|event CONNECTIONS IN_FLIGHT ROUNDS\n",
               stderr);
    return 2;
  }
  LoopbackGateway gateway;
  if (const base::Status started = gateway.shard().start(); !started.ok()) {
    std::fprintf(stderr, "%s\n", started.error().message.c_str());
    return 1;
  }
  if (cell->event) {
    run<EventClient>(*cell, gateway);
  } else {
    run<BlockClient>(*cell, gateway);
  }
  return 0;
}
