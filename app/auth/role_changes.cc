#include "app/auth/role_changes.h"

#include <fmt/format.h>

#include <mutex>
#include <string_view>
#include <utility>

#include "app/auth/kept_until.h"

namespace app {

base::Status RoleChanges::set(std::string_view tenant, std::string_view user, Change change) {
  std::string name = name_of_user(tenant, user);
  const std::unique_lock lock(mutex_);
  if (!has_place(changes_, name, latest_now_.load(std::memory_order_relaxed))) {
    return base::Error{fmt::format(
        "the roles of {} users are changed, and more changes are not kept", changes_.size())};
  }
  Change& kept = changes_[std::move(name)];
  if (kept.at <= change.at) kept = std::move(change);
  any_.store(true, std::memory_order_release);
  return {};
}

void RoleChanges::apply(Identity& identity, std::int64_t now) const {
  // Not exact between threads, which is no matter: any of their times is recent.
  if (latest_now_.load(std::memory_order_relaxed) < now) {
    latest_now_.store(now, std::memory_order_relaxed);
  }
  if (!any_.load(std::memory_order_acquire)) return;
  const std::shared_lock lock(mutex_);
  const auto found = changes_.find(name_of_user(identity.tenant, identity.user));
  if (found == changes_.end() || found->second.until < now) return;
  if (identity.issued_at > found->second.at) return;
  identity.roles = found->second.roles;
  identity.permissions = found->second.permissions;
}

std::size_t RoleChanges::size() const {
  const std::shared_lock lock(mutex_);
  return changes_.size();
}

}  // namespace app
