// AccessService: a RoomAuthority that asks another service, over HTTP.
//
//   POST {"user","tenant","type","roles","permissions","room","operation"} -> {"allowed","ttl"?}
//
// What it said is remembered for its ttl, or for `cache_for`; who asks what is being asked shares
// that answer. A circuit breaker leaves a service alone that is down; then the answer is
// `unavailable`, or what it said last where that is well known (`when_down`). Threads: any; answers
// on the thread of its HttpClient or within ask(). The state is under one lock, that is held for no
// longer than a look-up. Bounds: kAccessQueueMost waiting, kAccessCacheMost remembered.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "app/rooms/access_service_options.h"
#include "app/rooms/access_word.h"
#include "app/rooms/room_authority.h"
#include "app/upstream/http_client.h"
#include "app/upstream/shared_calls.h"
#include "base/lru_map.h"
#include "base/time.h"

namespace app {

class AccessService final : public RoomAuthority {
 public:
  // The URL is one of check_url().
  explicit AccessService(const AccessServiceOptions& options, const BreakerOptions& breaker = {});

  std::optional<bool> recall(const AccessQuestion& question) override;
  void ask(const AccessQuestion& question, Answer answer) override;
  RoomAuthorityCounts counts() const override;
  void set_when_down(WhenServiceIsDown what, std::chrono::milliseconds known_for) override;

 private:
  // What was said, and when; the key is the question.
  struct Known {
    bool allowed = false;
    base::Instant at{};
    base::Duration holds_for{};
  };

  HttpCall call_for(const AccessQuestion& question) const;
  void finish(const std::string& key, const HttpAnswer& answer);
  // The rest is called under the lock.
  const Known* find_known(const std::string& key, base::Instant now);
  std::optional<AccessAnswer> board(const std::string& key, Answer& answer, bool& must_call);
  AccessAnswer answer_while_down(const std::string& key, std::size_t times);
  AccessAnswer conclude(const std::string& key, std::size_t times, const HttpAnswer& answer,
                        const AccessWord& word);

  const AccessServiceOptions options_;

  mutable std::mutex mutex_;
  WhenServiceIsDown when_down_;
  std::chrono::milliseconds known_for_;
  base::LruMap<std::string, Known, std::hash<std::string>> known_;
  SharedCalls<std::string, Answer, std::hash<std::string>> calls_;
  RoomAuthorityCounts counts_;

  // The last, so that it ends first: it answers every flight.
  HttpClient client_;
};

}  // namespace app
