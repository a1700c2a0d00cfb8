#include "app/admin/idempotency.h"

#include <openssl/sha.h>

#include <algorithm>

#include "app/gateway_limits.h"
#include "base/check.h"

namespace app {

Idempotency::Fingerprint Idempotency::fingerprint(std::string_view method, std::string_view target,
                                                  std::string_view body) {
  // Neither a method nor a target has a line end, so no two requests make the same text.
  std::string text;
  text.reserve(method.size() + target.size() + body.size() + 2);
  text.append(method).append("\n").append(target).append("\n").append(body);
  Fingerprint fingerprint{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), fingerprint.data());
  return fingerprint;
}

Idempotency::Claim Idempotency::claim(const std::string& key, const Fingerprint& request,
                                      Instant now) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    const Entry& entry = *found->second;
    const bool is_over = entry.state != State::in_progress && now >= entry.expires_at;
    if (!is_over) {
      recent_first_.splice(recent_first_.begin(), recent_first_, found->second);
      if (entry.request != request) return {.verdict = Verdict::reused};
      if (entry.state == State::in_progress) return {.verdict = Verdict::in_progress};
      if (entry.state == State::not_kept) return {.verdict = Verdict::not_kept};
      return {.verdict = Verdict::replay, .answer = entry.answer};
    }
    erase(found->second);
  }
  evict(1, 0);
  recent_first_.push_front({.key = key, .request = request});
  by_key_.emplace(key, recent_first_.begin());
  CHECK(by_key_.size() == recent_first_.size());
  return {};
}

void Idempotency::finish(const std::string& key, const ApiAnswer& answer, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  CHECK(found != by_key_.end());  // What is in progress is never evicted.
  Entry& entry = *found->second;
  CHECK(entry.state == State::in_progress);
  entry.expires_at = now + kIdempotencyAge;
  if (answer.body.size() > kIdempotencyAnswerBytesMax) {
    entry.state = State::not_kept;
    return;
  }
  evict(0, answer.body.size());
  entry.state = State::answered;
  entry.answer = answer;
  answer_bytes_ += answer.body.size();
}

void Idempotency::forget(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  CHECK(found != by_key_.end());
  erase(found->second);
}

std::size_t Idempotency::size() const {
  const std::lock_guard lock(mutex_);
  return by_key_.size();
}

void Idempotency::erase(Entries::iterator entry) {
  CHECK(answer_bytes_ >= entry->answer.body.size());
  answer_bytes_ -= entry->answer.body.size();
  by_key_.erase(entry->key);
  recent_first_.erase(entry);
}

void Idempotency::evict(std::size_t entries, std::size_t bytes) {
  auto next = recent_first_.end();
  while (next != recent_first_.begin() && (by_key_.size() + entries > kIdempotencyKeysMost ||
                                           answer_bytes_ + bytes > kIdempotencyBytesMost)) {
    const auto candidate = std::prev(next);
    if (candidate->state == State::in_progress) {
      next = candidate;
    } else {
      erase(candidate);
    }
  }
}

bool is_idempotency_key(std::string_view text) noexcept {
  if (text.empty() || text.size() > kIdempotencyKeyBytesMax) return false;
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace app
