#include "app/auth/role_changes.h"

#include <fmt/format.h>

namespace app {

std::size_t RoleChanges::Change::bytes() const noexcept {
  std::size_t sum = sizeof(Change);
  for (const auto* texts : {&roles, &permissions}) {
    for (const std::string& text : *texts) sum += sizeof(std::string) + text.size();
  }
  return sum;
}

void RoleChanges::Change::meet(const Change& earlier) {
  if (earlier.at > at) *this = earlier;
}

base::Status RoleChanges::set(std::string_view tenant, std::string_view user,
                              const Change& change) {
  if (changes_.put(name_of_user(tenant, user), change)) return {};
  const KeptCounts kept = changes_.counts();
  return base::Error{
      fmt::format("the roles of {} users are changed, in {} bytes, and more changes are not kept",
                  kept.entries, kept.bytes)};
}

void RoleChanges::apply(Identity& identity, std::int64_t now) const {
  changes_.look(
      now, [&] { return name_of_user(identity.tenant, identity.user); },
      [&](const Change& change) {
        if (identity.issued_at > change.at) return false;
        identity.roles = change.roles;
        identity.permissions = change.permissions;
        return true;
      });
}

}  // namespace app
