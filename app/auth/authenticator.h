// Authenticator: finds out who a token speaks for, on service threads, so that no shard waits.
//
// By AuthOptions::mode it checks the token itself (TokenVerifier, with keys that a JwksSource may
// renew) or asks an auth service. Threads: ask() from any; an answer is called exactly once, on a
// service thread or, where the answer is known at once, within ask(). Bound: kAuthQueueMost waiting
// questions; more are answered `overloaded`. Each is answered within the service's timeout twice:
// once for its turn to come, and once to be looked at.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "app/auth/auth_options.h"
#include "app/auth/token_verifier.h"
#include "base/result.h"

namespace app {

// What it counts, for /metrics.
struct AuthenticatorCounts {
  std::uint64_t asked = 0;
  std::uint64_t waiting = 0;
  std::uint64_t cache_hits = 0;
  std::uint64_t service_calls = 0;
  std::uint64_t service_failures = 0;
  std::uint64_t admitted_while_down = 0;
  std::uint64_t jwks_refreshes = 0;
  std::uint64_t jwks_failures = 0;
  bool breaker_open = false;
};

class Authenticator {
 public:
  using Answer = std::function<void(AuthResult)>;

  virtual ~Authenticator() = default;
  virtual void ask(std::string token, Answer answer) = 0;
  virtual AuthenticatorCounts counts() const = 0;
  // A reload has changed what to do while a service is down.
  virtual void set_when_down(WhenServiceIsDown /*what*/, std::chrono::milliseconds /*known_for*/) {}
};

// Starts the threads that `options` need. The error says what of them is wrong: no key, a URL that
// is none.
base::Result<std::unique_ptr<Authenticator>> start_authenticator(const AuthOptions& options);

}  // namespace app
