#include "app/clients/clients.h"

#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "engine/room/name_index.h"

namespace app {

std::uint64_t hash_user(std::string_view tenant, std::string_view user) noexcept {
  // A tenant has no control characters, so no two pairs are one text.
  return engine::hash_name(user) * 31 + engine::hash_name(tenant);
}

Clients::Clients() : table_(base::kDescriptorsPerShardMost) {}

ClientHandle Clients::add(Client client) {
  const ClientHandle handle = table_.try_insert(std::move(client));
  CHECK(handle);  // There are as many places as descriptors.
  return handle;
}

bool Clients::identify(ClientHandle handle, const Identity& identity, SharedGrants grants) {
  Client& client = *table_.find(handle);
  CHECK(client.state == ClientState::asking);
  client.user = identity.user;
  client.user_hash = hash_user(identity.tenant, identity.user);
  client.tenant_hash = engine::hash_name(identity.tenant);
  client.state = ClientState::present;
  renew(handle, identity, std::move(grants));
  ++by_tenant_[client.grants->tenant];
  const auto [entry, first] = by_user_.try_emplace(client.user_hash, handle);
  if (!first) client.next_of_user = std::exchange(entry->second, handle);
  return first;
}

void Clients::renew(ClientHandle handle, const Identity& identity, SharedGrants grants) {
  Client& client = *table_.find(handle);
  CHECK(client.user == identity.user);
  client.grants = std::move(grants);
  client.display_name = identity.display_name;
  client.token_id = identity.token_id;
  client.issued_at = identity.issued_at;
  client.expires_at = identity.expires_at;
  if (client.expires_at > 0) expiries_.push({client.expires_at, handle});
}

bool Clients::remove(ClientHandle handle) {
  Client* client = table_.find(handle);
  CHECK(client != nullptr);
  bool last = false;
  if (client->state != ClientState::asking) {
    const auto tenant = by_tenant_.find(client->grants->tenant);
    if (--tenant->second == 0) by_tenant_.erase(tenant);
    const auto entry = by_user_.find(client->user_hash);
    ClientHandle* link = &entry->second;
    while (*link != handle) link = &table_.find(*link)->next_of_user;
    *link = client->next_of_user;
    last = !entry->second;
    if (last) by_user_.erase(entry);
  }
  table_.erase(handle);
  return last;
}

ClientHandle Clients::first_of(std::uint64_t user_hash) const noexcept {
  const auto found = by_user_.find(user_hash);
  return found == by_user_.end() ? ClientHandle{} : found->second;
}

}  // namespace app
