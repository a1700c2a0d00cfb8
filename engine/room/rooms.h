// Rooms: the rooms of one shard: joining, leaving, publishing, and the fan-out to members here.
//
// A message goes to the room's home shard, which numbers it and hands it to every shard that has
// members; each encodes it once into the room's batch of this turn. Fan-outs run in turn order,
// kDeliveriesPerRoomGo deliveries at a go, so that a large room never holds up a small one.
// Threads: the shard's own; counters are readable from any.
// Bounds: kRoomsPerShardMost rooms; kFanOutBacklogBytesMax waiting bytes, past which
// receives_allowed() stops the shard's reading. For a member that reads too slowly the room's
// policy holds (see room_policy.h); others are unaffected.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/counter.h"
#include "base/fifo.h"
#include "base/slot_map.h"
#include "engine/reactor/turn_steps.h"
#include "engine/room/awaited_answers.h"
#include "engine/room/delivery_latency.h"
#include "engine/room/history_keeper.h"
#include "engine/room/home_directory.h"
#include "engine/room/membership_table.h"
#include "engine/room/name_index.h"
#include "engine/room/recent_ids.h"
#include "engine/room/recovered_messages.h"
#include "engine/room/room.h"
#include "engine/room/room_messages.h"
#include "engine/room/room_options.h"
#include "engine/session/sessions.h"
#include "engine/shard/shard.h"

namespace engine {

struct RoomCounters {
  base::Gauge rooms;
  base::Gauge memberships;
  // Rooms by how many members they have here: place i those with [2^(i-1), 2^i).
  std::array<base::Gauge, base::kRoomSizeOctaves> rooms_of_size;
  base::Counter published;             // Messages that members here published.
  base::Counter fan_outs;              // Batches that were carried to the members here.
  base::Counter fan_out_visits;        // Members to whom they were carried,
  base::Counter fan_out_sends;         // and of those, whose first of the turn it was.
  base::Gauge fan_out_budget;          // Visits that a turn may make now.
  base::Counter deliveries;            // Messages times members that got them.
  base::Counter deliveries_dropped;    // The member's queue was full.
  base::Counter deliveries_conflated;  // Were held back in a `latest` room for a member that lags;
  base::Counter deliveries_caught_up;  // and of those, got to it after all: its newest values.
  base::Counter deliveries_skipped;    // Dropped in an `ephemeral` room for a member that lags.
  base::Counter keys_evicted;          // Values that gave way to those of other keys.
  base::Counter stale_messages;        // For a room that had no members here any more.
  base::Counter answers;               // Publishers that were told what became of a message,
  base::Counter answers_unheard;       // those that had gone by then,
  base::Counter answers_unknown;       // and those of both that were told that nobody knows.
  base::Gauge backlog_bytes;
};

// Who hears that a join which had to wait is in force.
class RoomHandler {
 public:
  virtual ~RoomHandler() = default;
  virtual void on_joined(SessionId session, RoomHandle room) = 0;
  // The home had no place for another room, of that name.
  virtual void on_join_failed(SessionId session, std::string_view room) = 0;
  // The session ends, and is a member for the last time: once for each room, before its on_close().
  virtual void on_left(SessionId /*session*/, RoomHandle /*room*/) {}
  // A recover() is in force: the session gets what is published from now on, and `recovery` is what
  // it missed before, to be sent to it now. Views hold during the call.
  virtual void on_recovered(SessionId /*session*/, RoomHandle /*room*/,
                            const Recovery& /*recovery*/) {}
  // The session's send queue has drained to the mark; see Sessions::watch().
  virtual void on_drained(SessionId /*session*/) {}
  // What became of a message that was published with a ticket; `session` may have ended, and is
  // kNobody where the program itself published. Answers of one session may overtake
  // each other where its messages were for different shards.
  virtual void on_published(SessionId /*session*/, std::uint64_t /*ticket*/,
                            const PublishAnswer& /*answer*/) {}
};

struct JoinResult {
  enum class Status : std::uint8_t {
    joined,   // In force: the session gets what is published from now on.
    pending,  // on_joined() follows, unless the session ends first.
    full,     // The shard has no place for another room.
  };
  Status status;
  RoomHandle room{};
};

// What a publisher says of a message besides its bytes.
struct PublishOptions {
  std::uint64_t key = 0;  // In a `latest` room it takes the place of earlier ones with its key.
  // Not 0: exactly one on_published() with it follows, even if the session ends before.
  std::uint64_t ticket = 0;
  // By which a retry is known for kMessageIdsFor; empty: none. At most kMessageIdBytesMax.
  std::string_view id{};
  // Where the message has kNumberTextBytes octets for its number; see number_text.h.
  std::uint32_t number_at = kNowhere;
  bool keep = false;  // In the room's history, where rooms have one.
  bool echo = true;   // False: not to the publisher, even where it hears itself.
};

class Rooms final : public AttachmentOwner {
 public:
  Rooms(Shard& shard, Sessions& sessions, const RoomOptions& options);
  ~Rooms() override;
  void set_handler(RoomHandler& handler) noexcept { handler_ = &handler; }

  // The shard that numbers the room's messages: its members' best place.
  std::uint32_t home_of(std::string_view name) const noexcept {
    return HomeDirectory::home_of(name, shard_.shards());
  }
  // `echo`: whether the session gets what it publishes itself. Joining twice is joining once.
  JoinResult join(SessionId session, std::string_view name, bool echo);
  // Joins, and gets what it missed since `from`: on_recovered() or on_join_failed() follows, or
  // comes within the call; nothing, if the session ends first.
  void recover(SessionId session, std::string_view name, bool echo, const ResumePosition& from);
  void leave(SessionId session, RoomHandle room);
  // To all members on all shards, in the order that the home decides. False when the session is
  // not a member.
  bool publish(SessionId session, RoomHandle room, protocol::Opcode opcode,
               std::span<const std::byte> message, const PublishOptions& how = {});
  // The same by name, from a session that need not be a member, or from kNobody.
  void publish_to(std::string_view name, SessionId publisher, protocol::Opcode opcode,
                  std::span<const std::byte> message, const PublishOptions& how = {});

  // ---- What the application notes; the engine only keeps it -------------------------------------

  // Of the session's membership in the room: 0 until it is set.
  std::uint8_t& note_of(SessionId session, RoomHandle room) noexcept;
  // At a room's home. The tally is counted up or down by one; the mark comes to Room::mark on every
  // shard that has members or will have, in its place among the room's messages.
  std::uint32_t tally(base::Handle home, bool up) noexcept;
  void set_mark(base::Handle home, std::uint8_t mark);

  // ---- Looking around: this shard's part --------------------------------------------------------

  // Null when nobody here is in a room of that name, or waits to be.
  RoomHandle find(std::string_view name) const noexcept;
  const Room* find(RoomHandle room) const noexcept { return rooms_.find(room); }
  bool is_member(SessionId session, RoomHandle room) noexcept {
    return sessions_.is_alive(session) &&
           memberships_.find(sessions_.attachment(session.slot), room) != nullptr;
  }
  // Where a member that joins now would be: what it will get follows this number.
  ResumePosition position(const Room& room) const noexcept {
    return {.epoch = epoch_of(room.home), .number = room.batch_last};
  }
  // Calls visit(handle, room) for each room of the session, from the last that it joined.
  template <typename Visit>
  void for_rooms_of(SessionId session, Visit&& visit) {
    memberships_.for_each(sessions_.attachment(session.slot), [&](const Membership& membership) {
      visit(membership.room, *rooms_.find(membership.room));
    });
  }
  // The rooms whose home is this shard: their numbers, histories, and which shards have members.
  const HomeDirectory& homes() const noexcept { return home_; }
  const HomeRoom* home_room(std::string_view name) noexcept { return home_.find(home_.find(name)); }
  const HomeRoom* home_room(base::Handle home) noexcept { return home_.find(home); }
  std::uint64_t epoch_of(base::Handle home) const noexcept;

  // ---- The shard's turn -------------------------------------------------------------------------

  void on_shard_message(const ShardMessage& message);
  StepResult expire(base::Instant now) {
    if (handed_over_ != base::Instant{}) [[unlikely]]
      measure_write();
    return history_.expire(now) ? StepResult::more : StepResult::done;
  }
  base::Instant next_deadline() const noexcept { return history_.next_deadline(); }
  StepResult fan_out();
  // Received chunks that the turn may take in: while more rooms wait than have their go in it, as
  // many as may have one, for else a shard that fell behind would spend its turns on reading more.
  std::uint32_t receives_allowed() const noexcept {
    if (backlog_bytes_ > base::kFanOutBacklogBytesMax) return 0;
    const std::uint32_t gos = budget_ / base::kDeliveriesPerRoomGo;
    return runnable_.size() > gos ? gos : base::kReceivesPerTurn;
  }
  const RoomCounters& counters() const noexcept { return counters_; }
  // The application looks at a message: of some, the way is measured from here on, up to their
  // members, if they are published before the next is looked at.
  void note_message() noexcept {
    measured_from_ = {};
    if (++messages_noted_ % base::kMessagesPerSample == 0) measure_message();
  }
  const DeliveryLatency& latency() const noexcept { return latency_; }
  // The rooms with most members here, at most so many, of kRoomsRanked that are looked at.
  std::vector<std::pair<std::uint64_t, std::string>> largest(std::size_t most);
  const HistoryCounters& history_counters() const noexcept { return history_.counters(); }
  const RecentIdCounters& id_counters() const noexcept { return recent_ids_.counters(); }
  void set_memory_level(MemoryLevel level) noexcept { memory_level_ = level; }

 private:
  void on_detach(SessionId session) override;
  void on_drained(SessionId session) override { drained_.push_back(session); }
  std::size_t write_resume_points(SessionId session, std::span<char> reason) override;

  // rooms.cc: members.
  RoomHandle create(std::string_view name);
  RoomHandle find_or_create(std::string_view name);
  Publication begin_publication(SessionId publisher, protocol::Opcode opcode,
                                const PublishOptions& how);
  void send_home(const Publication& publication, std::uint32_t home_shard, base::Handle home,
                 std::span<const std::byte> message);
  void add_member(RoomHandle handle, Room& room, SessionId session, bool echo);
  void remove_member(RoomHandle handle, std::uint32_t place);
  void drop_if_empty(RoomHandle handle, Room& room);
  void count_size(std::uint32_t before, std::uint32_t now) noexcept;
  void compact(Room& room);

  // rooms_home.cc: what goes between shards, and the home's part.
  void subscribe(RoomHandle handle, Room& room);
  void home_subscribe(std::string_view name, std::uint32_t shard, RoomHandle room);
  void home_publish(base::Handle home, const Publication& publication,
                    std::span<const std::byte> message, Parcel* parcel);
  void forward(const HomeRoom& home, const Publication& publication,
               std::span<const std::byte> message, Parcel* parcel);
  bool is_retry(const HomeRoom& home, const Publication& publication);
  void subscribed(const ShardMessage& message);
  void fail_joins(RoomHandle handle, Room& room);

  // rooms_recovery.cc: joining with what was missed.
  void home_recover(const ShardMessage& message);
  bool gather_missed(base::Handle home, const ResumePosition& from, std::vector<std::byte>& text);
  void recovered(const ShardMessage& message);
  void finish_recovery(RoomHandle handle, SessionId session, bool echo, bool complete,
                       std::span<const std::byte> missed);
  void deliver(RoomHandle handle, const Publication& publication,
               std::span<const std::byte> message, std::uint64_t number);
  Parcel* make_parcel(std::span<const std::byte> bytes);
  Parcel* make_parcel(const Publication& publication, std::span<const std::byte> message);

  // rooms_fan_out.cc: from batches to send queues.
  std::uint32_t turn_budget() noexcept;
  void adapt_budget(std::uint32_t budget, std::uint64_t visited, std::uint64_t sends) noexcept;
  void make_runnable(RoomHandle handle, Room& room);
  base::Instant publishing_time() noexcept;
  void measure_message() noexcept;
  void measure_write() noexcept;
  std::uint32_t run_room(Room& room, std::uint32_t budget);
  template <bool lossy, bool counted>
  std::uint64_t visit(Room& room, std::uint32_t end);
  struct Given {
    bool queued;
    std::uint32_t messages;
  };
  [[gnu::always_inline]] Given give_batch(const Room& room, std::uint32_t slot);
  void begin_batch(Room& room);
  void finish_batch(Room& room);
  RoomWork& work_of(Room& room);
  void rest(Room& room);

  // rooms_answers.cc: what became of messages.
  void answer_number(const Publication& publication, std::uint64_t number, std::uint32_t parts,
                     bool duplicate = false);
  void answer_part(const AnswerAddress& address, const AnswerPart& part);
  void tell_wanted(RoomWork& work);
  void settle_wanted(RoomWork& work);
  void give_answers();

  // rooms_slow.cc: members that read too slowly.
  std::optional<Fate> leave_out(Room& room, const Room::Member& member);
  bool takes_more(std::uint32_t slot, std::uint64_t watermark, std::uint64_t bytes) const noexcept;
  // What may wait for a member of such a room before messages are left out.
  std::uint64_t watermark(RoomPolicy policy) const noexcept;
  void begin_conflation(Room& room);
  void start_lagging(Room& room, std::uint32_t slot, Membership& membership);
  void note_drained();
  void serve_drained(Room& room);
  void catch_up(Room& room, SessionId session, Membership& membership);

  Shard& shard_;
  Sessions& sessions_;
  RoomHandler* handler_ = nullptr;
  base::SlotMap<Room> rooms_;
  NameIndex names_;
  RoomWorkPool works_;
  MembershipTable memberships_;
  HomeDirectory home_;
  NumberText numbers_;
  HistoryKeeper history_;
  RecentIds recent_ids_;
  std::uint64_t last_recovery_ = 0;
  RoomHandle recovering_{};  // Whose missed messages the handler is giving to a session.
  base::Fifo<RoomHandle> runnable_;
  AwaitedAnswers answers_;
  std::uint64_t backlog_bytes_ = 0;
  RoomOptions options_;
  MemoryLevel memory_level_ = MemoryLevel::normal;
  std::vector<SessionId> drained_;                   // Since the last fan-out.
  RoomHandle running_{};                             // The room whose batch is being queued.
  std::uint32_t budget_ = base::kDeliveriesPerTurn;  // At most so many deliveries in a turn.
  std::uint32_t turns_crowded_ = 0;                  // In which not every room had its go.
  std::uint32_t messages_noted_ = 0;
  base::Instant measured_from_{};  // When the message that is being handled was looked at.
  base::Instant handed_over_{};    // When a measured one was in all queues,
  base::Instant handed_in_{};      // in a turn that began then.
  DeliveryLatency latency_;
  RoomCounters counters_;
};

}  // namespace engine
