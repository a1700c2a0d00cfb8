// SimDriver: the world as a seeded simulation shows it; one shard's end of the Network.
//
// It keeps the promises of the seam and no others: operations complete in any order that the kernel
// could choose, results are any that it could give, and what the seam forbids is a failed CHECK:
// two sends at once, a close with something in flight, payload bytes that change before their
// completion. Staged submissions are read when the next turn begins, so what they point at must
// live until then.
// Threads: one. Bounds: DriverOptions. A turn waits only where the network has a Waiter.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/prng.h"
#include "base/result.h"
#include "base/time.h"
#include "engine/io/completion.h"
#include "engine/io/driver_options.h"
#include "engine/io/listening.h"
#include "engine/io/submission.h"
#include "tests/sim/network.h"
#include "tests/sim/receive_buffers.h"

namespace engine {

class SimDriver {
 public:
  // Opens into sim::Network::current().
  static base::Result<std::unique_ptr<SimDriver>> open(const DriverOptions& options);
  ~SimDriver();
  SimDriver(const SimDriver&) = delete;
  SimDriver& operator=(const SimDriver&) = delete;

  // ---- The seam ---------------------------------------------------------------------------------

  base::Result<Listening> listen(const Address& address);
  void stop_listening(std::uint32_t listener) noexcept;
  void meet(std::span<SimDriver* const> peers) noexcept;
  base::Status start();

  [[nodiscard]] bool stage(const Submission& submission) noexcept;
  std::uint32_t turn(std::span<Completion> out, base::Instant deadline) noexcept;
  bool settled() const noexcept { return settled_; }
  void give_back(BufferId buffer) noexcept {
    buffers(buffer < large_buffers_.first() ? BufferSize::small : BufferSize::large)
        .give_back(buffer);
  }

  base::Instant now() const noexcept { return now_; }
  base::Instant precise_now() const noexcept { return now_; }
  base::Duration worked() const noexcept { return worked_; }
  std::uint64_t random() noexcept { return prng_.next(); }
  void wake_from_outside() noexcept;

  // ---- For the network --------------------------------------------------------------------------

  void happen(const sim::Event& event);
  void on_backlog(std::uint32_t listener);
  void on_connected(Descriptor descriptor, std::int32_t result);
  void on_readable(Descriptor descriptor);
  void on_writable(Descriptor descriptor);

  // ---- For scenarios and checkers ---------------------------------------------------------------

  // A turn would hand something out.
  bool ready() const noexcept { return !ready_.empty(); }
  std::uint32_t number_in_network() const noexcept { return number_; }
  std::uint32_t buffers_lent() const noexcept {
    return small_buffers_.lent() + large_buffers_.lent();
  }
  // Operations whose last word was not handed out yet; accepts are not counted.
  std::uint32_t operations_in_flight() const noexcept { return in_flight_; }
  std::uint32_t descriptors_open() const noexcept;
  sim::SocketNumber socket_of(Descriptor descriptor) const noexcept {
    return slots_[descriptor].socket;
  }

 private:
  enum class SlotState : std::uint8_t { free, connecting, open };

  // A place of the descriptor table, with what is in flight on it.
  struct Slot {
    SlotState state = SlotState::free;
    sim::SocketNumber socket = sim::kNobody;  // Nobody's once it was handed over.
    std::uint32_t epoch = 0;
    std::uint32_t in_flight = 0;
    Tag connect_tag{};
    // The receive.
    bool receiving = false;
    bool receive_fresh = false;   // Not tried yet since it was armed.
    bool receive_single = false;  // Of one buffer, then it ends.
    BufferSize receive_size = BufferSize::large;
    bool receive_scheduled = false;
    Tag receive_tag{};
    base::Instant receive_due{};  // Of its youngest completion: none overtakes it.
    // The poll.
    bool polling = false;
    Tag poll_tag{};
    // The send.
    bool sending = false;
    bool send_scheduled = false;
    Tag send_tag{};
    std::vector<iovec> segments;
    std::size_t send_size = 0;
    std::size_t sent = 0;
    std::uint64_t send_hash = 0;  // Of all its bytes, when it was taken.
  };
  // An accept that is armed.
  struct Accept {
    Tag tag{};
    PeerName* peer = nullptr;
  };
  struct Listener {
    std::uint32_t number = 0;  // In the network.
    std::optional<Accept> multishot{};
    std::deque<Accept> singles{};  // Those of one connection; the oldest gets the next.
    bool scheduled = false;
    base::Instant due{};  // Of its youngest completion.

    bool waits() const noexcept { return multishot.has_value() || !singles.empty(); }
  };

  struct Due {
    Completion completion;
    bool counted;  // It is of an operation in flight on its descriptor.
  };

  SimDriver(sim::Network& network, const DriverOptions& options);

  void execute_staged();
  void execute(const Submission& submission);
  void accept(const Submission& submission);
  void connect(const Submission& submission);
  void receive(const Submission& submission);
  void poll(const Submission& submission);
  void settle(const Submission& submission);
  void hand_over(const Submission& submission);
  void send(const Submission& submission);
  void cancel(const Submission& submission);
  void close(const Submission& submission);
  void ring(const Submission& submission);

  void run_accept(std::uint32_t listener);
  void run_receive(Descriptor descriptor);
  bool receive_once(Slot& slot);
  void run_send(Descriptor descriptor);
  void send_promptly(Slot& slot);
  void fail_accept(std::uint32_t number, std::int32_t result);
  void end_accept(Listener& listener, std::int32_t result);
  static void tell_peer(PeerName& peer, const Address& address) noexcept;
  void end_receive(Slot& slot, std::int32_t result);
  void end_poll(Slot& slot, std::int32_t result);
  void end_send(Slot& slot, std::int32_t result);
  void cancel_send(Slot& slot);
  void schedule_receive(Descriptor descriptor);
  void schedule_send(Descriptor descriptor, base::Duration delay);

  Descriptor allocate_slot();
  void free_slot(Descriptor descriptor);
  Slot* open_slot(const Submission& submission);
  static std::span<const std::byte> rest_of_send(const Slot& slot) noexcept;
  static std::uint64_t hash_of_send(const Slot& slot) noexcept;

  sim::ReceiveBuffers& buffers(BufferSize size) noexcept {
    return size == BufferSize::small ? small_buffers_ : large_buffers_;
  }
  void wake(const Tag& tag, bool more);
  void post(const Completion& completion, base::Instant due, bool counted);
  base::Instant completion_due();
  void hand_out(const Completion& completion, bool counted);

  sim::Network& network_;
  DriverOptions options_;
  std::uint32_t number_;  // In the network.
  base::Prng prng_;
  sim::ReceiveBuffers small_buffers_;
  sim::ReceiveBuffers large_buffers_;  // Their ids are behind those of the small ones.
  std::vector<Slot> slots_;
  std::vector<Descriptor> free_slots_;  // The last one freed is the first one reused.
  std::vector<Listener> listeners_;
  std::vector<SimDriver*> peers_;
  std::vector<Submission> staged_;
  std::deque<Due> ready_;
  std::uint32_t in_flight_ = 0;
  bool refusing_ = false;  // Takes no more before the next turn.
  bool started_ = false;
  bool settled_ = true;
  base::Instant now_{};
  base::Duration worked_{};
};

using ActiveDriver = SimDriver;

}  // namespace engine
