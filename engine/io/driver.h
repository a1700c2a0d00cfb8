// Driver: the one seam between this program and the world.
//
// A shard asks the world for things (Submission) and hears what came of them (Completion). All
// I/O, all time and all randomness of a shard come through its driver, so whoever writes the driver
// owns the world: UringDriver is the kernel, SimDriver a seeded simulation of it. The build target
// makes the choice (engine or engine_sim), never an `if` and never a virtual call.
// Threads: everything but wake_from_outside() belongs to the shard's own thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "base/time.h"
#include "engine/io/completion.h"
#include "engine/io/listening.h"
#include "engine/io/submission.h"

namespace engine {

template <typename D>
concept Driver = requires(D driver, const Submission& submission, std::span<Completion> out,
                          base::Instant deadline, const Address& address, BufferId buffer,
                          std::span<D* const> peers) {
  // Binds and listens; submit_accept() takes the id. Only while the shard starts.
  { driver.listen(address) } -> std::same_as<base::Result<Listening>>;
  // Refuses new connections from here on; an accept under way ends with a failure.
  { driver.stop_listening(std::uint32_t{}) } noexcept -> std::same_as<void>;
  // Makes the drivers of a group known to each other, in shard order, before any of them starts.
  { driver.meet(peers) } noexcept -> std::same_as<void>;
  // Binds the driver to the calling thread, which is the shard's from here on.
  { driver.start() } -> std::same_as<base::Status>;
  // Stages one operation. False when the world takes no more now: turn() first, then retry.
  { driver.stage(submission) } noexcept -> std::same_as<bool>;
  // Submits what is staged, waits for a completion or the deadline, fills `out`, returns how many.
  { driver.turn(out, deadline) } noexcept -> std::same_as<std::uint32_t>;
  // The last turn took all that was staged before it, and handed out all that came of it at once.
  { driver.settled() } noexcept -> std::same_as<bool>;
  // Takes back a receive buffer that a completion lent.
  { driver.give_back(buffer) } noexcept -> std::same_as<void>;
  // The time at the start of this turn. The same instant for everything that happens in the turn.
  { driver.now() } noexcept -> std::same_as<base::Instant>;
  // The time now, within the turn: for measuring, never for deciding.
  { driver.precise_now() } noexcept -> std::same_as<base::Instant>;
  // How long the previous turn worked, from its wake-up to its next wait.
  { driver.worked() } noexcept -> std::same_as<base::Duration>;
  // A random number that a seed can reproduce.
  { driver.random() } noexcept -> std::same_as<std::uint64_t>;
  // Completes a wake here. From any thread; for those that own no shard.
  { driver.wake_from_outside() } noexcept -> std::same_as<void>;
};

}  // namespace engine

#include ENGINE_IO_DRIVER_HEADER  // Set by CMake: defines engine::ActiveDriver.

static_assert(engine::Driver<engine::ActiveDriver>);
