// StormCrowd: clients that are all cut off, and then all want to come back at once.
//
// The cuts begin with the measured time, and none connects before the last of them. From then on
// whoever is not connected keeps trying (RetryPolicy): a refusal that says when is obeyed, every
// other failure backs off. How long each was away, from its cut to its 101, is the class "back" of
// the report; of those that are not back in the end, the time until then. What fails meanwhile is
// forgiven. Threads: one shard's. Bounds: 24 bytes per client; kConnectsPerTurn connects and
// kCutsPerTurn cuts at a go.
#pragma once

#include <vector>

#include "loadgen/retry_policy.h"
#include "loadgen/retry_queue.h"
#include "loadgen/scenario.h"

namespace loadgen {

class StormCrowd final : public Scenario {
 public:
  // The group is one of the options', by its place there.
  StormCrowd(const Stage& stage, std::size_t group);

  void prepare() override;
  void begin(base::Instant now) override;
  void stop(base::Instant now) override;
  void on_open(std::uint32_t client, base::Instant now) override;
  void on_message(std::uint32_t client, protocol::Opcode opcode, std::span<const std::byte> message,
                  base::Instant now) override;
  void on_close(std::uint32_t client, const engine::CloseInfo& info, base::Instant now) override;
  void on_connect_failed(std::uint32_t client, const engine::ConnectFailure& failure,
                         base::Instant now) override;
  bool forgives(std::uint32_t) const override { return storming_; }
  engine::StepResult pump(base::Instant now) override;
  base::Instant next_deadline() const override;
  void account(Ledger&) const override {}
  void judge(const Ledger& ledger) override;

 private:
  struct Member {
    base::Instant away_since = base::kForever;  // kForever: it is here.
    std::uint32_t attempts = 0;                 // That failed, in a row.
    bool awaited = true;                        // The run is not over before it is back.
  };

  Member& member(std::uint32_t client) { return members_[client - first_]; }
  void cut(base::Instant now);
  bool cutting() const noexcept { return storming_ && cut_ < first_ + size_; }
  void note_away(Member& member, base::Instant now);

  Stage stage_;
  std::uint32_t first_;  // The group's first client of this shard, and how many it has here.
  std::uint32_t size_;
  std::uint32_t cut_;  // The next client to be cut off.
  RetryPolicy policy_;
  ClassStatistics& back_;
  std::vector<Member> members_;
  RetryQueue queue_;
  base::Instant stopped_at_ = base::kForever;
  bool storming_ = false;
};

}  // namespace loadgen
