// AccessGate: holds back events whose sender's right the access service has not said yet.
//
// What a client says about a room waits, in its order, while the service is asked about one of
// them; what it says about other rooms does not. When the answer has come the events go on as if
// they had just been said. An event that takes two rights is asked about twice at most, one right
// after the other. Threads: the shard's own. Bounds: AccessServiceOptions::waiting_most
// events and kHeldBytesMost of a shard, kHeldPerClientMost of a client; more are refused with
// SERVER_ERROR. The service's timeout bounds how long they wait.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "app/native/native_context.h"
#include "protocol/opcode.h"

namespace app {

struct HeldEvent {
  protocol::Opcode opcode = protocol::Opcode::text;
  std::string payload{};
};

class AccessGate {
 public:
  // Takes up an event that was held.
  using Resume = std::function<void(ClientHandle, Client&, const HeldEvent&)>;

  AccessGate(NativeContext& context, Resume resume)
      : context_(context), resume_(std::move(resume)) {}

  // The rights that an event takes, in the order in which they are asked about.
  using Operations = std::array<std::optional<RoomOperation>, 2>;
  // What an event wants to do, and where; without an operation it only keeps its place.
  struct Wish {
    Operations operations{};
    std::string_view room{};
  };
  // Where no service is asked, holds() need not be called.
  bool in_use() const noexcept { return context_.policy->authority != nullptr || !held_.empty(); }
  // False: it may be handled now, with what NativeContext::admits() says. True: it waits, or its
  // sender has been told that it cannot.
  bool holds(ClientHandle handle, Client& client, const Event& event, const Wish& wish,
             protocol::Opcode opcode, std::span<const std::byte> payload);
  // The client is gone.
  void forget(const Client& client);
  // While events that were held are being taken up, what was said of them is theirs.
  bool is_resuming() const noexcept { return resuming_ != nullptr; }
  std::size_t waiting() const noexcept { return waiting_; }

 private:
  // Of one client and room.
  struct Queue {
    ClientHandle client{};
    std::string room{};
    RoomOperation asked = RoomOperation::join;
    SharedGrants grants{};  // Of whom it was asked about: an answer is about no others.
    AccessDecision said{};  // Of the first event's other right.
    std::deque<HeldEvent> events{};
  };

  std::optional<RoomOperation> find_unsaid(const Client& client, const Wish& wish);
  AccessDecision take_said(const Client& client, const Wish& wish);
  bool has_room_for(Client& client, const Event& event, std::size_t bytes);
  void hold(Client& client, Queue& queue, protocol::Opcode opcode,
            std::span<const std::byte> payload);
  void ask(const Client& client, const std::string& key, const Queue& queue);
  void on_answer(const std::string& key, RoomOperation operation, AccessAnswer answer);
  void let_go(const HeldEvent& held);

  NativeContext& context_;
  Resume resume_;
  std::map<std::string, Queue> held_;  // By session_key(): those of a session are neighbours.
  std::size_t waiting_ = 0;
  std::size_t bytes_ = 0;
  const std::string* resuming_ = nullptr;  // The key whose events are being taken up.
  bool held_again_ = false;
};

}  // namespace app
