// RawClients: peers of the simulated world that say exactly the bytes that a test gives them.
//
// No engine stands behind them, only a driver, so they can be as slow, wrong or silent as a test
// wants, and what they read was not interpreted by the code under test. pump() lets them act.
// Threads: one. Bound: the descriptors of the driver; what was received is kept.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/address.h"
#include "tests/sim/network.h"
#include "tests/sim/sim_driver.h"

namespace sim {

class RawClients {
 public:
  // A frame as the server sent it.
  struct Frame {
    std::uint8_t first = 0;  // FIN, reserved bits and opcode.
    std::string payload{};
  };

  explicit RawClients(Network& network);

  // Answers the peer's number: 0, 1, 2 ...
  std::size_t connect(const engine::Address& address, bool reading = true);
  void send(std::size_t peer, std::string_view bytes);
  // Reads from now on.
  void read(std::size_t peer);
  // Closes the connection, without a word.
  void close(std::size_t peer);
  // Everything that can be done now. No time passes.
  void pump();
  // Lets the world have something to wait for until then.
  void remind_at(base::Instant instant);

  // Neither failed nor over.
  bool connected(std::size_t peer) const { return peers_[peer].state == State::open; }
  bool ended(std::size_t peer) const { return peers_[peer].ended; }
  // How it ended: 0 is orderly, else a negated errno.
  std::int32_t end_result(std::size_t peer) const { return peers_[peer].end_result; }
  const std::string& received(std::size_t peer) const { return peers_[peer].received; }
  // The first line of the HTTP response; empty until all of its head is there.
  std::string status_line(std::size_t peer) const;
  // Whole frames behind the HTTP response's head.
  std::vector<Frame> frames(std::size_t peer) const;

 private:
  enum class State : std::uint8_t { connecting, open, closing, closed };

  struct Peer {
    State state = State::connecting;
    bool reading = true;
    bool receiving = false;
    bool canceling = false;
    bool ended = false;
    std::int32_t end_result = 0;
    engine::Descriptor descriptor = 0;
    std::string waiting{};    // To be sent.
    std::string in_flight{};  // The driver's until its completion.
    std::string received{};
  };

  void stage(const engine::Submission& submission);
  void take(const engine::Completion& completion);
  void take_received(Peer& peer, const engine::Completion& completion);
  void act(std::size_t number);

  Network& network_;
  std::unique_ptr<engine::SimDriver> driver_;
  std::uint32_t driver_number_ = 0;
  std::deque<Peer> peers_;  // They do not move: the driver sends from them.
  std::vector<std::unique_ptr<engine::Address>> addresses_;
};

}  // namespace sim
