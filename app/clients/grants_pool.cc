#include "app/clients/grants_pool.h"

#include <algorithm>
#include <utility>

#include "engine/room/name_index.h"

namespace app {

namespace {

// No part holds a control character; see Identity.
std::string key_of(const Grants& grants) {
  std::string key = grants.tenant;
  key += '\x01';
  key += name(grants.type);
  for (const std::string& role : grants.roles) (key += '\x02') += role;
  for (const std::string& permission : grants.permissions) (key += '\x03') += permission;
  return key;
}

}  // namespace

SharedGrants GrantsPool::share(Grants grants) {
  const std::string key = key_of(grants);
  grants.hash = engine::hash_name(key);
  std::weak_ptr<const Grants>& known = known_[key];
  if (SharedGrants shared = known.lock()) return shared;
  auto shared = std::make_shared<const Grants>(std::move(grants));
  known = shared;
  if (known_.size() >= forget_at_) forget_unused();
  return shared;
}

void GrantsPool::forget_unused() {
  std::erase_if(known_, [](const auto& entry) { return entry.second.expired(); });
  forget_at_ = std::max<std::size_t>(64, 2 * known_.size());
}

}  // namespace app
