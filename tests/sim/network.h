// Network: the one world that all simulated drivers share: its time, its connections, its troubles.
//
// It owns simulated time, which moves only by advance_to(), and an agenda of everything that is
// going to happen, in one total order. Every choice comes from the seed. Drivers open into the
// network that exists; there is one per thread at a time (CHECKed).
// Threads: one. Bounds: none of its own; what the drivers ask for bounds it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <queue>
#include <span>
#include <vector>

#include "base/prng.h"
#include "base/time.h"
#include "engine/io/address.h"
#include "engine/io/completion.h"
#include "tests/sim/event_trace.h"
#include "tests/sim/fault_plan.h"
#include "tests/sim/socket.h"

namespace engine {
class SimDriver;
}

namespace sim {

enum class EventKind : std::uint8_t {
  packet,       // subject: the socket that it arrives at.
  window,       // subject: the socket that may send on.
  syn,          // subject: the socket that connects.
  connected,    // subject: the same; `result` says what came of it.
  run_accept,   // driver, subject: its listener.
  run_receive,  // driver, subject: the descriptor.
  run_send,     // driver, subject: the descriptor.
  completion,   // driver: something that it is to hand out.
};

struct Event {
  EventKind kind;
  std::uint32_t driver = kNobody;
  std::uint32_t subject = 0;
  std::uint32_t epoch = 0;  // Of the descriptor: events of a closed one come to nothing.
  std::int32_t result = 0;
  engine::Completion completion{};
  bool counted = false;  // The completion is of an operation in flight on its descriptor.
  base::Instant due{};
  std::uint64_t order = 0;  // Given by the agenda: of two events due at once, the older is first.
};

// What a driver does when its shard has nothing due and is willing to wait.
class Waiter {
 public:
  virtual ~Waiter() = default;
  // Called once per turn; `deadline` may be past, then the shard does not want to wait.
  virtual void wait(engine::SimDriver& driver, base::Instant deadline) = 0;
  // Called when a shard stages something: others may run in the middle of its turn.
  virtual void preempt(engine::SimDriver& /*driver*/) {}
};

// Who reads along what goes over the wire.
class Tap {
 public:
  virtual ~Tap() = default;
  virtual void on_bytes(SocketNumber from, std::span<const std::byte> bytes) = 0;
};

class Network {
 public:
  explicit Network(std::uint64_t seed, const FaultPlan& faults = {});
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // The network of this thread, into which drivers open.
  static Network& current() noexcept;

  // ---- Time -------------------------------------------------------------------------------------

  base::Instant now() const noexcept { return now_; }
  base::Instant next_event() const noexcept;
  // Lets everything happen that is due until then.
  void advance_to(base::Instant instant);
  void schedule(base::Duration delay, const Event& event) { schedule_at(now_ + delay, event); }
  void schedule_at(base::Instant due, Event event);

  // ---- For drivers ------------------------------------------------------------------------------

  std::uint32_t add(engine::SimDriver& driver);
  void remove(std::uint32_t driver);

  bool port_taken(std::uint16_t port) const noexcept;
  // Answers the listener's number in the network, and the address with the port filled in.
  std::uint32_t listen(std::uint32_t driver, std::uint32_t listener, engine::Address& address);
  void stop_listening(std::uint32_t listener);
  bool listens(std::uint32_t listener) const noexcept { return listeners_[listener].open; }
  bool has_backlog(std::uint32_t listener) const noexcept;
  SocketNumber accept(std::uint32_t listener, std::uint32_t driver, engine::Descriptor descriptor);
  // Whom an accepted socket is connected to.
  const engine::Address& address_of(SocketNumber number) const noexcept {
    return sockets_[number]->remote;
  }
  // The socket is in another driver's table from now on.
  void move(SocketNumber number, std::uint32_t driver, engine::Descriptor descriptor);
  // The oldest connection of the backlog leaves before it was accepted.
  void abort_in_backlog(std::uint32_t listener);

  SocketNumber connect(std::uint32_t driver, engine::Descriptor descriptor,
                       const engine::Address& address);
  bool readable(SocketNumber number) const noexcept { return sockets_[number]->readable(); }
  std::size_t unread(SocketNumber number) const noexcept {
    return sockets_[number]->arrived.size();
  }
  // Bytes read, 0 at the end, or a negated errno. The socket is readable.
  std::int32_t read(SocketNumber number, std::span<std::byte> into);
  // Bytes taken, 0 while the window is full (on_writable() follows), or a negated errno.
  std::int32_t send(SocketNumber number, std::span<const std::byte> bytes);
  void close(SocketNumber number);

  // ---- For scenarios ----------------------------------------------------------------------------

  FaultPlan& faults() noexcept { return faults_; }
  const FaultPlan& faults() const noexcept { return faults_; }
  EventTrace& trace() noexcept { return trace_; }
  base::Prng& prng() noexcept { return prng_; }
  const Socket& socket(SocketNumber number) const noexcept { return *sockets_[number]; }
  // The driver that opened the connection.
  std::uint32_t client_driver(SocketNumber number) const noexcept {
    return sockets_[number]->opener;
  }
  std::uint32_t sockets() const noexcept { return static_cast<std::uint32_t>(sockets_.size()); }
  engine::SimDriver* driver(std::uint32_t number) const noexcept { return drivers_[number]; }

  // How drivers wait. Without a waiter they never do: a turn hands out what is due.
  void set_waiter(Waiter* waiter) noexcept { waiter_ = waiter; }
  Waiter* waiter() const noexcept { return waiter_; }
  void set_tap(Tap* tap) noexcept { tap_ = tap; }
  // The bytes that may be on their way or unread, per direction of connections made from now on.
  void set_window(std::size_t bytes) noexcept { window_ = bytes; }
  // The host that connections made from now on come from, each by a port of its own. Until told,
  // they come from the host that they go to.
  void set_source(const engine::Address& host) noexcept { source_ = host; }

  // Breaks the connection off, as a middle-box does: both sides hear of it.
  void break_off(SocketNumber number, std::int32_t error);
  // The side of `number` ends, without its knowing.
  void cut(SocketNumber number);
  // From here on nothing goes wrong any more, and what stalls arrives.
  void calm();
  // What is sent to `number` arrives only after a while.
  void stall(SocketNumber number, base::Duration time);

  // A number of nanoseconds, drawn so that every order of magnitude up to the limit is as likely.
  base::Duration draw_duration(base::Duration most);

 private:
  struct Listener {
    std::uint32_t driver;
    std::uint32_t number;  // At the driver.
    std::uint16_t port;
    bool open = true;
    std::deque<SocketNumber> backlog;
  };
  struct Later {
    bool operator()(const Event& a, const Event& b) const noexcept {
      return a.due != b.due ? a.due > b.due : a.order > b.order;
    }
  };

  void happen(const Event& event);
  void packets_arrive(SocketNumber number);
  void take_in(SocketNumber number, const Packet& packet);
  void reset_peer(Socket& socket);
  void window_opens(SocketNumber number);
  void syn_arrives(SocketNumber number);
  void connected(SocketNumber number, std::int32_t result);
  Listener* choose_listener(std::uint16_t port);
  SocketNumber make_socket();
  void push_packet(Socket& to, SocketNumber number, PacketKind kind,
                   std::span<const std::byte> bytes);
  void refuse(SocketNumber number, std::int32_t error);
  void trouble(SocketNumber number);
  void tell_readable(const Socket& socket);

  FaultPlan faults_;
  base::Prng prng_;
  EventTrace trace_;
  base::Instant now_{std::chrono::seconds{1000}};
  std::uint64_t order_ = 0;
  std::priority_queue<Event, std::vector<Event>, Later> agenda_;
  std::vector<engine::SimDriver*> drivers_;
  std::vector<Listener> listeners_;
  std::vector<std::unique_ptr<Socket>> sockets_;
  std::uint16_t next_port_ = 40000;
  std::size_t window_ = std::size_t{64} << 10;
  std::optional<engine::Address> source_;
  Waiter* waiter_ = nullptr;
  Tap* tap_ = nullptr;
};

// Lets simulated time pass until the driver has something to hand out or its deadline is there:
// what turn() of a single driver under test looks like from outside.
class AdvancingWaiter final : public Waiter {
 public:
  explicit AdvancingWaiter(Network& network) : network_(network) { network.set_waiter(this); }
  ~AdvancingWaiter() override { network_.set_waiter(nullptr); }
  void wait(engine::SimDriver& driver, base::Instant deadline) override;

 private:
  Network& network_;
};

}  // namespace sim
