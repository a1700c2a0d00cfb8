// Kept until: what Revocations and RoleChanges share: tables of entries by name, each of which
// holds `until` a time, of which kRevocationsMost are kept.
//
// Pure; whoever has the table locks it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/config/gateway_limits.h"

namespace app {

// A tenant has no zero octet in it, so no two pairs give the same name.
inline std::string name_of_user(std::string_view tenant, std::string_view user) {
  std::string name(tenant);
  name += '\0';
  name += user;
  return name;
}

// Whether there is a place for an entry of that name, or one already. Where all are taken, those
// whose time is over are dropped first.
template <typename Entry>
bool has_place(std::unordered_map<std::string, Entry>& table, const std::string& name,
               std::int64_t now) {
  if (table.size() < kRevocationsMost || table.contains(name)) return true;
  std::erase_if(table, [now](const auto& item) { return item.second.until < now; });
  return table.size() < kRevocationsMost;
}

}  // namespace app
