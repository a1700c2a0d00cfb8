// GrantsPool: lets all sessions of a shard with the same grants share them: a million clients have
// a handful of sets of roles.
//
// Threads: the shard's own. Bound: what is held by nobody is forgotten when the pool has doubled.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "app/auth/grants.h"

namespace app {

class GrantsPool {
 public:
  SharedGrants share(Grants grants);
  std::size_t size() const noexcept { return known_.size(); }

 private:
  void forget_unused();

  std::unordered_map<std::string, std::weak_ptr<const Grants>> known_;
  std::size_t forget_at_ = 64;
};

}  // namespace app
