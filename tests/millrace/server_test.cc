#include "millrace/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <utility>

#include "tests/millrace/running_server.h"
#include "tests/support/tcp_client.h"

namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using tests::RunningServer;
using tests::ScriptedHandler;

constexpr std::uint8_t kText = 0x81;
constexpr std::uint8_t kBinary = 0x82;
constexpr std::uint8_t kClose = 0x88;

void echo(ScriptedHandler& handler) {
  handler.message_step = [&handler](millrace::SessionId id, const millrace::Message& message) {
    EXPECT_EQ(handler.shard.send(id, message.kind, message.bytes), millrace::SendResult::queued);
  };
}

std::string read_text(tests::TcpClient& client) {
  std::uint8_t first = 0;
  std::string text;
  EXPECT_TRUE(client.read_frame(first, text));
  EXPECT_EQ(first, kText);
  return text;
}

// The code of the close frame that comes next.
int read_close(tests::TcpClient& client, std::string* reason = nullptr) {
  std::uint8_t first = 0;
  std::string payload;
  EXPECT_TRUE(client.read_frame(first, payload));
  EXPECT_EQ(first, kClose);
  if (payload.size() < 2) return 0;
  if (reason != nullptr) *reason = payload.substr(2);
  return static_cast<std::uint8_t>(payload[0]) << 8U | static_cast<std::uint8_t>(payload[1]);
}

TEST(Server, EchoesAndCounts) {
  RunningServer server(echo);
  tests::TcpClient client(server.port());
  ASSERT_THAT(client.upgrade("/"), StartsWith("HTTP/1.1 101"));
  client.send_frame(kText, "hello");
  EXPECT_EQ(read_text(client), "hello");
  client.send_frame(kBinary, std::string("\0\xff", 2));
  std::uint8_t first = 0;
  std::string payload;
  ASSERT_TRUE(client.read_frame(first, payload));
  EXPECT_EQ(first, kBinary);
  EXPECT_EQ(payload, std::string("\0\xff", 2));
  const millrace::Counters counters = server->counters();
  EXPECT_EQ(counters.sessions, 1U);
  EXPECT_EQ(counters.opened, 1U);
  EXPECT_EQ(counters.messages_received, 2U);
  EXPECT_EQ(counters.message_bytes_received, 7U);
  EXPECT_EQ(counters.messages_sent, 2U);
}

TEST(Server, RunsOnceAndSaysSo) {
  RunningServer server(echo);
  EXPECT_TRUE(server.stop_now().ok());
  const millrace::Status again = server->run();
  ASSERT_FALSE(again.ok());
  EXPECT_THAT(again.error(), HasSubstr("run() was called before"));
}

TEST(Server, StoppedBeforeItRunsItEndsAtOnce) {
  auto server = millrace::Server::open(tests::small_options(2), [](millrace::Shard& shard) {
    return std::make_unique<ScriptedHandler>(shard);
  });
  ASSERT_TRUE(server.ok()) << server.error();
  server.value().stop();
  EXPECT_TRUE(server.value().run().ok());
}

TEST(Server, StopSendsClientsAwayAndThenEnds) {
  std::promise<millrace::CloseInfo> closed;
  millrace::Options options = tests::small_options();
  options.drain_grace = std::chrono::milliseconds{500};  // Over which everybody is sent away.
  const auto script = [&closed](ScriptedHandler& handler) {
    handler.request_step = [](millrace::SessionId, const millrace::Request&) {
      return millrace::Answer::accept(42);
    };
    handler.close_step = [&closed](millrace::SessionId, const millrace::CloseInfo& info) {
      closed.set_value(info);
    };
  };
  RunningServer server(script, options);
  tests::TcpClient client(server.port());
  client.upgrade("/");
  server->stop();
  EXPECT_EQ(read_close(client), 1001);
  client.send_frame(kClose, "\x03\xe9");
  EXPECT_TRUE(server.wait().ok());
  const millrace::CloseInfo info = closed.get_future().get();
  EXPECT_EQ(info.reason, millrace::CloseReason::draining);
  EXPECT_EQ(millrace::name(info.reason), "draining");
  EXPECT_EQ(info.context, 42U);
  EXPECT_TRUE(info.opened);
}

TEST(Server, ARequestIsSeenAndMayBeRefused) {
  RunningServer server([](ScriptedHandler& handler) {
    handler.request_step = [](millrace::SessionId, const millrace::Request& request) {
      EXPECT_EQ(request.method(), "GET");
      EXPECT_EQ(request.path(), "/door");
      EXPECT_EQ(request.query(), "key=a%2Fb");
      EXPECT_EQ(request.parameter("key"), "a/b");
      EXPECT_EQ(request.parameter("other"), std::nullopt);
      EXPECT_EQ(request.header("host"), "localhost");
      EXPECT_FALSE(request.offers_subprotocol("chat"));
      return millrace::Answer::refuse(403, "not today");
    };
    handler.page_step = [](const millrace::Request& request) -> std::optional<millrace::Response> {
      if (request.path() != "/page") return std::nullopt;
      return millrace::Response{.content_type = "text/plain\r\nX-Forged: 1", .body = "a page"};
    };
  });
  EXPECT_EQ(tests::TcpClient(server.port()).upgrade("/door?key=a%2Fb"), "HTTP/1.1 403 Forbidden");
  tests::TcpClient reader(server.port());
  reader.send_bytes("GET /page HTTP/1.1\r\nHost: x\r\n\r\n");
  std::string page(4096, '\0');
  reader.read_exactly(page);  // To the end of the connection.
  EXPECT_THAT(page, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(page, HasSubstr("text/plainX-Forged: 1\r\n"));  // A line ending ends no field.
  EXPECT_THAT(page, HasSubstr("\r\n\r\na page"));
  const auto closed = server->counters().closed;
  EXPECT_EQ(closed[static_cast<std::size_t>(millrace::CloseReason::served)], 1U);
  EXPECT_EQ(closed[static_cast<std::size_t>(millrace::CloseReason::refused)], 1U);
  tests::TcpClient lost(server.port());
  lost.send_bytes("GET /lost HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(lost.read_answer(), StartsWith("HTTP/1.1 426"));
}

TEST(Server, HandshakesBeyondTheBudgetAreRefused) {
  millrace::Options options = tests::small_options();
  options.handshakes_per_second_per_shard = 2;
  RunningServer server(echo, options);
  int refused = 0;
  for (int i = 0; i < 20; ++i) {
    tests::TcpClient client(server.port());
    if (client.upgrade("/").starts_with("HTTP/1.1 503")) ++refused;
  }
  EXPECT_GT(refused, 0);
  const auto reason = static_cast<std::size_t>(millrace::CloseReason::too_many_handshakes);
  while (server->counters().closed[reason] == 0) std::this_thread::yield();
}

TEST(Server, ASubprotocolIsChosenOnlyFromThoseOffered) {
  RunningServer server([](ScriptedHandler& handler) {
    handler.request_step = [](millrace::SessionId, const millrace::Request& request) {
      EXPECT_TRUE(request.offers_subprotocol("v2"));
      return millrace::Answer::accept(0, std::string(request.path().substr(1)));
    };
  });
  for (const auto& [wanted, chosen] : {std::pair{"v2", true}, {"v3", false}}) {
    tests::TcpClient client(server.port());
    client.send_bytes("GET /" + std::string(wanted) +
                      " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: v1, v2\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    std::string answer;
    for (char next = 0; !answer.ends_with("\r\n\r\n") && client.read_exactly({&next, 1});) {
      answer += next;
    }
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 101"));
    EXPECT_EQ(answer.find("Sec-WebSocket-Protocol: v2") != std::string::npos, chosen) << answer;
  }
}

TEST(Server, ClosesWithACodeThatMayTravelAndNoOther) {
  RunningServer server([](ScriptedHandler& handler) {
    handler.message_step = [&handler](millrace::SessionId id, const millrace::Message& message) {
      EXPECT_EQ(message.text(), "bye");
      EXPECT_FALSE(handler.shard.close(id, 1005, ""));
      EXPECT_FALSE(handler.shard.close(id, 65535, ""));
      EXPECT_FALSE(handler.shard.close(id, 4000, std::string(124, 'x')));
      EXPECT_FALSE(handler.shard.close(id, 4000, "\xff"));
      EXPECT_TRUE(handler.shard.is_open(id));
      EXPECT_TRUE(handler.shard.close(id, 4000, "so long"));
      EXPECT_FALSE(handler.shard.close(id, 4000, "so long"));
      EXPECT_FALSE(handler.shard.is_open(id));
      EXPECT_EQ(handler.shard.send_text(id, "too late"), millrace::SendResult::gone);
    };
  });
  tests::TcpClient client(server.port());
  client.upgrade("/");
  client.send_frame(kText, "bye");
  std::string reason;
  EXPECT_EQ(read_close(client, &reason), 4000);
  EXPECT_EQ(reason, "so long");
}

TEST(Server, AnIdOfAnotherShardNamesNobodyHere) {
  RunningServer server([](ScriptedHandler& handler) {
    handler.message_step = [&handler](millrace::SessionId id, const millrace::Message&) {
      millrace::SessionId stranger = id;
      stranger.shard += 1;
      EXPECT_EQ(handler.shard.send_text(stranger, "x"), millrace::SendResult::gone);
      EXPECT_FALSE(handler.shard.publish(stranger, {}, millrace::Kind::text, {}));
      stranger = id;
      stranger.slot = 1'000'000;
      EXPECT_EQ(handler.shard.send_text(stranger, "x"), millrace::SendResult::gone);
      EXPECT_EQ(handler.shard.context(stranger), 0U);
      EXPECT_EQ(handler.shard.send_text(id, "mine"), millrace::SendResult::queued);
    };
  });
  tests::TcpClient client(server.port());
  client.upgrade("/");
  client.send_frame(kText, "who?");
  EXPECT_EQ(read_text(client), "mine");
}

TEST(Server, AWaitingClientIsLetInOrRefusedFromAnotherThread) {
  std::promise<millrace::SessionId> asked[2];
  std::atomic<int> asks{0};
  RunningServer server([&](ScriptedHandler& handler) {
    handler.request_step = [&](millrace::SessionId id, const millrace::Request&) {
      asked[asks++].set_value(id);
      return millrace::Answer::pending(7);
    };
    handler.open_step = [&handler](millrace::SessionId id) {
      handler.shard.send_text(id, std::to_string(handler.shard.context(id)));
    };
  });
  tests::TcpClient admitted(server.port());
  admitted.send_upgrade("/");
  const millrace::SessionId first = asked[0].get_future().get();
  ASSERT_EQ(server->post(first.shard, [first](millrace::Shard& shard) { shard.admit(first); }),
            millrace::PostResult::posted);
  EXPECT_THAT(admitted.read_answer(), StartsWith("HTTP/1.1 101"));
  EXPECT_EQ(read_text(admitted), "7");
  tests::TcpClient refused(server.port());
  refused.send_upgrade("/");
  const millrace::SessionId second = asked[1].get_future().get();
  server->post(second.shard, [second](millrace::Shard& shard) { shard.refuse(second, 401, "no"); });
  EXPECT_THAT(refused.read_answer(), StartsWith("HTTP/1.1 401"));
}

// One reads nothing while another says more than all buffers hold: what follows is the room's
// policy's affair, and each is seen in its counter.
millrace::Counters lag_in(const std::string& room, std::uint64_t millrace::Counters::* awaited) {
  millrace::Options options = tests::small_options();
  options.room_policies = {"ticks.*=latest", "voice=ephemeral"};
  RunningServer server(
      [room](ScriptedHandler& handler) {
        handler.open_step = [&handler, room](millrace::SessionId id) {
          EXPECT_EQ(handler.shard.join(id, room).status, millrace::JoinStatus::joined);
        };
        handler.message_step = [&handler, room](millrace::SessionId id, const millrace::Message&) {
          const std::vector<std::byte> large(64'000, std::byte{'x'});
          const auto join = handler.shard.join(id, room);
          for (int i = 0; i < 10; ++i) {
            EXPECT_TRUE(handler.shard.publish(id, join.room, millrace::Kind::text, large, 7));
          }
        };
      },
      options);
  tests::TcpClient idle(server.port());
  idle.upgrade("/");
  tests::TcpClient speaker(server.port());
  speaker.upgrade("/");
  // The speaker lags as well, for it hears itself.
  for (int i = 0; i < 400 && server->counters().*awaited == 0; ++i) {
    speaker.send_frame(kText, "more");
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return server->counters();
}

TEST(Server, ALatestRoomHoldsBackWhatALaggingMemberCannotTake) {
  const millrace::Counters counters = lag_in("ticks.x", &millrace::Counters::conflated);
  EXPECT_GT(counters.conflated, 0U);
  EXPECT_EQ(counters.skipped, 0U);
}

TEST(Server, AnEphemeralRoomDropsWhatALaggingMemberCannotTake) {
  const millrace::Counters counters = lag_in("voice", &millrace::Counters::skipped);
  EXPECT_GT(counters.skipped, 0U);
  EXPECT_EQ(counters.conflated, 0U);
}

TEST(Server, ARoomReachesMembersOnEveryShard) {
  constexpr int kMembers = 8;  // On two shards, as the kernel spreads them.
  RunningServer server(
      [](ScriptedHandler& handler) {
        handler.open_step = [&handler](millrace::SessionId id) {
          const auto join = handler.shard.join(id, "square", millrace::Echo::on);
          EXPECT_NE(join.status, millrace::JoinStatus::full);
        };
        handler.message_step = [&handler](millrace::SessionId id, const millrace::Message& said) {
          const auto join = handler.shard.join(id, "square", millrace::Echo::on);  // Its id again.
          EXPECT_EQ(join.status, millrace::JoinStatus::joined);
          EXPECT_TRUE(handler.shard.publish(id, join.room, said.kind, said.bytes));
          EXPECT_EQ(handler.shard.join(id, "").status, millrace::JoinStatus::invalid_name);
          EXPECT_EQ(handler.shard.join(id, std::string(256, 'r')).status,
                    millrace::JoinStatus::invalid_name);
        };
      },
      tests::small_options(2));
  std::vector<tests::TcpClient> members;
  for (int i = 0; i < kMembers; ++i) {
    members.emplace_back(server.port());
    ASSERT_THAT(members.back().upgrade("/"), StartsWith("HTTP/1.1 101"));
  }
  while (server->counters().members < kMembers) std::this_thread::yield();
  members[0].send_frame(kText, "hear, hear");
  for (tests::TcpClient& member : members) EXPECT_EQ(read_text(member), "hear, hear");
  EXPECT_EQ(server->counters().published, 1U);
}

TEST(Server, AMessageThatIsPublishedWithATicketIsAnswered) {
  RunningServer server([](ScriptedHandler& handler) {
    handler.open_step = [&handler](millrace::SessionId id) {
      handler.shard.join(id, "told", millrace::Echo::off);
    };
    handler.message_step = [&handler](millrace::SessionId id, const millrace::Message& said) {
      const auto join = handler.shard.join(id, "told");  // Its id again.
      EXPECT_TRUE(handler.shard.publish(id, join.room, said.kind, said.bytes, 0, 77));
    };
    handler.published_step = [&handler](millrace::SessionId id, std::uint64_t ticket,
                                        const millrace::PublishAnswer& answer) {
      EXPECT_EQ(ticket, 77U);
      EXPECT_TRUE(answer.known);
      handler.shard.send_text(id, std::to_string(answer.number) + " " +
                                      std::to_string(answer.matched) + " " +
                                      std::to_string(answer.queued));
    };
  });
  std::vector<tests::TcpClient> members;
  for (int i = 0; i < 3; ++i) {
    members.emplace_back(server.port());
    ASSERT_THAT(members.back().upgrade("/"), StartsWith("HTTP/1.1 101"));
  }
  while (server->counters().members < 3) std::this_thread::yield();
  members[0].send_frame(kText, "asked");
  EXPECT_EQ(read_text(members[1]), "asked");
  EXPECT_EQ(read_text(members[0]), "1 2 2");
}

}  // namespace
