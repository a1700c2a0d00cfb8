// TokenAuthenticator: an Authenticator that checks tokens itself, on threads of its own.
//
// Its keys are those of the options and those of a JwksSource, if there is one. A token whose key
// is not known waits for the fetch that may bring it, and is then checked once more. Threads: ask()
// from any; answers on a thread of its own, or within ask() when it is full. Bound: kAuthQueueMost
// questions in all; one that waited longer than the service's timeout is answered `overloaded`
// unchecked, since nobody waits for it any more.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/auth/auth_options.h"
#include "app/auth/authenticator.h"
#include "app/auth/jwks_source.h"
#include "app/auth/key_set.h"
#include "app/auth/token_verifier.h"
#include "app/service/service_thread.h"
#include "base/fifo.h"
#include "base/time.h"

namespace app {

class TokenAuthenticator final : public Authenticator {
 public:
  // `keys`: those that need no fetch; empty only where there is a jwks_url.
  TokenAuthenticator(const AuthOptions& options, KeySet keys, const JwksPace& pace = {});
  // Answers what waits with `unavailable`.
  ~TokenAuthenticator() override;
  TokenAuthenticator(const TokenAuthenticator&) = delete;
  TokenAuthenticator& operator=(const TokenAuthenticator&) = delete;

  void ask(std::string token, Answer answer) override;
  AuthenticatorCounts counts() const override;

 private:
  struct Question {
    std::string token{};
    Answer answer{};
    base::Instant queued{};
    bool has_waited_for_keys = false;
  };
  // What one thread checks with.
  struct Check {
    std::shared_ptr<const KeySet> fetched{};
    std::optional<TokenVerifier> verifier{};  // Empty while there is no key at all.
  };

  void run();
  std::optional<Question> next();
  void renew(Check& check) const;
  void handle(Question question, const Check& check);
  bool wait_for_keys(Question& question, AuthFailure failure);
  void put_back(Question question);
  void answer(const Question& question, AuthResult result);

  const AuthOptions options_;
  const KeySet keys_;
  std::unique_ptr<JwksSource> source_;  // Null where there is no jwks_url.

  mutable std::mutex mutex_;  // Guards what follows.
  std::condition_variable came_;
  base::Fifo<Question> questions_;
  std::uint64_t asked_ = 0;
  std::uint64_t waiting_ = 0;  // Also those that are being checked, or wait for keys.
  bool ending_ = false;

  std::vector<std::unique_ptr<ServiceThread>> threads_;
};

}  // namespace app
