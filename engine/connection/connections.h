// Connections: the TCP connections of one shard: accepting, connecting, receiving, sending, ending.
//
// It turns completions into marks (dispatch), marks into calls to the handler (deliver), and queued
// payloads into one send per connection and turn (flush). A connection that talks has a multishot
// receive armed, which costs nothing per message and the kernel 864 bytes; one that is quiet is
// parked on a poll, which costs two more operations when something comes and the kernel 256 bytes.
// Threads: the shard's own; counters are readable from any.
// Bounds: as many connections as the driver has descriptors; the caller bounds each send queue;
// received chunks that wait hold receive buffers, of which there is a fixed number, so a shard that
// does not deliver stops reading, and TCP makes the peers wait.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "base/counter.h"
#include "base/limits.h"
#include "base/mapped_array.h"
#include "base/result.h"
#include "engine/connection/connection.h"
#include "engine/connection/connection_handler.h"
#include "engine/connection/receive_allowance.h"
#include "engine/connection/send_queue.h"
#include "engine/io/outcome.h"
#include "engine/io/peer_name.h"
#include "engine/reactor/reactor.h"
#include "engine/reactor/sweep.h"

namespace engine {

struct ConnectionCounters {
  base::Counter accepted;
  base::Counter connected;
  base::Counter released;
  base::Counter receives;
  base::Counter received_bytes;
  base::Counter sends;
  base::Counter sent_bytes;
  base::Counter sends_blocked;  // The socket did not take all at once: its peer reads slowly.
  base::Counter receive_buffers_exhausted;
  base::Counter stale_completions;
  base::Counter close_failures;
  base::Counter handed_over;         // To other shards.
  base::Counter hand_over_failures;  // Stayed here instead.
  base::Counter arrived;             // From other shards.
  std::array<base::Counter, kOutcomeCount> accept_failures;
  std::array<base::Counter, kOutcomeCount> connect_failures;
  std::array<base::Counter, kOutcomeCount> ended;  // success: the peer's orderly end.
  base::Counter widened;                           // Filled a small receive buffer, got large ones.
  base::Counter warmed;                            // Left the poll for a multishot receive.
  base::Counter parked;                            // Went back to the poll.
  base::Gauge open;
  base::Gauge warm;          // Those with a multishot receive.
  base::Gauge queued_bytes;  // In all send queues, at the last flush.
};

class Connections {
 public:
  // A connection from which nothing came for `park_after` waits on a poll; zero: never.
  Connections(Reactor& reactor, base::Duration park_after);
  // Drops what is still queued. Nobody turns the shard any more.
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;
  base::Status open(std::uint32_t descriptors);
  // On the shard's thread, before its first turn.
  void start(base::Instant now) { park_sweep_.start(now); }
  void set_handler(ConnectionHandler& handler) noexcept { handler_ = &handler; }

  // ---- What the session layer asks for ----------------------------------------------------------

  void accept_on(std::uint32_t listener);
  void stop_accepting(std::uint32_t listener);
  // Who connects waits in the listening socket's queue until resume_accepting(); a few, whose
  // accepts are under way, come through still.
  void rest_accepting() noexcept { accepting_rests_ = true; }
  void resume_accepting() {
    accepting_rests_ = false;
    arm_accepts();
  }
  // `address` must live until the answer: on_connected() or on_connect_failed().
  void connect(const Address& address, std::uint32_t token);

  bool alive(ConnectionId id) const noexcept { return record(id.slot).open_as(id.generation); }
  // Stays where it is, whoever holds the slot.
  const Connection& record(std::uint32_t slot) const noexcept { return table_[slot]; }
  // True until it is released, closing included.
  bool current(ConnectionId id) const noexcept {
    return table_[id.slot].generation == id.generation &&
           table_[id.slot].state != ConnectionState::free;
  }
  ConnectionId id_of(std::uint32_t slot) const noexcept { return {slot, table_[slot].generation}; }
  // Queues a slice; it goes out at the end of the turn. The connection must be alive().
  void send(std::uint32_t slot, Payload* payload, std::uint32_t offset, std::uint32_t size);
  // Queues `size` bytes that the caller writes now, at the address returned. `hint` is how much the
  // caller is likely to write within this turn.
  std::byte* extend(std::uint32_t slot, std::uint32_t size, std::uint32_t hint);
  // Queues a control frame in front of the data that waits. False when it took the place of earlier
  // ones, of which too many wait.
  bool send_control(std::uint32_t slot, std::span<const std::byte> frame);
  // Drops what is queued and no send has begun to carry.
  void drop_waiting(std::uint32_t slot) noexcept;
  // What is queued now is no frame: control frames go behind it.
  void pin_first(std::uint32_t slot) noexcept { table_[slot].queue.pin_first(); }
  bool next_send_takes_all(std::uint32_t slot) const noexcept {
    return table_[slot].queue.next_send_takes_all();
  }
  std::uint64_t queued_cost(std::uint32_t slot) const noexcept { return table_[slot].queue.cost(); }
  // Of queues that are watched: down to so much they count as drained.
  void set_drained_mark(std::uint64_t bytes) noexcept { drained_mark_ = bytes; }
  // on_drained() follows as soon as a send leaves no more than the mark; something must be queued.
  void watch(std::uint32_t slot) noexcept {
    DCHECK(!table_[slot].queue.empty());
    table_[slot].watched = true;
  }
  // From within on_received(), where nothing is armed or queued (CHECKed): gives the connection to
  // another shard, where it arrives by this ticket. on_handed_over() follows.
  void hand_over(ConnectionId id, std::uint32_t shard, std::uint32_t ticket);
  // Whether hand_over() is possible.
  bool may_hand_over(ConnectionId id) const noexcept;
  // After on_arrived(), or a handing over that failed.
  void start_receiving(ConnectionId id);
  // Sends what is queued, then closes.
  void finish(ConnectionId id);
  // Closes now; what is queued is dropped.
  void abort(ConnectionId id);
  // Reads no more from it: what the peer sends fills the kernel's buffers, and then the peer waits.
  // What had been read may still be delivered; its end is not noticed before resume().
  void pause(ConnectionId id);
  void resume(ConnectionId id);

  SendPools& pools() noexcept { return pools_; }
  // How many connections have something that this turn sends, or the next.
  std::size_t waiting_to_flush() const noexcept { return flush_list_.size(); }
  std::uint32_t capacity() const noexcept { return table_.size(); }
  void prefetch(std::uint32_t slot) const noexcept { __builtin_prefetch(&table_[slot], 1); }

  // ---- The shard's turn -------------------------------------------------------------------------

  void dispatch(const Completion& completion);
  // After the last completion of a turn: prompt sends that said nothing are done.
  void settle_sends();
  StepResult deliver(const ReceiveAllowance& most);
  StepResult flush();
  StepResult expire(base::Instant now);
  base::Instant next_deadline() const noexcept {
    return std::min({accept_again_at_, next_sweep_, settle_at_});
  }

  const ConnectionCounters& counters() const noexcept { return counters_; }

 private:
  // Something that a connection received: bytes on loan, the peer's end, or a failure.
  struct Received {
    ConnectionId id;
    std::int32_t result;
    BufferId buffer;  // On loan; kNoBuffer if none is.
    std::byte* data;

    std::uint64_t bytes() const noexcept {
      return buffer != kNoBuffer && result > 0 ? static_cast<std::uint64_t>(result) : 0;
    }
  };
  struct Listening {
    bool wanted = false;
    std::uint32_t armed = 0;  // The accepts that are under way, by number: a bit each,
    std::array<PeerName, base::kAcceptsPerTurn> peers{};  // and where they say who connected.
  };
  static_assert(base::kAcceptsPerTurn <= 32, "a bit each");

  void dispatch_accept(const Completion& completion);
  void dispatch_connect(const Completion& completion);
  void dispatch_receive(const Completion& completion);
  void dispatch_poll(const Completion& completion);
  void dispatch_settle(const Completion& completion);
  void dispatch_send(const Completion& completion);
  void dispatch_cancel(const Completion& completion);
  void dispatch_hand_over(const Completion& completion);
  void dispatch_arrival(const Completion& completion);
  Connection* find(const Tag& tag) noexcept;

  void arm_accepts();
  void open_slot(std::uint32_t slot, bool outgoing);
  void arm(std::uint32_t slot, Connection& connection);
  void arm_receive(std::uint32_t slot, Connection& connection);
  void arm_once(std::uint32_t slot, Connection& connection);
  void arm_poll(std::uint32_t slot, Connection& connection);
  void arm_after(std::uint32_t slot, Connection& connection, bool received);
  void wait_to_receive(std::uint32_t slot, Connection& connection);
  void arm_starved();
  void park_quiet(std::uint32_t slot);
  void set_warm(Connection& connection, bool warm) noexcept;
  static BufferSize buffers_for(const Connection& connection) noexcept {
    return connection.large ? BufferSize::large : BufferSize::small;
  }
  [[gnu::noinline]] void note_bulk(const Completion& completion, Connection& connection);
  void end_receive(std::uint32_t slot, const Connection& connection);
  void deliver_part(Received& received, std::uint64_t most);
  bool deliver_one(const Received& received);
  [[gnu::noinline]] bool receive_stopped(ConnectionId id, Connection& connection,
                                         std::int32_t result);
  void pass_on(ConnectionId id, std::span<std::byte> bytes);
  void receive_ended(ConnectionId id, std::int32_t result);
  bool reads(ConnectionId id) const noexcept;
  void tell_if_drained(ConnectionId id, Connection& connection);
  bool flush_one(std::uint32_t slot);
  bool stage_send(std::uint32_t slot, Connection& connection);
  void sent(std::uint32_t slot, Connection& connection);
  void prefetch_prompt(std::size_t at) const noexcept;
  void list_for_flush(std::uint32_t slot, Connection& connection);
  void begin_closing(std::uint32_t slot, Connection& connection);
  void cancel_all(std::uint32_t slot, Connection& connection);
  bool release_quiet();
  void release_if_quiet(std::uint32_t slot, Connection& connection);

  Reactor& reactor_;
  ConnectionHandler* handler_ = nullptr;
  base::MappedArray<Connection> table_;
  std::uint32_t slots_used_ = 0;  // Every slot that was ever open is below.
  SendPools pools_;
  std::deque<Listening> listeners_;  // A deque, for the kernel knows where its elements are.
  base::Instant accept_again_at_ = base::kForever;
  bool accepting_rests_ = false;
  std::uint32_t accepts_ahead_ = 1;  // How many are kept under way: more after each success.
  bool parks_;
  Sweep park_sweep_;
  base::Instant next_sweep_{};
  std::vector<Received> received_;
  std::size_t received_done_ = 0;      // How many of them were delivered.
  std::deque<std::uint32_t> starved_;  // Slots, the longest starved first.
  std::uint32_t starved_tries_ = 0;    // How many of them were armed the last time,
  bool starved_anew_ = false;          // and whether any receive found no buffer since.
  std::vector<std::uint32_t> flush_list_;
  std::vector<std::uint32_t> prompt_;  // Whose prompt sends were staged and are not settled.
  base::Instant settle_at_ = base::kForever;
  bool sends_follow_ = false;        // Some of them have more to send, or an end to come.
  std::vector<ConnectionId> quiet_;  // Closing with nothing in flight: released at the turn's end.
  std::vector<iovec> segments_;      // Of this turn's sends; the driver has read them by the next.
  std::size_t segments_used_ = 0;
  std::uint64_t queued_bytes_ = 0;
  std::uint64_t drained_mark_ = 0;
  std::uint32_t buffers_held_ = 0;       // By `received_`.
  std::uint32_t buffers_came_back_ = 0;  // In this turn.
  ConnectionCounters counters_;
};

// What every message takes is inline.

inline void Connections::send(std::uint32_t slot, Payload* payload, std::uint32_t offset,
                              std::uint32_t size) {
  Connection& connection = table_[slot];
  DCHECK(connection.state == ConnectionState::open);
  connection.queue.push(pools_, payload, offset, size);
  queued_bytes_ += size;
  list_for_flush(slot, connection);
}

inline std::byte* Connections::extend(std::uint32_t slot, std::uint32_t size, std::uint32_t hint) {
  Connection& connection = table_[slot];
  DCHECK(connection.state == ConnectionState::open);
  queued_bytes_ += size;
  list_for_flush(slot, connection);
  return connection.queue.extend(pools_, size, hint);
}

inline void Connections::list_for_flush(std::uint32_t slot, Connection& connection) {
  if (connection.listed) return;
  connection.listed = true;
  flush_list_.push_back(slot);
}

}  // namespace engine
