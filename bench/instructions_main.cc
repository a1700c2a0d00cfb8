// millrace-instructions: a shard that is turned by hand, for perf/instructions to count what it
// executes: millrace-instructions echo|room CONNECTIONS IN_FLIGHT ROUNDS.
//
// Clients and shard share one thread and take turns, so the same messages meet in the same turns
// every time. In each round every client of an echo, or one member of a room, sends IN_FLIGHT
// messages of 64 bytes with one write; then the shard turns until all answers are out. Collection
// is on during those turns alone. Prints what was done, as JSON.
#include <valgrind/callgrind.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/block_client.h"
#include "bench/loopback_gateway.h"
#include "millrace_version.h"

namespace {

using bench::BlockClient;
using bench::LoopbackGateway;

struct Cell {
  bool room = false;
  std::uint32_t connections = 0;
  std::uint32_t in_flight = 0;
  std::uint32_t rounds = 0;

  std::uint32_t publishers() const noexcept { return room ? 1 : connections; }
  // Frames that the server sends in a round.
  std::uint64_t deliveries() const noexcept { return std::uint64_t{connections} * in_flight; }
};

constexpr std::uint32_t kWarmUpRounds = 20;

std::optional<Cell> parse_cell(int argc, char** argv) {
  if (argc != 5) return std::nullopt;
  const std::string_view kind(argv[1]);
  if (kind != "echo" && kind != "room") return std::nullopt;
  Cell cell{.room = kind == "room"};
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

std::vector<BlockClient> connect_clients(const Cell& cell, LoopbackGateway& gateway) {
  std::vector<BlockClient> clients;
  clients.reserve(cell.connections);
  for (std::uint32_t i = 0; i < cell.connections; ++i) {
    clients.emplace_back(gateway.port(), cell.room ? "/room?room=bench" : "/echo", cell.in_flight);
  }
  engine::Shard& shard = gateway.shard();
  while (shard.connection_counters().sends.value() < cell.connections) shard.turn(base::kForever);
  shard.turn(base::kForever);  // The last answer is staged: this takes it to the kernel.
  for (BlockClient& client : clients) client.open();
  return clients;
}

void run_round(const Cell& cell, std::vector<BlockClient>& clients, engine::Shard& shard,
               bool collects) {
  const base::Counter& sent_bytes = shard.connection_counters().sent_bytes;
  const std::uint64_t wanted = sent_bytes.value() + cell.deliveries() * bench::kFrameBytes;
  for (std::uint32_t i = 0; i < cell.publishers(); ++i) clients[i].send();
  if (collects) CALLGRIND_TOGGLE_COLLECT;
  // Bytes count as sent when their send has completed, so this also covers what comes after.
  while (sent_bytes.value() < wanted) shard.turn(base::kForever);
  if (collects) CALLGRIND_TOGGLE_COLLECT;
  for (BlockClient& client : clients) client.receive();
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Cell> cell = parse_cell(argc, argv);
  if (!cell) {
    std::fputs("usage: millrace-instructions echo|room CONNECTIONS IN_FLIGHT ROUNDS\n", stderr);
    return 2;
  }
  LoopbackGateway gateway;
  engine::Shard& shard = gateway.shard();
  if (const base::Status started = shard.start(); !started.ok()) {
    std::fprintf(stderr, "%s\n", started.error().message.c_str());
    return 1;
  }
  std::vector<BlockClient> clients = connect_clients(*cell, gateway);
  for (std::uint32_t i = 0; i < kWarmUpRounds; ++i) run_round(*cell, clients, shard, false);
  const std::uint64_t turns_before = shard.reactor_counters().turns.value();
  for (std::uint32_t i = 0; i < cell->rounds; ++i) run_round(*cell, clients, shard, true);
  const std::uint64_t turns = shard.reactor_counters().turns.value() - turns_before;
  const unsigned long long delivered = cell->rounds * cell->deliveries();
  std::printf("{\"commit\": \"%s\", \"delivered\": %llu, \"turns\": %llu}\n",
              std::string(millrace::kCommit).c_str(), delivered,
              static_cast<unsigned long long>(turns));
  return 0;
}
