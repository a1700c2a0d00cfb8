// Shard: a core's world: its driver, its connections, its ends of the lanes, and its program.
//
// Nothing in it is shared and nothing is locked: other shards reach it through lanes, other threads
// through request_drain() and request_stop() alone. Run it with run() on a thread of its own, or
// turn by turn where somebody else owns time (the simulator).
// Threads: one, but for the two requests and the counters. Bounds: those of its parts.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

#include "base/result.h"
#include "engine/connection/connections.h"
#include "engine/io/driver.h"
#include "engine/reactor/reactor.h"
#include "engine/shard/lanes.h"
#include "engine/shard/mailbox.h"
#include "engine/shard/parcel.h"
#include "engine/shard/shard_program.h"

namespace engine {

class Shard final : private TurnSteps {
 public:
  Shard(std::uint32_t number, std::unique_ptr<ActiveDriver> driver, Lanes& lanes,
        base::Duration park_after = base::kParkAfterDefault);
  ~Shard() override;

  base::Status open(std::uint32_t descriptors) { return connections_.open(descriptors); }
  void set_program(std::unique_ptr<ShardProgram> program) { program_ = std::move(program); }

  // ---- On the shard's thread --------------------------------------------------------------------

  base::Status start();
  // Turns until it was drained or stopped.
  void run();
  // One turn, which waits no later than `latest`. False when the shard is done.
  bool turn(base::Instant latest);

  std::uint32_t number() const noexcept { return number_; }
  std::uint32_t shards() const noexcept { return lanes_.shards(); }
  // How many connections a shard of the group had at the end of its last turn.
  std::uint32_t population(std::uint32_t shard) const noexcept { return lanes_.population(shard); }
  Reactor& reactor() noexcept { return reactor_; }
  Connections& connections() noexcept { return connections_; }
  Mailbox& mailbox() noexcept { return mailbox_; }
  ParcelPool& parcels() noexcept { return parcels_; }
  ActiveDriver& driver() noexcept { return *driver_; }

  // ---- From any thread --------------------------------------------------------------------------

  // Sends everybody away within `grace`, then ends run().
  void request_drain(base::Duration grace) noexcept;
  // Ends run() after the present turn.
  void request_stop() noexcept;

  const ReactorCounters& reactor_counters() const noexcept { return reactor_.counters(); }
  const ConnectionCounters& connection_counters() const noexcept { return connections_.counters(); }
  const MailboxCounters& mailbox_counters() const noexcept { return mailbox_.counters(); }

 private:
  void dispatch(std::span<const Completion> completions) override;
  StepResult drain_mailboxes() override;
  StepResult expire_timers(base::Instant now) override;
  StepResult deliver() override;
  StepResult fan_out() override;
  StepResult flush() override;
  base::Instant next_deadline() const override;
  bool prepare_to_sleep() override;
  void woke_up() override;

  bool everybody_left();
  void heed_requests(base::Instant now);

  std::uint32_t number_;
  std::unique_ptr<ActiveDriver> driver_;
  Lanes& lanes_;
  Reactor reactor_;
  ParcelPool parcels_;
  Mailbox mailbox_;
  Connections connections_;
  std::unique_ptr<ShardProgram> program_;
  base::Instant drain_deadline_ = base::kForever;
  bool draining_ = false;
  bool left_ = false;  // It has drained, and said so to the group.
  std::atomic<bool> stop_requested_{false};
  std::atomic<std::int64_t> drain_grace_{kNoDrain};

  static constexpr std::int64_t kNoDrain = -1;
};

}  // namespace engine
