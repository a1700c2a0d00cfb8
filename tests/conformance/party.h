// Party: one driver under test with the completions it has handed out, so that a test can await the
// one it is interested in.
//
// await() turns until a completion of a kind comes and keeps the others for later; a patience of
// some seconds bounds it, and the test fails when it is over. Threads: the test's own.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "engine/io/driver.h"
#include "engine/io/outcome.h"
#include "tests/conformance/world.h"

namespace conformance {

using engine::ActiveDriver;
using engine::Address;
using engine::Completion;
using engine::Descriptor;
using engine::DriverOptions;
using engine::OperationKind;
using engine::Outcome;

inline constexpr base::Duration kPatience = std::chrono::seconds{10};
// Long enough that what was going to happen has happened.
inline constexpr base::Duration kQuiet = std::chrono::milliseconds{50};

class Party {
 public:
  explicit Party(const DriverOptions& options = {}) {
    auto opened = ActiveDriver::open(options);
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    driver_ = opened.take();
  }

  // Parties that ring each other meet before they start.
  static void meet(std::initializer_list<Party*> parties) {
    std::vector<ActiveDriver*> drivers;
    for (Party* party : parties) drivers.push_back(&party->driver());
    for (Party* party : parties) party->driver().meet(drivers);
  }
  void start() { ASSERT_TRUE(driver_->start().ok()); }

  ActiveDriver& driver() noexcept { return *driver_; }
  void stage(const engine::Submission& submission) { ASSERT_TRUE(driver_->stage(submission)); }
  // Stages and lets a turn take it, without waiting for what comes of it.
  void submit(const engine::Submission& submission) {
    stage(submission);
    turn(base::Instant{});
  }

  // The next completion of the kind, or none when patience is over.
  std::optional<Completion> await(OperationKind kind) {
    std::optional<Completion> found = take(kind);
    const base::Instant until = driver_->now() + kPatience;
    while (!found.has_value() && driver_->now() < until) {
      turn(until);
      found = take(kind);
    }
    EXPECT_TRUE(found.has_value()) << "no completion came";
    return found;
  }
  // Turns until nothing has come for a while; await() finds what did.
  void settle() {
    turn(base::Instant{});  // What now() says is as old as the last turn.
    while (turn(driver_->now() + kQuiet) > 0) {
    }
  }
  // How many completions of the kind came and were not awaited.
  std::size_t pending(OperationKind kind) const {
    std::size_t count = 0;
    for (const Completion& completion : seen_) count += completion.tag.kind == kind ? 1U : 0U;
    return count;
  }
  std::uint32_t turn(base::Instant deadline) {
    std::array<Completion, 16> out;
    const std::uint32_t count = driver_->turn(out, deadline);
    seen_.insert(seen_.end(), out.begin(), out.begin() + count);
    return count;
  }

  // Receives on a descriptor that has a receive armed until `size` bytes came or it ended; `last`
  // is the last completion.
  std::string receive(std::size_t size, Completion* last = nullptr) {
    std::string text;
    while (text.size() < size) {
      const std::optional<Completion> completion = await(OperationKind::receive);
      if (!completion.has_value()) break;
      if (last != nullptr) *last = *completion;
      text += base::as_text(completion->received());
      if (completion->has_buffer) driver_->give_back(completion->buffer);
      if (!completion->more) break;
    }
    return text;
  }

 private:
  std::optional<Completion> take(OperationKind kind) {
    for (auto it = seen_.begin(); it != seen_.end(); ++it) {
      if (it->tag.kind != kind) continue;
      const Completion completion = *it;
      seen_.erase(it);
      return completion;
    }
    return std::nullopt;
  }

  std::unique_ptr<ActiveDriver> driver_;
  std::deque<Completion> seen_;
};

inline Outcome outcome(const Completion& completion) {
  return engine::outcome_of(completion.result);
}

// A server that listens and a client, with as many connections between them as a test wants.
class Pair : public testing::Test {
 protected:
  struct Ends {
    Descriptor client = 0;
    Descriptor server = 0;
  };

  explicit Pair(const DriverOptions& server = small(0), const DriverOptions& client = small(1))
      : server_(server), client_(client) {
    Party::meet({&server_, &client_});
    const auto listening = server_.driver().listen(Address::parse("127.0.0.1:0").value());
    EXPECT_TRUE(listening.ok()) << listening.error().message;
    listening_ = listening.value();
    server_.start();
    client_.start();
    if (!kSingleAccepts) server_.stage(engine::submit_accept(listening_.listener));
  }

  static DriverOptions small(std::uint32_t shard) {
    DriverOptions options;
    options.shard = shard;
    options.descriptors = 16;
    options.descriptors_per_ring = kDescriptorsPerRing;
    options.submissions = 64;
    options.completions = 256;
    options.receive_buffers = 8;
    options.receive_buffer_bytes = 1024;
    return options;
  }

  void connect(std::uint32_t token = 1) {
    if (kSingleAccepts) server_.submit(engine::submit_accept_once(listening_.listener));
    client_.submit(engine::submit_connect(listening_.bound, token));
  }
  Ends connected() {
    connect();
    const auto there = client_.await(OperationKind::connect);
    const auto here = server_.await(OperationKind::accept);
    if (!there.has_value() || !here.has_value()) return {};
    EXPECT_EQ(outcome(*there), Outcome::success);
    EXPECT_EQ(outcome(*here), Outcome::success);
    return {static_cast<Descriptor>(there->result), static_cast<Descriptor>(here->result)};
  }

  // One accept that goes on would fill one ring's table alone.
  static constexpr bool kSingleAccepts = kDescriptorsPerRing > 0;

  World world_;
  Party server_;
  Party client_;
  engine::Listening listening_{};
};

inline std::span<const std::byte> bytes(std::string_view text) { return base::as_bytes(text); }

}  // namespace conformance
