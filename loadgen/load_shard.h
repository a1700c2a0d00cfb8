// LoadShard: the program of one shard of a load run: its client pool, its scenario, and when what
// of it counts.
//
// It stands between the engine, which reports sessions, and the scenario, which thinks in clients.
// Threads: the shard's own; statistics().counters from any, and everything once the shard has
// ended.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/room/websocket_shard.h"
#include "loadgen/client_pool.h"
#include "loadgen/load_options.h"
#include "loadgen/published_board.h"
#include "loadgen/run_control.h"
#include "loadgen/run_window.h"
#include "loadgen/scenario.h"
#include "loadgen/shard_statistics.h"

namespace loadgen {

class LoadShard final : public engine::WebSocketShard,
                        private engine::SessionHandler,
                        private engine::RoomHandler {
 public:
  LoadShard(engine::Shard& shard, engine::ConnectionGate& gate, const LoadOptions& options,
            const RunControl& control, PublishedBoard& board);

  const ShardStatistics& statistics() const noexcept { return statistics_; }
  Scenario& scenario() noexcept { return *scenario_; }
  const Scenario& scenario() const noexcept { return *scenario_; }

  // ShardProgram.
  void on_start() override;
  engine::StepResult expire(base::Instant now) override;
  base::Instant next_deadline() const override;
  engine::StepResult run_tasks() override;

 private:
  // SessionHandler. A client never accepts, so nothing is ever requested of it.
  engine::Admission on_request(engine::SessionId, const protocol::HttpRequest&, bool) override {
    return {};
  }
  void on_open(engine::SessionId id) override;
  void on_message(engine::SessionId id, protocol::Opcode opcode,
                  std::span<std::byte> payload) override;
  void on_close(engine::SessionId id, const engine::CloseInfo& info) override;
  void on_connect_failed(std::uint64_t context, const engine::ConnectFailure& failure) override;

  // RoomHandler: the rooms are the server's.
  void on_joined(engine::SessionId, engine::RoomHandle) override {}
  void on_join_failed(engine::SessionId, std::string_view /*room*/) override {}

  base::Instant now() noexcept { return shard().reactor().now(); }
  void heed_control(base::Instant now);
  Marks marks() noexcept;

  const LoadOptions& options_;
  const RunControl& control_;
  RunWindow window_;
  ShardStatistics statistics_;
  ClientPool clients_;
  std::unique_ptr<Scenario> scenario_;
  bool begun_ = false;
  bool measuring_ = false;
  bool stopped_ = false;
};

// Makes the programs of a group and remembers them; they live as long as the group.
class LoadShardFactory final : public engine::ShardProgramFactory {
 public:
  LoadShardFactory(const LoadOptions& options, const RunControl& control, PublishedBoard& board);

  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override;
  std::span<LoadShard* const> shards() const noexcept { return shards_; }
  // Why a shard could not be made, if one could not.
  const base::Status& status() const noexcept { return status_; }

 private:
  const LoadOptions& options_;
  const RunControl& control_;
  PublishedBoard& board_;
  engine::ConnectionGate gate_;
  std::vector<LoadShard*> shards_;
  base::Status status_;
};

}  // namespace loadgen
