// TokenCache: whom an auth service said that a token speaks for, and when it last did.
//
// It answers while that is fresh, and longer while the service is down, but never past the end that
// the identity has itself. Tokens are known by their digest alone. One thread at a time:
// AuthService keeps it under its lock. Bound: `most` tokens, of which it forgets those unused for
// longest.
#pragma once

#include <cstddef>
#include <cstdint>

#include "app/auth/identity.h"
#include "app/auth/token_digest.h"
#include "app/gateway_limits.h"
#include "base/lru_map.h"
#include "base/time.h"

namespace app {

class TokenCache {
 public:
  explicit TokenCache(std::size_t most = kTokenCacheMost) : known_(most) {}

  void confirm(const TokenDigest& token, Identity identity, base::Instant now);
  void forget(const TokenDigest& token) { known_.erase(token); }

  // Nothing unless it was confirmed less than `age_max` ago, and has not ended at `unix_seconds`.
  // Holds until the next call.
  const Identity* find(const TokenDigest& token, base::Duration age_max, base::Instant now,
                       std::int64_t unix_seconds);

  std::size_t size() const noexcept { return known_.size(); }

 private:
  struct Known {
    Identity identity;
    base::Instant confirmed;
  };

  base::LruMap<TokenDigest, Known, TokenDigestHash> known_;
};

}  // namespace app
