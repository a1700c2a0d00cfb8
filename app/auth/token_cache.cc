#include "app/auth/token_cache.h"

#include <utility>

namespace app {

void TokenCache::confirm(const TokenDigest& token, Identity identity, base::Instant now) {
  known_.put(token, {.identity = std::move(identity), .confirmed = now});
}

const Identity* TokenCache::find(const TokenDigest& token, base::Duration age_max,
                                 base::Instant now, std::int64_t unix_seconds) {
  const Known* const known = known_.find(token);
  if (known == nullptr) return nullptr;
  const std::int64_t end = known->identity.expires_at;
  if (end != 0 && end <= unix_seconds) {
    known_.erase(token);
    return nullptr;
  }
  return now - known->confirmed < age_max ? &known->identity : nullptr;
}

}  // namespace app
