// The operations of SimDriver as they run: what the kernel would do between submit and completion.

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "tests/sim/sim_driver.h"

namespace engine {

namespace {

using sim::EventKind;
using sim::EventTrace;
using sim::Fault;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr Descriptor kNoDescriptor = UINT32_MAX;
constexpr base::Duration kPromptMost = microseconds{3};
constexpr base::Duration kUnreadMost = milliseconds{20};
constexpr base::Duration kBurstMost = milliseconds{300};
constexpr std::size_t kTinyBytes = 16;

}  // namespace

// ---- Accepting and connecting -------------------------------------------------------------------

void SimDriver::on_backlog(std::uint32_t number) {
  Listener& listener = listeners_[number];
  if (!listener.waits() || listener.scheduled) return;
  listener.scheduled = true;
  const bool burst = network_.faults().strikes(Fault::accept_burst);
  network_.schedule(network_.draw_duration(burst ? kBurstMost : kPromptMost),
                    {.kind = EventKind::run_accept, .driver = number_, .subject = number});
}

void SimDriver::run_accept(std::uint32_t number) {
  Listener& listener = listeners_[number];
  listener.scheduled = false;
  while (listener.waits() && network_.has_backlog(listener.number)) {
    if (network_.faults().strikes(Fault::accept_full)) return fail_accept(number, -EMFILE);
    if (network_.faults().strikes(Fault::accept_aborted)) {
      network_.abort_in_backlog(listener.number);
      return fail_accept(number, -ECONNABORTED);
    }
    // A single accept has no end of its own; it may be interrupted before it took anything.
    if (!listener.singles.empty() && network_.faults().strikes(Fault::accept_ends)) {
      end_accept(listener, -EINTR);
      continue;
    }
    const Descriptor descriptor = allocate_slot();
    if (descriptor == kNoDescriptor) {
      // The kernel accepts first and finds no place in the table then: the connection is lost.
      network_.abort_in_backlog(listener.number);
      return fail_accept(number, -ENFILE);
    }
    Slot& slot = slots_[descriptor];
    slot.state = SlotState::open;
    slot.socket = network_.accept(listener.number, number_, descriptor);
    const Accept accept = listener.multishot ? *listener.multishot : listener.singles.front();
    if (!listener.multishot) {
      listener.singles.pop_front();
    } else if (network_.faults().strikes(Fault::accept_ends)) {
      listener.multishot.reset();
    }
    if (accept.peer != nullptr) tell_peer(*accept.peer, network_.address_of(slot.socket));
    listener.due = std::max(listener.due, completion_due());
    post({.tag = accept.tag,
          .result = static_cast<std::int32_t>(descriptor),
          .more = listener.multishot.has_value()},
         listener.due, false);
  }
}

// As the kernel does, at once, and no more than fits.
void SimDriver::tell_peer(PeerName& peer, const Address& address) noexcept {
  CHECK(peer.size == 0 || peer.size <= sizeof peer.socket);
  peer.socket = {};
  std::memcpy(&peer.socket, address.data(), address.size());
  peer.size = address.size();
}

// Ends one accept; others that are armed look at the backlog in their turn.
void SimDriver::fail_accept(std::uint32_t number, std::int32_t result) {
  end_accept(listeners_[number], result);
  if (network_.has_backlog(listeners_[number].number)) on_backlog(number);
}

void SimDriver::end_accept(Listener& listener, std::int32_t result) {
  CHECK(listener.waits());
  const Accept accept = listener.multishot ? *listener.multishot : listener.singles.front();
  if (listener.multishot) {
    listener.multishot.reset();
  } else {
    listener.singles.pop_front();
  }
  listener.due = std::max(listener.due, completion_due());
  post({.tag = accept.tag, .result = result}, listener.due, false);
}

void SimDriver::on_connected(Descriptor descriptor, std::int32_t result) {
  Slot& slot = slots_[descriptor];
  CHECK(slot.state == SlotState::connecting);
  slot.state = SlotState::open;
  const bool done = result >= 0;
  post({.tag = slot.connect_tag, .result = done ? static_cast<std::int32_t>(descriptor) : result},
       completion_due(), true);
}

// ---- Receiving ----------------------------------------------------------------------------------

void SimDriver::on_readable(Descriptor descriptor) {
  const Slot& slot = slots_[descriptor];
  if (slot.receiving || slot.polling) schedule_receive(descriptor);
}

void SimDriver::schedule_receive(Descriptor descriptor) {
  Slot& slot = slots_[descriptor];
  if (slot.receive_scheduled) return;
  slot.receive_scheduled = true;
  const bool late = network_.faults().strikes(Fault::receive_late);
  network_.schedule(network_.draw_duration(late ? kUnreadMost : kPromptMost),
                    {.kind = EventKind::run_receive,
                     .driver = number_,
                     .subject = descriptor,
                     .epoch = slot.epoch});
}

void SimDriver::run_receive(Descriptor descriptor) {
  Slot& slot = slots_[descriptor];
  slot.receive_scheduled = false;
  if (slot.polling && network_.readable(slot.socket)) end_poll(slot, POLLIN);
  while (slot.receiving && receive_once(slot)) {
  }
}

// False when there is nothing more to receive now.
bool SimDriver::receive_once(Slot& slot) {
  const bool readable = network_.readable(slot.socket);
  if (!readable && !slot.receive_fresh) return false;
  slot.receive_fresh = false;
  // Withheld only while some buffer is out, so that its return tells when to try again.
  sim::ReceiveBuffers& buffers = this->buffers(slot.receive_size);
  const bool withheld =
      buffers.lent() > 0 && readable && network_.faults().strikes(Fault::buffers_withheld);
  // A single receive waits for something to receive before it asks for a buffer.
  const bool asks = readable || !slot.receive_single;
  if (asks && (buffers.empty() || withheld)) {
    end_receive(slot, -ENOBUFS);
    return false;
  }
  if (!readable) return false;
  const BufferId buffer = buffers.lend();
  std::span<std::byte> bytes = buffers.bytes(buffer);
  const bool could_be_larger = bytes.size() < large_buffers_.bytes_each();
  const std::size_t room = bytes.size();
  const std::size_t unread = network_.unread(slot.socket);
  if (unread > 1 && network_.faults().strikes(Fault::receive_split)) {
    const bool tiny = network_.prng().below(2) == 0;
    const std::size_t most =
        std::min(bytes.size(), tiny ? std::min(kTinyBytes, unread - 1) : unread - 1);
    bytes = bytes.first(1 + network_.prng().below(most));
  }
  const std::int32_t result = network_.read(slot.socket, bytes);
  if (result <= 0) {
    buffers.take_back(buffer);
    end_receive(slot, result);
    return false;
  }
  slot.receiving = !slot.receive_single && !network_.faults().strikes(Fault::receive_ends);
  slot.receive_due = std::max(slot.receive_due, completion_due());
  post({.tag = slot.receive_tag,
        .result = result,
        .more = slot.receiving,
        .has_buffer = true,
        .cramped = could_be_larger && static_cast<std::size_t>(result) == room,
        .buffer = buffer,
        .data = bytes.data()},
       slot.receive_due, true);
  return true;
}

void SimDriver::end_receive(Slot& slot, std::int32_t result) {
  CHECK(slot.receiving);
  slot.receiving = false;
  slot.receive_due = std::max(slot.receive_due, completion_due());
  post({.tag = slot.receive_tag, .result = result}, slot.receive_due, true);
}

void SimDriver::end_poll(Slot& slot, std::int32_t result) {
  CHECK(slot.polling);
  slot.polling = false;
  post({.tag = slot.poll_tag, .result = result}, completion_due(), true);
}

// ---- Sending ------------------------------------------------------------------------------------

void SimDriver::on_writable(Descriptor descriptor) {
  if (slots_[descriptor].sending) schedule_send(descriptor, network_.draw_duration(kPromptMost));
}

void SimDriver::schedule_send(Descriptor descriptor, base::Duration delay) {
  Slot& slot = slots_[descriptor];
  if (slot.send_scheduled) return;
  slot.send_scheduled = true;
  network_.schedule(
      delay,
      {.kind = EventKind::run_send, .driver = number_, .subject = descriptor, .epoch = slot.epoch});
}

void SimDriver::run_send(Descriptor descriptor) {
  Slot& slot = slots_[descriptor];
  slot.send_scheduled = false;
  while (slot.sending) {
    std::span<const std::byte> rest = rest_of_send(slot);
    const bool is_short = rest.size() > 1 && network_.faults().strikes(Fault::send_short);
    if (is_short) rest = rest.first(1 + network_.prng().below(rest.size() - 1));
    const std::int32_t result = network_.send(slot.socket, rest);
    if (result == 0) return;  // The window is full: on_writable() goes on.
    if (result < 0) {
      end_send(slot, slot.sent > 0 ? static_cast<std::int32_t>(slot.sent) : result);
      return;
    }
    slot.sent += static_cast<std::size_t>(result);
    if (is_short || slot.sent == slot.send_size) {
      end_send(slot, static_cast<std::int32_t>(slot.sent));
    }
  }
}

// All at once, or what goes; only the latter is told, and at once.
void SimDriver::send_promptly(Slot& slot) {
  std::int32_t failure = -EAGAIN;
  bool stopped = network_.faults().strikes(Fault::send_late);
  while (!stopped && slot.sent < slot.send_size) {
    std::span<const std::byte> rest = rest_of_send(slot);
    stopped = rest.size() > 1 && network_.faults().strikes(Fault::send_short);
    if (stopped) rest = rest.first(1 + network_.prng().below(rest.size() - 1));
    const std::int32_t result = network_.send(slot.socket, rest);
    if (result > 0) slot.sent += static_cast<std::size_t>(result);
    if (result < 0) failure = result;
    stopped = stopped || result <= 0;
  }
  slot.sending = false;
  const bool all = slot.sent == slot.send_size;
  if (all) {
    --slot.in_flight;
    --in_flight_;
    return;
  }
  const auto sent = static_cast<std::int32_t>(slot.sent);
  ready_.push_back({{.tag = slot.send_tag, .result = sent > 0 ? sent : failure}, true});
}

// The next bytes that lie together.
std::span<const std::byte> SimDriver::rest_of_send(const Slot& slot) noexcept {
  std::size_t skip = slot.sent;
  for (const iovec& segment : slot.segments) {
    if (skip < segment.iov_len) {
      const std::span bytes{static_cast<const std::byte*>(segment.iov_base), segment.iov_len};
      return bytes.subspan(skip);
    }
    skip -= segment.iov_len;
  }
  CHECK(false && "nothing is left to send");
  return {};
}

void SimDriver::end_send(Slot& slot, std::int32_t result) {
  CHECK(slot.sending);
  slot.sending = false;
  CHECK(hash_of_send(slot) == slot.send_hash);
  post({.tag = slot.send_tag, .result = result}, completion_due(), true);
}

// What had been taken of it counts.
void SimDriver::cancel_send(Slot& slot) {
  end_send(slot, slot.sent > 0 ? static_cast<std::int32_t>(slot.sent) : -ECANCELED);
}

std::uint64_t SimDriver::hash_of_send(const Slot& slot) noexcept {
  std::uint64_t hash = slot.send_size;
  for (const iovec& segment : slot.segments) {
    hash = EventTrace::hash_of({static_cast<const std::byte*>(segment.iov_base), segment.iov_len},
                               hash);
  }
  return hash;
}

}  // namespace engine
