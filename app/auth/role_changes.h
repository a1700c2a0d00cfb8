// RoleChanges: the roles and permissions that the server API has given to users in place of those
// that their tokens say.
//
// They hold for tokens that were issued up to the second of the change, and for those that do not
// say when they were issued; a token that was issued later says them anew. One per process; any
// thread. Shards ask at every handshake and refresh: while nothing is changed that is one load,
// else a look-up under a shared lock. Bound: kRevocationsMost users; a change is dropped after its
// `until`, and by a restart. It has no clock: the latest `now` that it was asked with is what it
// drops by. All times are seconds since 1970.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/auth/identity.h"
#include "base/result.h"

namespace app {

class RoleChanges {
 public:
  struct Change {
    std::vector<std::string> roles{}, permissions{};
    std::int64_t at = 0;
    std::int64_t until = 0;
  };

  // The later of two changes of a user holds. The error says that it is full; then nothing has
  // changed.
  base::Status set(std::string_view tenant, std::string_view user, Change change);
  // Puts what was changed in place of what the token said.
  void apply(Identity& identity, std::int64_t now) const;
  std::size_t size() const;

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, Change> changes_;  // By tenant and user.
  std::atomic<bool> any_{false};
  mutable std::atomic<std::int64_t> latest_now_{0};
};

}  // namespace app
