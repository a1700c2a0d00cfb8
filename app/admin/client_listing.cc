#include "app/admin/client_listing.h"

#include <algorithm>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/admin/place_walk.h"
#include "app/admin/shard_questions.h"
#include "app/clients/connection_id.h"
#include "app/rooms/room_names.h"
#include "app/telemetry/metric_page.h"
#include "engine/room/room_name.h"

namespace app {

namespace {

std::string_view state_name(ClientState state) noexcept {
  switch (state) {
    case ClientState::asking:
      return "authenticating";
    case ClientState::present:
      return "open";
    case ClientState::leaving:
      return "closing";
  }
  return "unknown";
}

bool fits(NativeContext& context, const Client& client, const ConnectionFilter& filter) {
  if (client.state == ClientState::asking) return false;
  if (!filter.tenant.empty() && client.grants->tenant != filter.tenant) return false;
  if (!filter.user.empty() && client.user != filter.user) return false;
  return filter.room.empty() || context.is_in_room(client, filter.room);
}

using ClientStep = PlaceStep<ConnectionEntry>;

ClientStep look_at_clients(NativeContext& context, const ConnectionFilter& filter,
                           std::uint32_t place, std::size_t most) {
  const auto entry_at = [&](std::uint32_t at) -> std::optional<ConnectionEntry> {
    const Client* client = context.clients.find(context.clients.handle_at(at));
    if (client == nullptr || !fits(context, *client, filter)) return std::nullopt;
    return describe_client(context, *client);
  };
  return look_at_places<ConnectionEntry>(context.clients.touched(), place, most, entry_at);
}

// By what waits for them, then by how long a ping took.
using Slowness = std::pair<std::uint64_t, std::uint32_t>;

bool slower(const ConnectionEntry& one, const ConnectionEntry& other) {
  return std::pair(one.pending_bytes, one.rtt_ms) > std::pair(other.pending_bytes, other.rtt_ms);
}

// The slowest that a sweep has met so far, the least slow of them first.
struct Slowest {
  using Seen = std::pair<Slowness, ClientHandle>;
  static bool slower_first(const Seen& one, const Seen& other) { return one.first > other.first; }

  void see(const Slowness& slowness, ClientHandle client, std::size_t most) {
    if (most == 0 || (seen.size() == most && slowness <= seen.front().first)) return;
    if (seen.size() == most) {
      std::ranges::pop_heap(seen, slower_first);
      seen.pop_back();
    }
    seen.emplace_back(slowness, client);
    std::ranges::push_heap(seen, slower_first);
  }

  std::vector<Seen> seen{};
};

using Entries = std::vector<ConnectionEntry>;

Entries describe(NativeContext& context, Slowest& slowest) {
  std::ranges::sort_heap(slowest.seen, Slowest::slower_first);
  Entries entries;
  for (const auto& [slowness, handle] : slowest.seen) {
    const Client* client = context.clients.find(handle);
    if (client != nullptr) entries.push_back(describe_client(context, *client));
  }
  return entries;
}

// Of all, some looked at in a turn.
void find_slowest(NativeGateway& gateway, const ConnectionFilter& filter,
                  std::shared_ptr<std::promise<Entries>> found) {
  NativeContext& context = gateway.context();
  const auto slowest = std::make_shared<Slowest>();
  const auto look = [&context, filter, slowest](ClientHandle handle, const Client& client) {
    if (!fits(context, client, filter)) return 1U;
    slowest->see({context.sessions.queued_cost(client.session.slot), client.round_trip_us}, handle,
                 filter.limit);
    return 2U;
  };
  gateway.sweeps().begin({.visit = look, .done = [&context, slowest, found = std::move(found)] {
                            found->set_value(describe(context, *slowest));
                          }});
}

ConnectionPage list_slowest(const ShardPosts& posts, const ConnectionFilter& filter) {
  const std::vector<Entries> all = ask_all_shards<Entries>(
      posts, Asked::if_there_is_room, [filter](NativeGateway& gateway, const auto& found) {
        find_slowest(gateway, filter, found);
      });
  ConnectionPage page{.complete = all.size() == posts.shards()};
  for (const Entries& entries : all) {
    page.connections.insert(page.connections.end(), entries.begin(), entries.end());
  }
  std::ranges::sort(page.connections, slower);
  if (page.connections.size() > filter.limit) page.connections.resize(filter.limit);
  return page;
}

}  // namespace

ConnectionEntry describe_client(NativeContext& context, const Client& client) {
  ConnectionEntry entry{.id = text(context.id_of(client)),
                        .tenant = client.grants->tenant,
                        .user = client.user,
                        .type = std::string(name(client.grants->type)),
                        .address = client.address.text(),
                        .state = std::string(state_name(client.state)),
                        .shard = context.shard.number(),
                        .connected_at = client.connected_at_ms,
                        .expires_at = client.expires_at,
                        .messages_in = client.messages_in,
                        .bytes_in = client.bytes_in,
                        .messages_out = context.sessions.messages_out(client.session),
                        .bytes_out = context.sessions.bytes_out(client.session),
                        .pending_bytes = context.sessions.queued_cost(client.session.slot)};
  if (client.round_trip_us > 0) entry.rtt_ms = client.round_trip_us / 1000.0;
  context.rooms.for_rooms_of(client.session, [&](engine::RoomHandle, const engine::Room& room) {
    if (room.name != kEverybody) entry.rooms.emplace_back(engine::without_tag(room.name));
  });
  return entry;
}

ConnectionPage list_connections(const ShardPosts& posts, const ConnectionFilter& filter) {
  if (filter.order == ConnectionOrder::slowest_first) return list_slowest(posts, filter);
  const auto ask = [&](const PlaceCursor& cursor, std::size_t most) {
    return ask_shard<ClientStep>(
        posts, cursor.shard, [=](NativeGateway& gateway, const Telling<ClientStep>& tell) {
          tell(look_at_clients(gateway.context(), filter, cursor.place, most));
        });
  };
  auto walk = walk_places<ConnectionEntry>(posts.shards(), filter.cursor, filter.limit, ask);
  return {.complete = walk.complete,
          .connections = std::move(walk.entries),
          .next = std::move(walk.next)};
}

std::string tenant_metrics(const ShardPosts& posts) {
  using Counts = std::unordered_map<std::string, std::uint64_t>;
  std::map<std::string, std::uint64_t> totals;
  for (const Counts& counts : ask_all_shards<Counts>(
           posts, [](NativeGateway& gateway) { return gateway.context().clients.by_tenant(); })) {
    for (const auto& [tenant, count] : counts) totals[tenant] += count;
  }
  std::vector<std::pair<std::uint64_t, std::string>> largest;
  largest.reserve(totals.size());
  for (const auto& [tenant, count] : totals) largest.emplace_back(count, tenant);
  std::ranges::sort(largest, std::greater<>());
  MetricPage page;
  const auto tell = [&](std::string tenant, std::uint64_t count) {
    page.gauge("millrace_tenant_connections", "Clients that are connected, by tenant", count,
               {{"tenant", std::move(tenant)}});
  };
  std::uint64_t others = 0;
  for (std::size_t i = 0; i < largest.size(); ++i) {
    if (i < kTenantsTold) {
      tell(largest[i].second, largest[i].first);
    } else {
      others += largest[i].first;
    }
  }
  if (others > 0) tell("(other)", others);
  return page.text();
}

}  // namespace app
