// Bulk changes: what the server API does to many connections: disconnect them, end the revoked,
// give them other roles, put them into rooms.
//
// Each is a sweep of every shard (app/clients/client_sweeps.h), so that no turn is long, however
// many are meant. The functions that take a NativeGateway run on its shard; change_connections() on
// any other thread, and waits for the shards, at most kControlTimeout: what is not done by then
// goes on, and the answer says how far it was. Bound: kSweepsMost at a time, those that go on
// included.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/admin/control.h"
#include "app/native/native_gateway.h"
#include "app/shard_posts.h"
#include "base/result.h"

namespace app {

// What a call does on one shard.
struct BulkChange {
  // Nothing: to be looked for among all.
  std::optional<std::vector<ClientHandle>> only{};
  // True when the client was meant, and has been changed.
  std::function<bool(ClientHandle, Client&)> change{};
};
using BulkChangeOn = std::function<BulkChange(NativeGateway&)>;

// Closes whom the target is about, with a last word.
BulkChange disconnecting(NativeGateway& gateway, const Disconnection& disconnection);
// Ends whose tokens are revoked. `issued_before`: seconds since 1970; of a user's.
BulkChange ending_revoked(NativeGateway& gateway, const Revocation& revocation,
                          std::int64_t issued_before);
BulkChange changing_roles(NativeGateway& gateway, const RoleChange& change);

struct RoomChange {
  std::string tenant{}, user{}, room{};
  bool (RoomEvents::*change)(ClientHandle, std::string_view) = nullptr;
};
BulkChange changing_rooms(NativeGateway& gateway, const RoomChange& change);

// A process's bulk changes.
struct BulkChangeCounts {
  std::atomic<std::uint32_t> under_way{0};
  std::atomic<std::uint64_t> refused{0};  // Because too many were.
};
using SharedBulkCounts = std::shared_ptr<BulkChangeCounts>;

// An error, and nothing is done, when too many are under way, or when what is to be done `before`
// the connections change cannot be.
base::Result<ChangedConnections> change_connections(
    const ShardPosts& posts, const SharedBulkCounts& counts, const BulkChangeOn& change_on,
    const std::function<base::Status()>& before = [] { return base::Status{}; });

}  // namespace app
