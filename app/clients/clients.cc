#include "app/clients/clients.h"

#include <algorithm>
#include <functional>
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

void Clients::identify(ClientHandle handle, const Identity& identity, SharedGrants grants) {
  Client& client = *table_.find(handle);
  CHECK(client.state == ClientState::asking);
  client.user = identity.user;
  client.user_hash = hash_user(identity.tenant, identity.user);
  client.tenant_hash = engine::hash_name(identity.tenant);
  client.state = ClientState::present;
  client.arrival = ++arrivals_;
  renew(handle, identity, std::move(grants));
  ++by_tenant_[client.grants->tenant];
  const auto [entry, first] = by_user_.try_emplace(client.user_hash, handle);
  if (!first) {
    client.next_of_user = std::exchange(entry->second, handle);
    table_.find(client.next_of_user)->previous_of_user = handle;
  }
}

void Clients::renew(ClientHandle handle, const Identity& identity, SharedGrants grants) {
  Client& client = *table_.find(handle);
  CHECK(client.user == identity.user);
  client.grants = std::move(grants);
  client.display_name = identity.display_name;
  client.token_id = identity.token_id;
  client.issued_at = identity.issued_at;
  client.expires_at = identity.expires_at;
  ++client.renewals;
  if (client.expires_at > 0) add_expiry({client.expires_at, handle, client.renewals});
}

// Tokens that last for days would be remembered for as long by each connection that they opened.
void Clients::add_expiry(const Expiry& expiry) {
  if (expiries_.size() >= sift_expiries_at_) {
    std::erase_if(expiries_, [this](const Expiry& each) { return due_client(each) == nullptr; });
    std::ranges::make_heap(expiries_, std::greater<>());
    sift_expiries_at_ = std::max(kExpiriesLeast, 2 * expiries_.size());
  }
  expiries_.push_back(expiry);
  std::ranges::push_heap(expiries_, std::greater<>());
}

Clients::Expiry Clients::take_first_expiry() {
  std::ranges::pop_heap(expiries_, std::greater<>());
  const Expiry first = expiries_.back();
  expiries_.pop_back();
  return first;
}

Client* Clients::due_client(const Expiry& expiry) noexcept {
  Client* client = table_.find(expiry.client);
  return client != nullptr && client->renewals == expiry.renewal ? client : nullptr;
}

void Clients::remove(ClientHandle handle) {
  Client* client = table_.find(handle);
  CHECK(client != nullptr);
  if (client->state != ClientState::asking) {
    const auto tenant = by_tenant_.find(client->grants->tenant);
    if (--tenant->second == 0) by_tenant_.erase(tenant);
    unchain(*client);
  }
  table_.erase(handle);
}

void Clients::unchain(const Client& client) {
  Client* next = table_.find(client.next_of_user);
  if (next != nullptr) next->previous_of_user = client.previous_of_user;
  if (Client* previous = table_.find(client.previous_of_user); previous != nullptr) {
    previous->next_of_user = client.next_of_user;
    return;
  }
  const auto entry = by_user_.find(client.user_hash);
  if (next == nullptr) {
    by_user_.erase(entry);
  } else {
    entry->second = client.next_of_user;
  }
}

ClientHandle Clients::first_of(std::uint64_t user_hash) const noexcept {
  const auto found = by_user_.find(user_hash);
  return found == by_user_.end() ? ClientHandle{} : found->second;
}

}  // namespace app
