// Submission: one thing that a shard asks of the world, as plain data.
//
// Build one with the functions below and hand it to the reactor. What it points at must live until
// its completion (payload bytes, `peer`) or until the driver took it (`segments`, `address`): the
// kernel copies vectors and addresses when they are submitted (IORING_FEAT_SUBMIT_STABLE).
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/io/address.h"
#include "engine/io/peer_name.h"
#include "engine/io/tag.h"

namespace engine {

// A socket in the ring's own table ("direct descriptor"); not a file descriptor of the process.
using Descriptor = std::uint32_t;

// Of receive buffers; see UringReceiveBuffers.
enum class BufferSize : std::uint8_t { small, large };

struct Submission {
  Tag tag;
  Descriptor descriptor = 0;               // Not for accept (listener), connect and ring.
  const std::byte* data = nullptr;         // send of one piece.
  std::uint32_t size = 0;                  // Bytes at `data`, or how many `segments`.
  bool prompt = false;                     // send: what does not fit at once is not sent.
  bool once = false;                       // receive: one buffer at most. accept: one connection.
  BufferSize buffers = BufferSize::large;  // receive: into which.
  OperationKind ends = OperationKind::receive;  // settle: what it is to end.
  const iovec* segments = nullptr;              // send of several pieces in order.
  const Address* address = nullptr;             // connect.
  PeerName* peer = nullptr;                     // accept of one: where it is said who connected.
  std::uint32_t shard = 0;                      // hand_over: who gets it, and
  std::uint32_t ticket = 0;                     // by which name it arrives there.
};

// Accepts on `listener` until told otherwise, each connection into the next free descriptor.
inline Submission submit_accept(std::uint32_t listener) noexcept {
  return {.tag = {OperationKind::accept, listener, 0}};
}

// Accepts one connection. Of several on one listener each takes one, so that their number bounds
// what a crowd can take of a turn; the other kind takes all that wait, however many. The completion
// repeats `number` as its generation, and `peer` says then who connected.
inline Submission submit_accept_once(std::uint32_t listener, std::uint32_t number = 0,
                                     PeerName* peer = nullptr) noexcept {
  return {.tag = {OperationKind::accept, listener, number}, .once = true, .peer = peer};
}

// Connects a new socket. The completion's tag has the descriptor as slot and `token` as generation.
inline Submission submit_connect(const Address& address, std::uint32_t token) noexcept {
  return {.tag = {OperationKind::connect, 0, token}, .address = &address};
}

// Receives into leased buffers until told otherwise.
inline Submission submit_receive(Descriptor descriptor, std::uint32_t generation,
                                 BufferSize buffers = BufferSize::large) noexcept {
  return {.tag = {OperationKind::receive, descriptor, generation},
          .descriptor = descriptor,
          .buffers = buffers};
}

// Receives one buffer, when there is something to receive.
inline Submission submit_receive_once(Descriptor descriptor, std::uint32_t generation,
                                      BufferSize buffers = BufferSize::large) noexcept {
  Submission submission = submit_receive(descriptor, generation, buffers);
  submission.once = true;
  return submission;
}

// Completes once when there is something to receive, the peer's end included. It costs the kernel a
// third of the memory of an armed receive.
inline Submission submit_poll(Descriptor descriptor, std::uint32_t generation) noexcept {
  return {.tag = {OperationKind::poll, descriptor, generation}, .descriptor = descriptor};
}

// Ends a receive, a poll or a send of the same generation, and nothing else: it completes with
// Outcome::canceled, or, a send, with what had been taken of it. Success is silent. The kernel
// finds it by its tag, whatever else is in flight.
inline Submission submit_settle(Descriptor descriptor, std::uint32_t generation,
                                OperationKind ends = OperationKind::receive) noexcept {
  return {.tag = {OperationKind::settle, descriptor, generation},
          .descriptor = descriptor,
          .ends = ends};
}

// Gives another shard of the group a descriptor of the same socket, which arrives there before this
// completes. Ours stays, to be closed. Nothing may be in flight on it.
inline Submission submit_hand_over(Descriptor descriptor, std::uint32_t generation,
                                   std::uint32_t shard, std::uint32_t ticket) noexcept {
  return {.tag = {OperationKind::hand_over, descriptor, generation},
          .descriptor = descriptor,
          .shard = shard,
          .ticket = ticket};
}

// Makes a send prompt: it is over when the turn that takes it has settled. Only one that could not
// send everything completes: with what it did send, or with a failure, which is
// -EAGAIN when nothing fitted.
inline Submission promptly(Submission send) noexcept {
  send.prompt = true;
  return send;
}

// Sends all of `bytes`; a short count in the completion means that the connection is broken off.
inline Submission submit_send(Descriptor descriptor, std::uint32_t generation,
                              std::span<const std::byte> bytes) noexcept {
  return {.tag = {OperationKind::send, descriptor, generation},
          .descriptor = descriptor,
          .data = bytes.data(),
          .size = static_cast<std::uint32_t>(bytes.size())};
}

inline Submission submit_send(Descriptor descriptor, std::uint32_t generation,
                              std::span<const iovec> segments) noexcept {
  return {.tag = {OperationKind::send, descriptor, generation},
          .descriptor = descriptor,
          .size = static_cast<std::uint32_t>(segments.size()),
          .segments = segments.data()};
}

// Ends every operation in flight on the descriptor; each completes with Outcome::canceled, or with
// its own result if that came first. The kernel looks through all that is in flight on the ring for
// it, up to 0.5 ms where 10,000 connections wait. Prefer submit_settle().
inline Submission submit_cancel(Descriptor descriptor, std::uint32_t generation) noexcept {
  return {.tag = {OperationKind::cancel, descriptor, generation}, .descriptor = descriptor};
}

// Closes a descriptor that has nothing in flight. Success is silent.
inline Submission submit_close(Descriptor descriptor, std::uint32_t generation) noexcept {
  return {.tag = {OperationKind::close, descriptor, generation}, .descriptor = descriptor};
}

// Rings the bell of another shard, whose driver then completes a wake. Success is silent.
inline Submission submit_ring(std::uint32_t shard) noexcept {
  return {.tag = {OperationKind::ring, shard, 0}};
}

}  // namespace engine
