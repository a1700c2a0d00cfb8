// Revocations: the tokens and users that the server API has barred before their tokens expire.
//
// One per process; any thread. Shards ask at every handshake: while nothing is revoked that is one
// load, else a look-up under a shared lock. Bound: kRevocationsMost of tokens and of users each;
// a revocation is dropped after its `until`, when every token that it bars has expired. It has no
// clock: the latest `now` that it was asked with is what it drops by. All times are seconds since
// 1970.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/auth/identity.h"
#include "base/result.h"

namespace app {

class Revocations {
 public:
  // The errors say that it is full, or which bound the name breaks; then nothing has changed. A
  // repeated revocation is the stronger of both.
  base::Status revoke_token(std::string_view token_id, std::int64_t until);
  // Bars the tokens of the user that were issued before that second, and those that do not say
  // when they were issued.
  base::Status revoke_user(std::string_view tenant, std::string_view user,
                           std::int64_t issued_before, std::int64_t until);

  bool is_revoked(const Identity& identity, std::int64_t now) const;
  std::size_t size() const;

 private:
  struct Entry {
    std::int64_t until = 0;
    std::int64_t issued_before = 0;
  };
  using Table = std::unordered_map<std::string, Entry>;

  base::Status insert(Table& table, std::string name, const Entry& entry);

  mutable std::shared_mutex mutex_;
  Table tokens_;
  Table users_;  // By tenant and user.
  std::atomic<bool> any_{false};
  mutable std::atomic<std::int64_t> latest_now_{0};
};

}  // namespace app
