// Idempotency: remembers what was answered to a request with an Idempotency-Key, so that a retry
// gets the same answer and does nothing twice.
//
// claim() before the request is carried out, then finish() or forget(). Any thread of the admin
// server; of two that claim one key at once, one carries it out. Bounds: kIdempotencyKeysMost keys
// and kIdempotencyBytesMost of answers, the least recently used go; kIdempotencyAge.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/admin/problem.h"

namespace app {

class Idempotency {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  using Fingerprint = std::array<unsigned char, 32>;

  enum class Verdict : std::uint8_t {
    carry_out,    // The key is the caller's until finish() or forget().
    replay,       // The answer is the one of before.
    in_progress,  // Somebody is at it.
    reused,       // The key came with another request before.
    not_kept,     // It was carried out, but its answer was too long to keep.
  };
  struct Claim {
    Verdict verdict = Verdict::carry_out;
    ApiAnswer answer{};
  };

  // What makes two requests the same.
  static Fingerprint fingerprint(std::string_view method, std::string_view target,
                                 std::string_view body);

  Claim claim(const std::string& key, const Fingerprint& request, Instant now);
  void finish(const std::string& key, const ApiAnswer& answer, Instant now);
  // As if the request had never come: it was not carried out.
  void forget(const std::string& key);

  std::size_t size() const;

 private:
  enum class State : std::uint8_t { in_progress, answered, not_kept };
  struct Entry {
    std::string key{};
    Fingerprint request{};
    State state = State::in_progress;
    ApiAnswer answer{};
    Instant expires_at{};
  };
  using Entries = std::list<Entry>;

  void erase(Entries::iterator entry);
  // Makes room for one more entry and for `bytes` of answer.
  void evict(std::size_t entries, std::size_t bytes);

  mutable std::mutex mutex_;
  Entries recent_first_;
  std::unordered_map<std::string, Entries::iterator> by_key_;
  std::size_t answer_bytes_ = 0;
};

// Whether it is one that the header may carry: 1 to kIdempotencyKeyBytesMax printable characters.
bool is_idempotency_key(std::string_view text) noexcept;

}  // namespace app
