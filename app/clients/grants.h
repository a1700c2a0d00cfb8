// Grants: what a session may do, and GrantsPool, which lets all sessions of a shard with the same
// grants share them: a million clients have a handful of sets of roles.
//
// Threads: a Grants does not change once it is shared; the pool is its shard's own. Bound: what is
// held by nobody is forgotten when the pool has doubled.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/auth/identity.h"

namespace app {

struct Grants {
  std::string tenant{};
  UserType type = UserType::guest;
  std::vector<std::string> roles{};
  std::vector<std::string> permissions{};

  bool is_guest() const noexcept { return type == UserType::guest; }
};

using SharedGrants = std::shared_ptr<const Grants>;

class GrantsPool {
 public:
  SharedGrants share(Grants grants);
  std::size_t size() const noexcept { return known_.size(); }

 private:
  void forget_unused();

  std::unordered_map<std::string, std::weak_ptr<const Grants>> known_;
  std::size_t forget_at_ = 64;
};

Grants grants_of(const Identity& identity);

}  // namespace app
