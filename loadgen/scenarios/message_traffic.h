// MessageTraffic: publishers that send to rooms, and members that audit what they receive.
//
// One group of clients (ClientGroup). The echo scenario (every connection is a room of its own) and
// the room scenario are this alone; others are made of this and more.
// Open loop: the shard's publishers take turns along one schedule; a message that is sent late
// keeps its intended time. Closed loop: each publisher keeps `in_flight` messages under way and
// sends the next when one of its own comes back. Threads: one shard's. Bounds: 12 bytes per member,
// and for each of its rooms 16 and 24 per publisher it hears there; kSendsPerTurn sends at a go;
// nothing is allocated once it has begun.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/prng.h"
#include "loadgen/message.h"
#include "loadgen/scenario.h"
#include "loadgen/stream_audit.h"

namespace loadgen {

class MessageTraffic final : public Scenario {
 public:
  // The group is one of the options', by its place there.
  MessageTraffic(const Stage& stage, std::size_t group);

  void prepare() override;
  void begin(base::Instant now) override;
  void stop(base::Instant now) override;
  void on_open(std::uint32_t client, base::Instant now) override;
  void on_message(std::uint32_t client, protocol::Opcode opcode, std::span<const std::byte> message,
                  base::Instant now) override;
  void on_close(std::uint32_t client, const engine::CloseInfo& info, base::Instant now) override;
  void on_connect_failed(std::uint32_t client, const engine::ConnectFailure& failure,
                         base::Instant now) override;
  // ---- Of a group that churns -------------------------------------------------------------------

  // The member wants to leave: it will have heard enough when it has heard what has been sent by
  // now.
  void announce_leave(std::uint32_t client);
  bool has_heard_enough(std::uint32_t client) const;
  // It leaves now; what it should have heard and did not is lost.
  void leave(std::uint32_t client);

  // A server may do what it likes with who does not read.
  bool forgives(std::uint32_t client) const override { return member(client).slow; }
  engine::StepResult pump(base::Instant now) override;
  base::Instant next_deadline() const override;
  void account(Ledger& ledger) const override;
  void judge(const Ledger& ledger) override;

 private:
  static constexpr std::uint32_t kNoPublisher = UINT32_MAX;

  struct Member {                            // In the order of the clients from first_ on.
    std::uint32_t home = 0;                  // The first of its rooms: where it publishes, if so.
    std::uint32_t publisher = kNoPublisher;  // Its place in publishers_.
    bool present = true;  // Is a member; of a group that churns, since it was last let in.
    bool slow = false;    // Stops reading; what it gets is audited, but not waited for.
  };
  // A member's in one of its rooms. By client, then room, in the order of ClientGroup::room_at().
  struct Seat {
    std::uint64_t order_hash = 0;  // Of (publisher, sequence) of all it received, in their order.
    bool faultless = true;
  };
  struct Publisher {
    std::uint64_t sent = 0;
    std::uint32_t client = 0;
    std::uint32_t number = 0;  // In its room.
    base::Instant moved_at{};  // When one of its own last came back.
  };

  Member& member(std::uint32_t client) { return members_[client - first_]; }
  const Member& member(std::uint32_t client) const { return members_[client - first_]; }
  // Of a client's seats the first is that at home.
  std::uint64_t seat_at(std::uint32_t client, std::uint32_t seat = 0) const {
    return std::uint64_t{client - first_} * group_.rooms_each + seat;
  }
  std::uint64_t stream_at(std::uint64_t seat, std::uint32_t publisher) const {
    return seat * group_.publishers + publisher;
  }
  // The number of a room in its group's ledger.
  std::uint32_t ledger_room(std::uint32_t client, std::uint32_t seat = 0) const {
    return group_.room_at(member(client).home, seat) - group_.first_room;
  }
  std::uint64_t in_flight(const Publisher& publisher) const;

  void add_publishers();
  bool audit(std::uint32_t client, const Stamp& stamp);
  void count_received(base::Instant intended, base::Instant now);
  void refill(Publisher& publisher, base::Instant now);
  bool read(protocol::Opcode opcode, std::span<const std::byte> message, Stamp& stamp);
  bool publish(Publisher& publisher, base::Instant intended);
  engine::StepResult start_closed_loop(base::Instant now);
  engine::StepResult send_due(base::Instant now);
  void nudge_stalled(base::Instant now);
  void look_at_slow(base::Instant now);
  bool is_judged(std::uint32_t client) const;
  bool all_have_heard_all() const;
  void look_who_lacks(base::Instant now);
  std::uint64_t published_by(std::uint32_t client, std::uint32_t publisher) const;
  std::uint64_t missing_at(std::uint32_t client, std::uint32_t seat,
                           const GroupLedger& ledger) const;
  void judge_member(std::uint32_t client, const GroupLedger& ledger);
  bool judges_order(std::uint32_t client, std::uint32_t seat) const;

  Stage stage_;
  const ClientGroup& group_;
  std::size_t group_number_;
  ClassStatistics* class_ = nullptr;  // Where the group has a class of its own in the report.
  AuditCounts audit_;
  std::uint32_t first_ = 0;  // The group's first client of this shard, and how many it has here.
  std::uint32_t size_ = 0;
  MessageCodec codec_;
  base::Prng prng_;
  std::vector<std::byte> message_;  // The largest size; where messages are written.
  std::vector<std::byte> scratch_;  // Of a text, the message that it spells.
  std::vector<Member> members_;
  std::vector<Seat> seats_;
  std::vector<StreamAudit> streams_;  // By seat, then publisher of its room.
  std::vector<Publisher> publishers_;
  Schedule schedule_{ScheduleOptions{}};
  std::uint32_t turn_ = 0;     // Open loop: whose turn it is to publish.
  std::uint32_t started_ = 0;  // Closed loop: publishers below have got going.
  base::Instant nudge_at_ = base::kForever;
  bool stopped_ = false;
  std::vector<std::uint64_t> enough_;       // As streams_: what leavers wait for.
  base::Instant look_at_ = base::kForever;  // For members who have not heard everything yet.
  std::vector<std::uint32_t> slow_;         // The slow members, by client.
  bool slowed_ = false;                     // They have stopped reading, and
  base::Instant slow_until_{};              // read again; until then what became of them may show.
};

}  // namespace loadgen
