// Messages of open sessions, the close handshake and the send queue, every part played by hand.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "tests/sim/hand_test.h"

namespace sim {
namespace {

using engine::CloseReason;
using engine::SendResult;
using protocol::Opcode;

class SessionsMessages : public HandTest {
 protected:
  void echo() {
    shard().message = [this](engine::SessionId id, Opcode opcode, std::span<std::byte> payload) {
      EXPECT_EQ(sessions().send(id, opcode, payload), SendResult::queued);
    };
  }
};

TEST_F(SessionsMessages, EveryLengthComesBackAsItWas) {
  start();
  echo();
  const std::size_t peer = open_peer();
  std::size_t count = 0;
  for (const std::size_t size : {0U, 1U, 125U, 126U, 4090U, 4096U, 65535U, 65536U, 300'000U}) {
    std::string payload(size, '\0');
    for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<char>('a' + i % 23);
    clients_.send(peer, text_frame(payload));
    ASSERT_TRUE(awaits_frames(peer, ++count)) << size;
    EXPECT_EQ(heard(peer, count - 1), "1 " + payload) << size;
  }
  EXPECT_EQ(counters().messages_received.value(), count);
  EXPECT_EQ(counters().messages_sent.value(), count);
  EXPECT_EQ(counters().message_bytes_received.value(), counters().message_bytes_sent.value());
}

TEST_F(SessionsMessages, AMessageCutAnywhereIsOneMessage) {
  start();
  echo();
  const std::size_t peer = open_peer();
  const std::string wire = text_frame("cut me");
  std::size_t count = 0;
  for (std::size_t at = 1; at < wire.size(); ++at) {
    clients_.send(peer, wire.substr(0, at));
    pass(milliseconds{10});
    clients_.send(peer, wire.substr(at));
    ASSERT_TRUE(awaits_frames(peer, ++count)) << "cut at " << at;
    EXPECT_EQ(heard(peer, count - 1), "1 cut me");
  }
}

TEST_F(SessionsMessages, FragmentsWithPingsBetweenAreOneMessageAndItsPongs) {
  start();
  echo();
  const std::size_t peer = open_peer();
  for (const std::string& piece :
       {frame(0x1, "one ", false), frame(0x9, "a"), frame(0x0, "two ", false), frame(0x9, "b"),
        frame(0x0, "three")}) {
    clients_.send(peer, piece);
    pass(milliseconds{10});
  }
  ASSERT_TRUE(awaits_frames(peer, 3));
  EXPECT_EQ(heard(peer, 0), "10 a");
  EXPECT_EQ(heard(peer, 1), "10 b");
  EXPECT_EQ(heard(peer, 2), "1 one two three");
  EXPECT_EQ(counters().pings_answered.value(), 2U);
}

// ---- The close handshake --------------------------------------------------------------------

TEST_F(SessionsMessages, ThePeersCloseIsAnsweredWithItsCode) {
  start();
  const std::size_t peer = open_peer();
  clients_.send(peer, text_frame("last words") + close_frame(3001) + text_frame("too late"));
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }));
  EXPECT_EQ(close_code(peer), 3001U);
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  EXPECT_EQ(shard().closes[0].info.reason, CloseReason::peer_closed);
  EXPECT_EQ(shard().closes[0].info.code, 3001U);
  EXPECT_TRUE(shard().closes[0].info.opened);
  EXPECT_EQ(shard().messages.size(), 1U);
}

TEST_F(SessionsMessages, ACloseWithoutACodeIsAnsweredWithoutOne) {
  start();
  const std::size_t peer = open_peer();
  clients_.send(peer, frame(0x8, ""));
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }));
  EXPECT_EQ(heard(peer, 0), "8 ");
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  EXPECT_EQ(shard().closes[0].info.code, 1005U);
}

TEST_F(SessionsMessages, OurCloseAwaitsThePeersAndHearsNoMoreMessages) {
  start({.close_timeout = seconds{5}});
  const std::size_t peer = open_peer();
  const engine::SessionId id = shard().opened[0];
  in_turn([&] {
    sessions().close(id, protocol::CloseCode::going_away, "bye");
    EXPECT_FALSE(sessions().is_open(id));
    EXPECT_EQ(sessions().send(id, Opcode::text, {}), SendResult::gone);
    sessions().close(id, protocol::CloseCode::normal, "again");
  });
  ASSERT_TRUE(awaits_frames(peer, 1));
  EXPECT_EQ(close_code(peer), 1001U);
  clients_.send(peer, text_frame("crossed") + frame(0x9, "crossed"));
  pass(seconds{2});
  EXPECT_FALSE(clients_.ended(peer));
  clients_.send(peer, close_frame(1001));
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }, seconds{1}));
  EXPECT_EQ(clients_.frames(peer).size(), 1U) << "nothing follows a close frame";
  EXPECT_TRUE(shard().messages.empty());
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  EXPECT_EQ(shard().closes[0].info.reason, CloseReason::application);
  EXPECT_EQ(counters().close_timeouts.value(), 0U);
}

TEST_F(SessionsMessages, APeerThatDoesNotAnswerACloseIsDropped) {
  start({.close_timeout = seconds{1}});
  const std::size_t peer = open_peer();
  in_turn([&] { sessions().close(shard().opened[0], protocol::CloseCode::normal, ""); });
  EXPECT_FALSE(until([&] { return clients_.ended(peer); }, milliseconds{900}));
  EXPECT_TRUE(until([&] { return clients_.ended(peer); }, milliseconds{300}));
  EXPECT_EQ(counters().close_timeouts.value(), 1U);
}

TEST_F(SessionsMessages, AnAbortSaysNothing) {
  start();
  const std::size_t peer = open_peer();
  in_turn([&] { sessions().abort(shard().opened[0]); });
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }));
  EXPECT_TRUE(clients_.frames(peer).empty());
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  EXPECT_EQ(shard().closes[0].info.code, 1006U);
}

TEST_F(SessionsMessages, APeerThatLeavesWithoutAWordIsAnEndWithoutACode) {
  start();
  const std::size_t peer = open_peer();
  clients_.close(peer);
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  EXPECT_EQ(shard().closes[0].info.reason, CloseReason::peer_left);
  EXPECT_EQ(shard().closes[0].info.code, 1006U);
}

// ---- Violations -----------------------------------------------------------------------------

TEST_F(SessionsMessages, AViolationIsAnsweredReadOnAndClosedInOrder) {
  start({.message_bytes_max = 1000});
  const auto expect = [this](const std::string& wrong, std::uint16_t code) {
    const std::size_t before = shard().closes.size();
    const std::size_t peer = open_peer();
    clients_.send(peer, text_frame("fine"));
    clients_.send(peer, wrong + std::string(20'000, '\x7F'));
    ASSERT_TRUE(until([&] { return close_code(peer) == code; })) << close_code(peer);
    EXPECT_FALSE(until([&] { return clients_.ended(peer); }, milliseconds{450})) << "it lingers";
    clients_.send(peer, std::string(20'000, '\x7F'));
    ASSERT_TRUE(until([&] { return clients_.ended(peer); }, milliseconds{200}));
    EXPECT_EQ(clients_.end_result(peer), 0) << "a reset may have destroyed the close frame";
    ASSERT_TRUE(until([&] { return shard().closes.size() > before; }));
    EXPECT_EQ(shard().closes.back().info.reason, CloseReason::violation);
    EXPECT_EQ(shard().closes.back().info.code, code);
  };
  expect(tests::text_of(tests::frame({.masked = false}, "unmasked")), 1002);
  expect(text_frame("\xC3\x28"), 1007);
  expect(frame(0x2, std::string(1001, 'x')), 1009);
  EXPECT_EQ(shard().messages.size(), 3U);
  std::uint64_t violations = 0;
  for (const auto& violation : counters().violations) violations += violation.value();
  EXPECT_EQ(violations, 3U);
}

// ---- The send queue -------------------------------------------------------------------------

TEST_F(SessionsMessages, WhoDoesNotReadIsClosedWhenItsQueueIsFull) {
  world_.network().set_window(4096);
  start({.send_queue_bytes_max = 20'000, .close_timeout = seconds{5}});
  const std::size_t slow = dial(false);
  clients_.send(slow, request_text());
  ASSERT_TRUE(until([&] { return shard().opened.size() == 1; }));
  const std::size_t other = open_peer();
  const std::string message(1000, 'm');
  SendResult result = SendResult::queued;
  std::size_t accepted = 0;
  for (; result == SendResult::queued && accepted < 100; ++accepted) {
    in_turn([&] {
      result = sessions().send(shard().opened[0], Opcode::text, base::as_bytes(message));
    });
  }
  EXPECT_EQ(result, SendResult::full);
  EXPECT_GE(accepted, 15U);
  EXPECT_LE(accepted, 30U);
  EXPECT_EQ(counters().messages_dropped.value(), 1U);
  in_turn([&] {
    EXPECT_EQ(sessions().send(shard().opened[0], Opcode::text, {}), SendResult::gone);
    EXPECT_EQ(sessions().send(shard().opened[1], Opcode::text, base::as_bytes(message)),
              SendResult::queued);
  });
  EXPECT_TRUE(awaits_frames(other, 1));
  clients_.read(slow);
  ASSERT_TRUE(awaits_frames(slow, accepted));
  EXPECT_EQ(clients_.frames(slow).size(), accepted) << "all that was accepted, and the farewell";
  EXPECT_EQ(close_code(slow), 1013U);
  clients_.send(slow, close_frame(1013));
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  EXPECT_EQ(shard().closes[0].info.reason, CloseReason::send_queue_full);
}

TEST_F(SessionsMessages, APingFloodFromWhoDoesNotReadIsBounded) {
  world_.network().set_window(4096);
  start({.send_queue_bytes_max = base::kSendQueueBytesLeast});
  const std::size_t flood = dial(false);
  clients_.send(flood, request_text());
  ASSERT_TRUE(until([&] { return shard().opened.size() == 1; }));
  for (int i = 0; i < 50; ++i) {
    std::string pings;
    for (int j = 0; j < 10; ++j) pings += frame(0x9, std::string(100, 'p'));
    clients_.send(flood, pings);
    pass(milliseconds{20});
    EXPECT_LE(group_->shards()[0]->connections().queued_cost(shard().opened[0].slot),
              base::kSendQueueBytesLeast + base::kControlQueueBytesMax + 256);
  }
  EXPECT_EQ(counters().pings_answered.value() > 40, true);
  EXPECT_TRUE(shard().closes.empty());
}

// Whoever does not read has much data queued; its ping is answered before most of it all the same.
TEST_F(SessionsMessages, APongOvertakesTheDataThatWaits) {
  constexpr std::uint32_t kWindow = 4096;
  constexpr std::size_t kMessages = 60;
  world_.network().set_window(kWindow);
  start();
  const std::size_t slow = dial(false);
  clients_.send(slow, request_text());
  ASSERT_TRUE(until([&] { return shard().opened.size() == 1; }));
  const std::string message(16'000, 'm');
  in_turn([&] {
    for (std::size_t i = 0; i < kMessages; ++i) {
      EXPECT_EQ(sessions().send(shard().opened[0], Opcode::text, base::as_bytes(message)),
                SendResult::queued);
    }
  });
  pass(milliseconds{50});
  clients_.send(slow, frame(0x9, "one") + frame(0x9, "two"));
  ASSERT_TRUE(until([&] { return counters().pings_answered.value() == 2; }));
  clients_.read(slow);
  ASSERT_TRUE(awaits_frames(slow, kMessages + 2, seconds{60}));
  std::size_t before = 0;
  while (heard(slow, before) == "1 " + message) ++before;
  EXPECT_EQ(heard(slow, before), "10 one");
  EXPECT_EQ(heard(slow, before + 1), "10 two");
  EXPECT_LE(before * message.size(), base::kSendBytesInFlightMost + kWindow + message.size());
}

// A ping right behind the request: its answer comes behind the 101.
TEST_F(SessionsMessages, NoPongOvertakesTheHandshake) {
  start();
  const std::size_t peer = dial();
  clients_.send(peer, request_text() + frame(0x9, "early"));
  ASSERT_TRUE(awaits_frames(peer, 1));
  EXPECT_EQ(clients_.status_line(peer), kSwitching);
  EXPECT_EQ(heard(peer, 0), "10 early");
}

TEST_F(SessionsMessages, OneMessageMayBeLargerThanTheQueue) {
  start({.send_queue_bytes_max = base::kSendQueueBytesLeast});
  const std::size_t peer = open_peer();
  const std::string large(100'000, 'L');
  in_turn([&] {
    EXPECT_EQ(sessions().send(shard().opened[0], Opcode::text, base::as_bytes(large)),
              SendResult::queued);
  });
  ASSERT_TRUE(awaits_frames(peer, 1));
  EXPECT_EQ(heard(peer, 0), "1 " + large);
}

// ---- Handlers that act on other sessions ----------------------------------------------------

// on_close() may end other sessions, one that has nothing in flight included: its receive starved.
TEST_F(SessionsMessages, OnCloseMayAbortOthers) {
  start();
  const std::size_t leaver = open_peer();
  const std::size_t talker = open_peer();
  const std::size_t starved = open_peer();
  const engine::SessionId victim = shard().opened[2];
  shard().close = [this, victim](engine::SessionId id, const engine::CloseInfo&) {
    if (id != victim) sessions().abort(victim);
  };
  // All of this happens between two turns of the shard.
  const auto arrives = [this] {
    clients_.pump();
    world_.network().advance_to(world_.now() + milliseconds{20});
    clients_.pump();
    world_.network().advance_to(world_.now() + milliseconds{20});
  };
  clients_.close(leaver);
  arrives();
  clients_.send(talker, text_frame("holds a buffer"));
  arrives();
  world_.network().faults().set(Fault::buffers_withheld, 1);
  clients_.send(starved, text_frame("finds none"));
  arrives();
  world_.network().faults().stop();
  ASSERT_TRUE(until([&] { return shard().closes.size() == 2; }, seconds{1}));
  EXPECT_EQ(group_->shards()[0]->connection_counters().receive_buffers_exhausted.value(), 1U);
  EXPECT_EQ(shard().messages.size(), 1U);
  EXPECT_TRUE(until([&] { return clients_.ended(starved); }));
}

}  // namespace
}  // namespace sim
