// What Server::open() says of options that cannot be served.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "millrace/server.h"
#include "tests/millrace/running_server.h"

namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

std::unique_ptr<millrace::Handler> make_handler(millrace::Shard& shard) {
  return std::make_unique<tests::ScriptedHandler>(shard);
}

struct WrongOption {
  std::string said;
  std::function<void(millrace::Options&)> spoil;
};

TEST(Options, EachFieldThatIsWrongIsNamed) {
  const std::vector<WrongOption> all{
      {"Options::listen is empty", [](auto& o) { o.listen.clear(); }},
      {"Options::listen: 'nonsense:1'", [](auto& o) { o.listen = {"nonsense:1"}; }},
      {"Options::shards is 257: must be from 0 to 256", [](auto& o) { o.shards = 257; }},
      {"Options::cpus: cpu 1023 is not one of the", [](auto& o) { o.cpus = {1023}; }},
      {"Options::connections_max is 0", [](auto& o) { o.connections_max = 0; }},
      {"Options::memory_budget_bytes is 1", [](auto& o) { o.memory_budget_bytes = 1; }},
      {"Options::handshakes_per_second_per_shard is 100000001",
       [](auto& o) { o.handshakes_per_second_per_shard = 100'000'001; }},
      {"Options::message_bytes_max is 124", [](auto& o) { o.message_bytes_max = 124; }},
      {"Options::send_queue_bytes_max", [](auto& o) { o.send_queue_bytes_max = 1; }},
      {"Options::handshake_timeout is 0 ns", [](auto& o) { o.handshake_timeout = 0ns; }},
      {"Options::close_timeout", [](auto& o) { o.close_timeout = 25h; }},
      {"or 0 for never", [](auto& o) { o.heartbeat_interval = 1ms; }},
      {"Options::idle_timeout", [](auto& o) { o.idle_timeout = -1s; }},
      {"Options::park_after", [](auto& o) { o.park_after = 1ms; }},
      {"Options::room_policies: 'ticks': write PATTERN=POLICY",
       [](auto& o) { o.room_policies = {"a=latest", "ticks"}; }},
      {"Options::keys_per_room_max is 0", [](auto& o) { o.keys_per_room_max = 0; }},
      {"Options::drain_grace", [](auto& o) { o.drain_grace = 0s; }},
      {"must be a power of two", [](auto& o) { o.receive_buffers = 100; }},
      {"Options::receive_buffers is 8", [](auto& o) { o.receive_buffers = 8; }},
      {"Options::receive_buffer_bytes", [](auto& o) { o.receive_buffer_bytes = 100; }},
      {"Options::posted_tasks_max is 0", [](auto& o) { o.posted_tasks_max = 0; }},
  };
  for (const WrongOption& wrong : all) {
    millrace::Options options = tests::small_options();
    wrong.spoil(options);
    const auto server = millrace::Server::open(options, make_handler);
    ASSERT_FALSE(server.ok()) << wrong.said;
    EXPECT_THAT(server.error(), HasSubstr(wrong.said));
  }
}

TEST(Options, AnAddressOfSomebodyElsesCannotBeListenedOn) {
  millrace::Options options = tests::small_options();
  options.listen = {"192.0.2.1:8080"};  // TEST-NET-1 (RFC 5737).
  const auto server = millrace::Server::open(options, make_handler);
  ASSERT_FALSE(server.ok());
  EXPECT_THAT(server.error(), HasSubstr("cannot listen on 192.0.2.1:8080"));
}

TEST(Options, AFactoryMustMakeAHandler) {
  const auto server = millrace::Server::open(
      tests::small_options(),
      [](millrace::Shard&) -> std::unique_ptr<millrace::Handler> { return nullptr; });
  ASSERT_FALSE(server.ok());
  EXPECT_THAT(server.error(), HasSubstr("made no handler"));
}

TEST(Options, NoShardsMeansOnePerCpuAndEachHasAHandler) {
  millrace::Options options = tests::small_options(0);
  std::uint32_t made = 0;
  auto server = millrace::Server::open(options, [&made](millrace::Shard& shard) {
    EXPECT_EQ(shard.number(), made++);
    return make_handler(shard);
  });
  ASSERT_TRUE(server.ok()) << server.error();
  EXPECT_GE(made, 1U);
  EXPECT_EQ(server.value().shards(), made);
}

}  // namespace
