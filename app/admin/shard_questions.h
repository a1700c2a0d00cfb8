// ShardQuestions: asks shards something from a thread that may wait, and gathers what they say.
//
// A question that is not answered within kControlTimeout is given up; its answer, if it comes after
// all, finds nobody. One that is dropped unanswered is given up at once. Any thread but a shard's.
#pragma once

#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/gateway_limits.h"
#include "app/shard_posts.h"

namespace app {

template <typename Answer>
using Telling = std::function<void(Answer)>;

// What was said by then; nothing, too, if nobody is left to say it.
template <typename Answer>
std::optional<Answer> await_until(std::future<Answer>& future,
                                  std::chrono::steady_clock::time_point end) {
  if (future.wait_until(end) != std::future_status::ready) return std::nullopt;
  try {
    return future.get();
  } catch (const std::future_error&) {
    // The question was dropped with its promise: its shard has ended, or something was full.
    return std::nullopt;
  }
}

// `question(gateway, tell)` runs on the shard and calls `tell` once, then or later.
template <typename Answer, typename Question>
std::optional<Answer> ask_shard(const ShardPosts& posts, std::uint32_t shard,
                                const Question& question) {
  auto promise = std::make_shared<std::promise<Answer>>();
  std::future<Answer> future = promise->get_future();
  const bool posted = posts.post(shard, [promise, question](NativeGateway& gateway) {
    question(gateway,
             Telling<Answer>([promise](Answer answer) { promise->set_value(std::move(answer)); }));
  });
  promise.reset();  // Whoever may still answer holds it now.
  if (!posted) return std::nullopt;
  return await_until(future, std::chrono::steady_clock::now() + kControlTimeout);
}

// What a shard does with a question when too many tasks wait for it already.
enum class Asked : std::uint8_t { if_there_is_room, surely };

// `question(gateway, promise)` on every shard, which keeps the promise then or later; the answers
// of those that gave one in time. Whoever asks `surely` bounds how often.
template <typename Answer, typename Question>
std::vector<Answer> ask_all_shards(const ShardPosts& posts, Asked how, const Question& question) {
  std::vector<std::future<Answer>> futures;
  for (std::uint32_t shard = 0; shard < posts.shards(); ++shard) {
    auto promise = std::make_shared<std::promise<Answer>>();
    futures.push_back(promise->get_future());
    ShardTask task = [promise = std::move(promise), question](NativeGateway& gateway) {
      question(gateway, promise);
    };
    const bool posted = how == Asked::surely ? posts.post_owed(shard, std::move(task))
                                             : posts.post(shard, std::move(task));
    if (!posted) futures.pop_back();
  }
  const auto end = std::chrono::steady_clock::now() + kControlTimeout;
  std::vector<Answer> answers;
  for (std::future<Answer>& future : futures) {
    if (auto answer = await_until(future, end)) answers.push_back(*std::move(answer));
  }
  return answers;
}

// `question(gateway)` on every shard, which answers at once.
template <typename Answer, typename Question>
std::vector<Answer> ask_all_shards(const ShardPosts& posts, const Question& question) {
  return ask_all_shards<Answer>(posts, Asked::if_there_is_room,
                                [question](NativeGateway& gateway, const auto& promise) {
                                  promise->set_value(question(gateway));
                                });
}

}  // namespace app
