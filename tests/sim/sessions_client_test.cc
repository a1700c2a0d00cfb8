// Sessions that we open ourselves, against servers played by hand and against our own.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "tests/sim/hand_test.h"

namespace sim {
namespace {

using engine::CloseReason;
using engine::Outcome;
using engine::SendResult;
using protocol::Opcode;

// One shard that is server and client at once: it connects to itself.
class SessionsClient : public HandTest {
 protected:
  void TearDown() override {
    in_turn([this] {
      for (const engine::SessionId id : shard().opened) sessions().abort(id);
    });
    HandTest::TearDown();
  }

  void connect(const engine::Address& address, std::uint64_t context = 9) {
    address_ = address;
    in_turn([&, context] {
      sessions().connect(address_, {.host = "test", .target = "/t", .context = context});
    });
  }
  // Waits for both ends; the client's is the one with the context.
  void connect_to_itself() {
    shard().request = [](engine::SessionId, const protocol::HttpRequest&, bool) {
      return engine::Admission{.verdict = engine::Admission::Verdict::accept, .context = 1};
    };
    connect(group_->bound()[0]);
    ASSERT_TRUE(until([&] { return shard().opened.size() == 2; }));
    for (const engine::SessionId id : shard().opened) {
      (sessions().context(id) == 9 ? client_ : server_) = id;
    }
  }

  engine::Address address_;
  engine::SessionId client_;
  engine::SessionId server_;
};

TEST_F(SessionsClient, BothWaysAndOfEveryLength) {
  start();
  connect_to_itself();
  std::size_t count = 0;
  for (const std::size_t size : {0U, 1U, 125U, 126U, 70'000U}) {
    const std::string payload(size, 'c');
    in_turn([&] {
      EXPECT_EQ(sessions().send(client_, Opcode::text, base::as_bytes(payload)),
                SendResult::queued);
      EXPECT_EQ(sessions().send(server_, Opcode::binary, base::as_bytes(payload)),
                SendResult::queued);
    });
    count += 2;
    ASSERT_TRUE(until([&] { return shard().messages.size() == count; })) << size;
    for (std::size_t i = count - 2; i < count; ++i) {
      const auto& message = shard().messages[i];
      EXPECT_EQ(message.text, payload);
      EXPECT_EQ(message.opcode, message.session == client_ ? Opcode::binary : Opcode::text);
    }
  }
  std::uint64_t violations = 0;
  for (const auto& violation : counters().violations) violations += violation.value();
  EXPECT_EQ(violations, 0U) << "each side held the other to the rules of masking";
}

TEST_F(SessionsClient, OurCloseAsAClientLeavesTheConnectionToTheServer) {
  start();
  connect_to_itself();
  in_turn([&] { sessions().close(client_, protocol::CloseCode::normal, "done"); });
  ASSERT_TRUE(until([&] { return shard().closes.size() == 2; }, seconds{1}));
  for (const auto& close : shard().closes) {
    EXPECT_EQ(close.info.code, 1000U);
    EXPECT_EQ(close.info.reason,
              close.session == client_ ? CloseReason::application : CloseReason::peer_closed);
  }
  EXPECT_EQ(counters().close_timeouts.value(), 0U);
}

TEST_F(SessionsClient, TheServersCloseIsAnswered) {
  start();
  connect_to_itself();
  in_turn([&] { sessions().close(server_, protocol::CloseCode::going_away, "bye"); });
  ASSERT_TRUE(until([&] { return shard().closes.size() == 2; }, seconds{1}));
  for (const auto& close : shard().closes) {
    EXPECT_EQ(close.info.code, 1001U);
    EXPECT_EQ(close.info.reason,
              close.session == server_ ? CloseReason::application : CloseReason::peer_closed);
  }
}

TEST_F(SessionsClient, NobodyThereIsAFailedConnect) {
  start();
  connect(group_->bound()[0].with_port(1));
  ASSERT_TRUE(until([&] { return shard().failures.size() == 1; }));
  EXPECT_EQ(shard().failures[0].outcome, Outcome::connection_refused);
  EXPECT_TRUE(shard().closes.empty());
}

TEST_F(SessionsClient, ARefusalTellsTheServersStatus) {
  start();
  shard().request = [](engine::SessionId, const protocol::HttpRequest&, bool) {
    return engine::Admission{.response = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"};
  };
  connect(group_->bound()[0]);
  ASSERT_TRUE(until([&] { return shard().failures.size() == 1; }));
  EXPECT_EQ(shard().failures[0].outcome, Outcome::success);
  EXPECT_EQ(shard().failures[0].http_status, 403U);
  EXPECT_TRUE(shard().closes.empty());
  EXPECT_TRUE(until([&] { return open_connections() == 0; }));
}

TEST_F(SessionsClient, AServerThatNeverAnswersIsATimeout) {
  start({.handshake_timeout = seconds{2}});
  shard().request = [this](engine::SessionId, const protocol::HttpRequest&, bool) {
    for (SocketNumber socket = 0; socket < 2; ++socket) {
      world_.network().stall(socket, seconds{10});  // Not even the server's end comes through.
    }
    return engine::Admission{.verdict = engine::Admission::Verdict::pending};
  };
  connect(group_->bound()[0]);
  ASSERT_TRUE(until([&] { return !shard().failures.empty(); }, seconds{3}));
  EXPECT_EQ(shard().failures[0].outcome, Outcome::timed_out);
  EXPECT_EQ(shard().failures[0].http_status, 0U);
  ASSERT_TRUE(until([&] { return open_connections() == 0; }, seconds{20}));
  EXPECT_EQ(closed_for(CloseReason::handshake_timeout), 2U) << "the server's end and the client's";
}

}  // namespace
}  // namespace sim
