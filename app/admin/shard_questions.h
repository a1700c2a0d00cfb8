// ShardQuestions: asks shards something from a thread that may wait, and gathers what they say.
//
// A question that is not answered within kControlTimeout is given up; its answer, if it comes after
// all, finds nobody. Any thread but a shard's.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/config/gateway_limits.h"
#include "app/shared_services.h"

namespace app {

template <typename Answer>
using Telling = std::function<void(Answer)>;

// `question(gateway, tell)` runs on the shard and calls `tell` once, then or later.
template <typename Answer, typename Question>
std::optional<Answer> ask_shard(const ShardPosts& posts, std::uint32_t shard, Question question) {
  auto promise = std::make_shared<std::promise<Answer>>();
  std::future<Answer> future = promise->get_future();
  const bool posted = posts.post(shard, [promise, question](NativeGateway& gateway) {
    question(gateway,
             Telling<Answer>([promise](Answer answer) { promise->set_value(std::move(answer)); }));
  });
  if (!posted || future.wait_for(kControlTimeout) != std::future_status::ready) {
    return std::nullopt;
  }
  return future.get();
}

// `question(gateway)` on every shard; the answers of those that gave one in time.
template <typename Answer, typename Question>
std::vector<Answer> ask_all_shards(const ShardPosts& posts, Question question) {
  std::vector<std::future<Answer>> futures;
  for (std::uint32_t shard = 0; shard < posts.shards(); ++shard) {
    auto promise = std::make_shared<std::promise<Answer>>();
    futures.push_back(promise->get_future());
    const bool posted = posts.post(shard, [promise, question](NativeGateway& gateway) {
      promise->set_value(question(gateway));
    });
    if (!posted) futures.pop_back();
  }
  const auto end = std::chrono::steady_clock::now() + kControlTimeout;
  std::vector<Answer> answers;
  for (std::future<Answer>& future : futures) {
    if (future.wait_until(end) == std::future_status::ready) answers.push_back(future.get());
  }
  return answers;
}

}  // namespace app
