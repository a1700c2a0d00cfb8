// AuthService: an Authenticator that asks another service, over HTTP, whom a token speaks for.
//
// What the service said is remembered for `service_cache_for`, and a refusal for a short while; who
// asks for a token that is being asked about shares that answer. A circuit breaker leaves a service
// alone that is down; tokens are then answered `unavailable`, or admitted if they are well known
// (`when_down`). Threads: ask() from any; answers on the thread of its HttpClient or within ask().
// The state is under one lock, that is held for no longer than a look-up. Bounds: kAuthQueueMost
// waiting, kTokenCacheMost and kRefusedTokensMost remembered.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "app/auth/auth_options.h"
#include "app/auth/authenticator.h"
#include "app/auth/service_answer.h"
#include "app/auth/token_cache.h"
#include "app/auth/token_digest.h"
#include "app/upstream/http_client.h"
#include "app/upstream/shared_calls.h"
#include "base/lru_map.h"
#include "base/time.h"

namespace app {

// What an operator has no setting for; tests are in more of a hurry.
struct AuthServicePace {
  BreakerOptions breaker{};
  base::Duration refused_for = kRefusedFor;
};

class AuthService final : public Authenticator {
 public:
  // The URL is one of check_url().
  explicit AuthService(const AuthOptions& options, const AuthServicePace& pace = {});

  void ask(std::string token, Answer answer) override;
  AuthenticatorCounts counts() const override;
  void set_when_down(WhenServiceIsDown what, std::chrono::milliseconds known_for) override;

 private:
  void finish(const TokenDigest& token, const HttpAnswer& answer);
  HttpCall call_for(std::string_view token) const;
  // The rest is called under the lock.
  std::optional<AuthResult> recall(const TokenDigest& token);
  // Takes `answer` along in the flight of its token, a new one if there is none; or says why not.
  std::optional<AuthResult> board(const TokenDigest& token, Answer& answer, bool& must_call);
  AuthResult answer_while_down(const TokenDigest& token, std::size_t times);
  AuthResult conclude(const TokenDigest& token, std::size_t times, const HttpAnswer& answer,
                      ServiceVerdict& verdict);
  AuthResult admit(const TokenDigest& token, Identity identity);

  const AuthOptions options_;
  const AuthServicePace pace_;
  const TokenHasher hasher_;

  mutable std::mutex mutex_;
  WhenServiceIsDown when_down_;
  std::chrono::milliseconds known_for_;
  TokenCache cache_;
  base::LruMap<TokenDigest, base::Instant, TokenDigestHash> refused_;  // And when.
  SharedCalls<TokenDigest, Answer, TokenDigestHash> calls_;
  AuthenticatorCounts counts_;

  // The last, so that it ends first: it answers every flight.
  HttpClient client_;
};

}  // namespace app
