// Clients: everybody whom a shard serves with native events, found by session or by user.
//
// Threads: the shard's own. Bounds: one per descriptor of the shard; of the expiries of those that
// have left or were renewed, no more are kept than of the others. Time is passed in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/clients/client.h"
#include "base/slot_map.h"

namespace app {

using ClientHandle = base::Handle;

// Of a user, whom only the tenant makes unique.
std::uint64_t hash_user(std::string_view tenant, std::string_view user) noexcept;

class Clients {
 public:
  Clients();

  ClientHandle add(Client client);
  Client* find(ClientHandle handle) noexcept { return table_.find(handle); }
  // Its user and expiry are known from now on.
  void identify(ClientHandle handle, const Identity& identity, SharedGrants grants);
  // Its token was renewed: the same user, but perhaps other grants, until another time.
  void renew(ClientHandle handle, const Identity& identity, SharedGrants grants);
  void remove(ClientHandle handle);

  // The one that was identified last; null if there is none.
  ClientHandle newest_of(std::uint64_t user_hash) const noexcept { return first_of(user_hash); }
  // Calls visit(handle, client) for each connection of the user; visit may not add or remove.
  template <typename Visit>
  void for_user(std::string_view tenant, std::string_view user, Visit&& visit) {
    for (ClientHandle at = first_of(hash_user(tenant, user)); at;) {
      Client& client = *table_.find(at);
      const ClientHandle next = client.next_of_user;
      if (client.user == user && client.grants->tenant == tenant) visit(at, client);
      at = next;
    }
  }
  // The arrival of the one that was identified last; 0 if nobody ever was.
  std::uint64_t last_arrival() const noexcept { return arrivals_; }
  ClientHandle handle_at(std::uint32_t place) const noexcept { return table_.handle_at(place); }
  std::uint32_t touched() const noexcept { return table_.touched(); }
  std::uint32_t size() const noexcept { return table_.size(); }
  std::size_t expiries() const noexcept { return expiries_.size(); }

  // How many of each tenant are identified.
  const std::unordered_map<std::string, std::uint64_t>& by_tenant() const noexcept {
    return by_tenant_;
  }

  // Calls expired(handle, client) for each whose token has ended by `now`, seconds since 1970, of
  // at most so many entries; those that are left are due at the next call.
  template <typename Expired>
  void expire(std::int64_t now, std::uint32_t most, Expired&& expired) {
    for (; most > 0 && !expiries_.empty() && expiries_.front().at <= now; --most) {
      const Expiry due = take_first_expiry();
      if (Client* client = due_client(due); client != nullptr) expired(due.client, *client);
    }
  }
  // Seconds since 1970 of the next expiry; INT64_MAX if there is none.
  std::int64_t next_expiry() const noexcept {
    return expiries_.empty() ? INT64_MAX : expiries_.front().at;
  }

 private:
  static constexpr std::size_t kExpiriesLeast = 64;

  struct Expiry {
    std::int64_t at;
    ClientHandle client;
    std::uint32_t renewal;

    bool operator>(const Expiry& other) const noexcept { return at > other.at; }
  };

  ClientHandle first_of(std::uint64_t user_hash) const noexcept;
  void unchain(const Client& client);
  void add_expiry(const Expiry& expiry);
  Expiry take_first_expiry();
  // Null when it has left, or was renewed: then a later entry is its own.
  Client* due_client(const Expiry& expiry) noexcept;

  base::SlotMap<Client> table_;
  // By hash: those of users with the same hash hang together, and are told apart when visited.
  std::unordered_map<std::uint64_t, ClientHandle> by_user_;
  std::unordered_map<std::string, std::uint64_t> by_tenant_;
  std::vector<Expiry> expiries_;  // A heap, the next one first.
  std::uint64_t arrivals_ = 0;
  std::size_t sift_expiries_at_ = kExpiriesLeast;
};

}  // namespace app
