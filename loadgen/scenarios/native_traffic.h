// NativeTraffic: one tenant of the native scenario: clients that join rooms by events, publish chat
// messages to them, and audit what they hear.
//
// One group of clients (ClientGroup). A client that is greeted joins its rooms; when all clients
// are in theirs the run may start. Publishers take turns along a schedule, and a message that is
// sent late keeps its intended time. Each delivery is judged by the stamp in its content, as in the
// raw scenarios, and by the number that the room gave it. Of some messages the publisher asks what
// became of them (AskedMessages), and of some every member tells that it has got or read them.
// Threads: one shard's. Bounds: 12 bytes per client, and for each of its rooms 64 and 24 per
// publisher it hears there; kSendsPerTurn sends at a go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/prng.h"
#include "loadgen/message.h"
#include "loadgen/native/asked_messages.h"
#include "loadgen/native/native_events.h"
#include "loadgen/scenario.h"
#include "loadgen/stream_audit.h"

namespace loadgen {

class NativeTraffic final : public Scenario {
 public:
  // The group is one of the options', by its place there; it is the tenant of that number.
  NativeTraffic(const Stage& stage, std::size_t group);

  void prepare() override;
  void begin(base::Instant now) override;
  void stop(base::Instant now) override;
  void on_open(std::uint32_t client, base::Instant now) override;
  void on_message(std::uint32_t client, protocol::Opcode opcode, std::span<const std::byte> message,
                  base::Instant now) override;
  void on_close(std::uint32_t client, const engine::CloseInfo& info, base::Instant now) override;
  void on_connect_failed(std::uint32_t client, const engine::ConnectFailure& failure,
                         base::Instant now) override;
  engine::StepResult pump(base::Instant now) override;
  base::Instant next_deadline() const override;
  void account(Ledger& ledger) const override;
  void judge(const Ledger& ledger) override;

 private:
  static constexpr std::uint32_t kNoPublisher = UINT32_MAX;

  enum class Arrival : std::uint8_t { away, entering, ready };

  struct Member {                            // In the order of the clients from first_ on.
    std::uint32_t home = 0;                  // The first of its rooms: where it publishes, if so.
    std::uint32_t publisher = kNoPublisher;  // Its place in publishers_.
    std::uint16_t joined = 0;                // Rooms that it is in.
    Arrival arrival = Arrival::away;         // While entering, the run waits for it.
  };
  // A member's in one of its rooms. By client, then room, in the order of ClientGroup::room_at().
  struct Seat {
    std::uint64_t order_hash = 0;  // Of (publisher, sequence, number) of all that it received.
    std::uint64_t joined_at = 0;   // The number of the room's last message before.
    std::uint64_t first = 0;       // The number of the first that it received; 0: none yet.
    StreamAudit numbers;           // From the first on.
    std::uint32_t others = 0;      // Heard since then and numbered too: who came and went.
    bool faultless = true;
  };
  struct Publisher {
    std::uint64_t sent = 0;
    std::uint32_t client = 0;
    std::uint32_t number = 0;  // In its room.
    AskedMessages asked{};
    AskedMessages::Audience audience{};
  };

  Member& member(std::uint32_t client) { return members_[client - first_]; }
  const Member& member(std::uint32_t client) const { return members_[client - first_]; }
  std::uint64_t seat_at(std::uint32_t client, std::uint32_t seat) const {
    return std::uint64_t{client - first_} * group_.rooms_each + seat;
  }
  std::uint64_t stream_at(std::uint64_t seat, std::uint32_t publisher) const {
    return seat * group_.publishers + publisher;
  }
  // The number of a room in its group's ledger.
  std::uint32_t ledger_room(std::uint32_t client, std::uint32_t seat = 0) const {
    return group_.room_at(member(client).home, seat) - group_.first_room;
  }
  std::uint32_t number_of(std::uint32_t client) const {
    return stage_.clients.partition().global(client);
  }

  void add_publishers();
  std::uint32_t readers_of(std::uint32_t room) const;
  bool say(std::uint32_t client, std::string_view text);

  void on_connected(std::uint32_t client, std::string_view text);
  void on_joined(std::uint32_t client, std::string_view text);
  void on_received(std::uint32_t client, std::string_view text, base::Instant now);
  void on_sent(std::uint32_t client, std::string_view text);
  void on_receipts(std::uint32_t client, std::string_view text);
  void on_member(std::uint32_t client, std::string_view text);
  void on_error(std::uint32_t client, std::string_view text);
  void stop_waiting(Member& member, Arrival arrival);
  void note(AskedMessages::Verdict verdict);

  bool read(std::string_view text, ReceivedChat& chat, Stamp& stamp);
  static StreamAudit::Verdict accept_number(Seat& seat, std::uint64_t number) noexcept;
  bool accept(std::uint64_t seat, const Stamp& stamp, std::uint64_t number);
  void count_received(base::Instant intended, base::Instant now);
  void answer(std::uint32_t client, const Stamp& stamp, const ReceivedChat& chat);

  bool publish(Publisher& publisher, base::Instant intended);
  engine::StepResult send_due(base::Instant now);

  bool is_judged(std::uint32_t client) const;
  bool judges_order(std::uint32_t client, std::uint32_t seat) const;
  void judge_seat(std::uint32_t client, std::uint32_t seat, const GroupLedger& ledger);
  void judge_publisher(const Publisher& publisher);

  Stage stage_;
  const ClientGroup& group_;
  std::size_t group_number_;
  AuditCounts audit_;
  std::uint32_t first_ = 0;  // The group's first client of this shard, and how many it has here.
  std::uint32_t size_ = 0;
  MessageCodec codec_;
  base::Prng prng_;
  std::string text_;                // Where events are written.
  std::vector<std::byte> scratch_;  // Of a content, the message that it spells.
  std::vector<Member> members_;
  std::vector<Seat> seats_;
  std::vector<StreamAudit> streams_;  // By seat, then publisher of its room.
  std::vector<Publisher> publishers_;
  Schedule schedule_{ScheduleOptions{}};
  std::uint32_t turn_ = 0;  // Whose turn it is to publish.
};

}  // namespace loadgen
