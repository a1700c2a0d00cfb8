#include "tests/sim/raw_clients.h"

#include <array>
#include <cerrno>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"

namespace sim {

using engine::Completion;
using engine::OperationKind;

RawClients::RawClients(Network& network) : network_(network) {
  engine::DriverOptions options;
  options.descriptors = 4096;
  driver_ = engine::SimDriver::open(options).take();
  while (network.driver(driver_number_) != driver_.get()) ++driver_number_;
  CHECK(driver_->start().ok());
}

std::size_t RawClients::connect(const engine::Address& address, bool reading) {
  addresses_.push_back(std::make_unique<engine::Address>(address));
  peers_.push_back({.reading = reading});
  const std::size_t peer = peers_.size() - 1;
  stage(engine::submit_connect(*addresses_.back(), static_cast<std::uint32_t>(peer)));
  return peer;
}

void RawClients::send(std::size_t peer, std::string_view bytes) { peers_[peer].waiting += bytes; }

void RawClients::read(std::size_t peer) { peers_[peer].reading = true; }

void RawClients::close(std::size_t peer) {
  CHECK(peers_[peer].state == State::open);
  peers_[peer].state = State::closing;
}

void RawClients::remind_at(base::Instant instant) {
  const Completion wake{.tag = {OperationKind::wake, 0, 0}};
  network_.schedule_at(
      instant, {.kind = EventKind::completion, .driver = driver_number_, .completion = wake});
}

void RawClients::pump() {
  Waiter* waiter = network_.waiter();
  network_.set_waiter(nullptr);
  bool more = true;
  while (more) {
    for (std::size_t peer = 0; peer < peers_.size(); ++peer) act(peer);
    std::array<Completion, 64> out;
    const std::uint32_t count = driver_->turn(out, base::Instant{});
    for (std::uint32_t i = 0; i < count; ++i) take(out[i]);
    more = count > 0;
  }
  network_.set_waiter(waiter);
}

// Asks for what the peer needs next.
void RawClients::act(std::size_t number) {
  Peer& peer = peers_[number];
  const auto generation = static_cast<std::uint32_t>(number);
  if (peer.state == State::open) {
    if (peer.reading && !peer.receiving && !peer.ended) {
      peer.receiving = true;
      stage(engine::submit_receive(peer.descriptor, generation));
    }
    if (peer.in_flight.empty() && !peer.waiting.empty()) {
      peer.in_flight = std::exchange(peer.waiting, {});
      stage(engine::submit_send(peer.descriptor, generation, base::as_bytes(peer.in_flight)));
    }
  } else if (peer.state == State::closing && !peer.canceling) {
    if (peer.receiving || !peer.in_flight.empty()) {
      peer.canceling = true;
      stage(engine::submit_cancel(peer.descriptor, generation));
    } else {
      peer.state = State::closed;
      stage(engine::submit_close(peer.descriptor, generation));
    }
  }
}

void RawClients::stage(const engine::Submission& submission) { CHECK(driver_->stage(submission)); }

void RawClients::take(const Completion& completion) {
  const OperationKind kind = completion.tag.kind;
  if (kind == OperationKind::wake) return;
  Peer& peer = peers_[completion.tag.generation];
  if (kind == OperationKind::connect) {
    peer.state = completion.result < 0 ? State::closed : State::open;
    peer.ended = completion.result < 0;
    peer.descriptor = completion.tag.slot;
  } else if (kind == OperationKind::receive) {
    take_received(peer, completion);
  } else if (kind == OperationKind::send) {
    if (completion.result > 0) {
      peer.waiting.insert(0, peer.in_flight.substr(static_cast<std::size_t>(completion.result)));
    }
    peer.in_flight.clear();
  } else if (kind == OperationKind::cancel) {
    peer.canceling = false;
  }
}

void RawClients::take_received(Peer& peer, const Completion& completion) {
  peer.received += base::as_text(completion.received());
  if (completion.has_buffer) driver_->give_back(completion.buffer);
  if (!completion.more) peer.receiving = false;
  if (completion.result <= 0 && completion.result != -ENOBUFS) {
    peer.ended = true;
    peer.end_result = completion.result;
  }
}

std::string RawClients::status_line(std::size_t peer) const {
  const std::string& text = peers_[peer].received;
  if (text.find("\r\n\r\n") == std::string::npos) return {};
  return text.substr(0, text.find("\r\n"));
}

std::vector<RawClients::Frame> RawClients::frames(std::size_t peer) const {
  const std::string& text = peers_[peer].received;
  std::vector<Frame> frames;
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string::npos) return frames;
  const auto octet = [&text](std::size_t at) {
    return std::size_t{static_cast<std::uint8_t>(text[at])};
  };
  std::size_t at = head + 4;
  while (at + 2 <= text.size()) {
    std::size_t size = octet(at + 1);
    CHECK(size < 128);  // A server does not mask.
    const std::size_t extra = size < 126 ? 0 : size == 126 ? 2 : 8;
    if (at + 2 + extra > text.size()) break;
    if (extra > 0) size = 0;
    for (std::size_t i = 0; i < extra; ++i) size = size << 8U | octet(at + 2 + i);
    if (at + 2 + extra + size > text.size()) break;
    frames.push_back({static_cast<std::uint8_t>(octet(at)), text.substr(at + 2 + extra, size)});
    at += 2 + extra + size;
  }
  return frames;
}

}  // namespace sim
