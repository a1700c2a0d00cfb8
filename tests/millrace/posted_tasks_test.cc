#include "engine/shard/posted_tasks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "millrace/server.h"
#include "tests/millrace/running_server.h"

namespace {

using millrace::PostResult;
using tests::RunningServer;
using tests::ScriptedHandler;

void nothing(ScriptedHandler&) {}

TEST(PostedTasks, RunOnTheShardsThreadInOrder) {
  RunningServer server(nothing, tests::small_options(2));
  constexpr int kTasks = 5000;  // More than a turn runs.
  std::vector<int> ran;
  std::promise<std::thread::id> done;
  for (int i = 0; i < kTasks; ++i) {
    ASSERT_EQ(server->post(1,
                           [&, i](millrace::Shard& shard) {
                             EXPECT_EQ(shard.number(), 1U);
                             ran.push_back(i);
                             if (i + 1 == kTasks) done.set_value(std::this_thread::get_id());
                           }),
              PostResult::posted);
  }
  EXPECT_NE(done.get_future().get(), std::this_thread::get_id());
  ASSERT_EQ(ran.size(), std::size_t{kTasks});
  for (int i = 0; i < kTasks; ++i) ASSERT_EQ(ran[static_cast<std::size_t>(i)], i);
}

TEST(PostedTasks, EveryOneOfManyThreadsIsHeard) {
  RunningServer server(nothing);
  constexpr int kThreads = 4;
  constexpr int kEach = 2000;
  std::atomic<int> ran{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < kEach; ++j) {
        EXPECT_EQ(server->post(0, [&](millrace::Shard&) { ++ran; }), PostResult::posted);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  while (ran < kThreads * kEach) std::this_thread::yield();
  while (server->counters().tasks_run < kThreads * kEach) std::this_thread::yield();
  EXPECT_EQ(server->counters().tasks_refused, 0U);
}

TEST(PostedTasks, ATaskMayPostAgain) {
  RunningServer server(nothing);
  std::promise<void> done;
  server->post(
      0, [&](millrace::Shard&) { server->post(0, [&](millrace::Shard&) { done.set_value(); }); });
  done.get_future().get();
}

TEST(PostedTasks, AreRefusedWhenFullAndAfterTheEnd) {
  millrace::Options options = tests::small_options();
  options.posted_tasks_max = 2;
  auto opened = millrace::Server::open(
      options, [](millrace::Shard& shard) { return std::make_unique<ScriptedHandler>(shard); });
  ASSERT_TRUE(opened.ok()) << opened.error();
  millrace::Server& server = opened.value();
  int ran = 0;
  const millrace::Task task = [&](millrace::Shard&) { ++ran; };
  EXPECT_EQ(server.post(1, task), PostResult::no_such_shard);
  EXPECT_EQ(server.post(0, task), PostResult::posted);
  EXPECT_EQ(server.post(0, [&](millrace::Shard&) { server.stop_now(); }), PostResult::posted);
  EXPECT_EQ(server.post(0, task), PostResult::full);
  EXPECT_TRUE(server.run().ok());
  EXPECT_EQ(ran, 1);
  EXPECT_EQ(server.post(0, task), PostResult::ended);
  EXPECT_EQ(server.counters().tasks_run, 2U);
  EXPECT_EQ(server.counters().tasks_refused, 2U);
}

TEST(PostedTasks, WhatIsDroppedIsDestroyed) {
  const auto kept = std::make_shared<int>(0);
  engine::PostedTasks<millrace::Shard> tasks(8);
  EXPECT_TRUE(tasks.push([kept](millrace::Shard&) {}).ring);
  EXPECT_FALSE(tasks.push([kept](millrace::Shard&) {}).ring);
  EXPECT_EQ(kept.use_count(), 3);
  tasks.end();
  EXPECT_EQ(kept.use_count(), 1);
}

}  // namespace
