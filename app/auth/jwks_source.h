// JwksSource: the keys that an issuer publishes at an address, fetched now and then.
//
// Once at its start, which nobody waits for, then every `jwks_refresh`, a little sooner or later so
// that many gateways do not ask at once; after a failure again soon, and less and less often. A
// token with an unknown key may ask for a fetch too, at most once every unknown_key_pause: that is
// how a new key is found. The last good keys stay through any outage. Threads: keys(),
// after_fetch() and the counts from any; it has one of its own, and that of its HttpClient. Bound:
// kKeySetBytesMax for what is fetched; those who wait are the caller's.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/auth/auth_options.h"
#include "app/auth/key_set.h"
#include "app/gateway_limits.h"
#include "app/service/service_thread.h"
#include "app/upstream/http_client.h"
#include "base/prng.h"
#include "base/time.h"

namespace app {

// What an operator has no setting for; tests are in more of a hurry.
struct JwksPace {
  base::Duration retry_first = kJwksRetryFirst;
  base::Duration unknown_key_pause = kUnknownKeyPause;
};

struct JwksCounts {
  std::uint64_t refreshes = 0;  // That brought keys.
  std::uint64_t failures = 0;
};

class JwksSource {
 public:
  // For whose sake a fetch is waited for.
  enum class Cause : std::uint8_t {
    no_keys,      // Waits for a fetch that is under way, or for none.
    unknown_key,  // May start one.
  };

  // The URL is one of check_url().
  explicit JwksSource(const AuthOptions& options, const JwksPace& pace = {});
  // Runs what still waits.
  ~JwksSource();
  JwksSource(const JwksSource&) = delete;
  JwksSource& operator=(const JwksSource&) = delete;

  // Null before the first fetch that succeeded.
  std::shared_ptr<const KeySet> keys() const;
  // Runs `then` when a fetch has ended, well or not, on the thread of the source. False: there is
  // none to wait for, and `then` is not run.
  bool after_fetch(Cause cause, std::function<void()> then);

  JwksCounts counts() const;

 private:
  void run();
  void fetch(std::unique_lock<std::mutex>& lock);
  void take(const HttpAnswer& answer);
  base::Duration pause_before_next();

  const std::string url_;
  const std::chrono::milliseconds timeout_;
  const base::Duration refresh_;
  const JwksPace pace_;

  mutable std::mutex mutex_;  // Guards all up to the client.
  std::condition_variable changed_;
  std::shared_ptr<const KeySet> keys_;
  std::vector<std::function<void()>> waiting_;
  std::optional<HttpAnswer> arrived_;
  bool fetch_wanted_ = true;  // Or under way.
  bool ending_ = false;
  std::uint32_t failures_in_a_row_ = 0;
  std::optional<base::Instant> unknown_key_at_;  // When one last asked for a fetch.
  JwksCounts counts_;
  base::Prng prng_;

  HttpClient client_;
  // The last, so that it ends before the client that it asks.
  ServiceThread thread_;
};

}  // namespace app
