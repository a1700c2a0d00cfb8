#include "app/admin/client_listing.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/admin/shard_questions.h"
#include "app/clients/connection_id.h"
#include "app/rooms/place_cursor.h"
#include "app/rooms/room_names.h"
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

bool is_in_room(NativeContext& context, const Client& client, const std::string& room) {
  std::string& name = context.room_name;
  set_engine_name(name, room, client.grants->tenant);
  const engine::RoomHandle handle = context.rooms.find(name);
  return handle && context.rooms.is_member(client.session, handle);
}

bool fits(NativeContext& context, const Client& client, const ConnectionFilter& filter) {
  if (client.state == ClientState::asking) return false;
  if (!filter.tenant.empty() && client.grants->tenant != filter.tenant) return false;
  if (!filter.user.empty() && client.user != filter.user) return false;
  return filter.room.empty() || is_in_room(context, client, filter.room);
}

struct Found {
  std::vector<ConnectionEntry> entries{};
  std::uint32_t next_place = 0;
  bool more = false;
};

Found find_by_place(NativeContext& context, const ConnectionFilter& filter, std::uint32_t place,
                    std::size_t most) {
  Found found;
  std::uint32_t looked_at = 0;
  for (; place < context.clients.touched(); ++place) {
    if (found.entries.size() == most || looked_at++ == kClientsLookedAt) {
      found.more = true;
      break;
    }
    const Client* client = context.clients.find(context.clients.handle_at(place));
    if (client == nullptr || !fits(context, *client, filter)) continue;
    found.entries.push_back(describe_client(context, *client));
  }
  found.next_place = place;
  return found;
}

// By what waits for them, then by how long a ping took.
using Slowness = std::pair<std::uint64_t, std::uint32_t>;

bool slower(const ConnectionEntry& one, const ConnectionEntry& other) {
  return std::pair(one.pending_bytes, one.rtt_ms) > std::pair(other.pending_bytes, other.rtt_ms);
}

std::vector<ConnectionEntry> find_slowest(NativeContext& context, const ConnectionFilter& filter) {
  std::vector<std::pair<Slowness, ClientHandle>> slowest;
  const std::uint32_t end = std::min(context.clients.touched(), kClientsLookedAt);
  for (std::uint32_t place = 0; place < end; ++place) {
    const ClientHandle handle = context.clients.handle_at(place);
    const Client* client = context.clients.find(handle);
    if (client == nullptr || !fits(context, *client, filter)) continue;
    const Slowness slowness{context.sessions.queued_cost(client->session.slot),
                            client->round_trip_us};
    slowest.emplace_back(slowness, handle);
  }
  const std::size_t most = std::min<std::size_t>(filter.limit, slowest.size());
  std::partial_sort(slowest.begin(), slowest.begin() + static_cast<std::ptrdiff_t>(most),
                    slowest.end(),
                    [](const auto& one, const auto& other) { return one.first > other.first; });
  std::vector<ConnectionEntry> entries;
  for (std::size_t i = 0; i < most; ++i) {
    entries.push_back(describe_client(context, *context.clients.find(slowest[i].second)));
  }
  return entries;
}

ConnectionPage list_slowest(const ShardPosts& posts, const ConnectionFilter& filter) {
  using Entries = std::vector<ConnectionEntry>;
  const std::vector<Entries> all = ask_all_shards<Entries>(
      posts, [filter](NativeGateway& gateway) { return find_slowest(gateway.context(), filter); });
  ConnectionPage page{.complete = all.size() == posts.shards()};
  for (const Entries& entries : all) {
    page.connections.insert(page.connections.end(), entries.begin(), entries.end());
  }
  std::ranges::sort(page.connections, slower);
  if (page.connections.size() > filter.limit) page.connections.resize(filter.limit);
  return page;
}

// Of those that are looked at for such a target.
bool is_meant(NativeContext& context, const Client& client, const Target& target) {
  if (client.state != ClientState::present) return false;
  const std::string& tenant = client.grants->tenant;
  switch (target.kind) {
    case TargetKind::tenant:
      return tenant == target.tenant;
    case TargetKind::room:
      return tenant == target.tenant && is_in_room(context, client, target.name);
    case TargetKind::connection:
    case TargetKind::user:
    case TargetKind::everybody:
      break;
  }
  return true;
}

// Calls visit(client) for each that the target is about. A single one is not searched for among
// all, for there may be many.
template <typename Visit>
void for_meant(NativeContext& context, const Target& target, Visit&& visit) {
  const auto look = [&](ClientHandle, Client& client) {
    if (is_meant(context, client, target)) visit(client);
  };
  if (target.kind == TargetKind::connection) {
    const auto id = parse_connection_id(target.name);
    if (!id || id->shard != context.shard.number()) return;
    if (Client* client = context.client_of(id->session); client != nullptr) look({}, *client);
  } else if (target.kind == TargetKind::user) {
    context.clients.for_user(target.tenant, target.name, look);
  } else {
    context.clients.for_each(look);
  }
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
  ConnectionPage page;
  PlaceCursor cursor = PlaceCursor::parse(filter.cursor);
  for (; cursor.shard < posts.shards(); cursor = {cursor.shard + 1, 0}) {
    const std::size_t left = filter.limit - page.connections.size();
    auto found = ask_shard<Found>(
        posts, cursor.shard, [=](NativeGateway& gateway, const Telling<Found>& tell) {
          tell(find_by_place(gateway.context(), filter, cursor.place, left));
        });
    page.complete = page.complete && found.has_value();
    if (!found) continue;
    page.connections.insert(page.connections.end(), found->entries.begin(), found->entries.end());
    if (!found->more) continue;
    page.next = PlaceCursor{cursor.shard, found->next_place}.text();
    break;
  }
  return page;
}

std::uint64_t disconnect_clients(NativeGateway& gateway, const Disconnection& disconnection) {
  NativeContext& context = gateway.context();
  std::uint64_t count = 0;
  std::string data = R"({"reason":)";
  append_json_string(data, disconnection.reason);
  data += R"(,"reconnectAfter":)";
  if (disconnection.reconnect_after_ms < 0) {
    data += "null}";
  } else {
    append_json_number(data, static_cast<std::uint64_t>(disconnection.reconnect_after_ms));
    data += '}';
  }
  for_meant(context, disconnection.target, [&](Client& client) {
    context.tell(client, "server:disconnect", data);
    client.state = ClientState::leaving;
    context.sessions.close(client.session, static_cast<protocol::CloseCode>(disconnection.code),
                           disconnection.reason.substr(0, base::kCloseReasonBytesMax));
    ++count;
  });
  return count;
}

std::uint64_t end_revoked(NativeGateway& gateway, const Revocation& revocation,
                          std::int64_t issued_before) {
  NativeContext& context = gateway.context();
  std::uint64_t count = 0;
  const auto end = [&](Client& client) {
    context.counters.revoked.add();
    context.end(client, ErrorCode::auth_failed, "the token has been revoked");
    ++count;
  };
  if (!revocation.token_id.empty()) {
    for_meant(context, {.kind = TargetKind::everybody}, [&](Client& client) {
      if (client.token_id == revocation.token_id) end(client);
    });
  } else {
    const Target user{
        .kind = TargetKind::user, .tenant = revocation.tenant, .name = revocation.user};
    for_meant(context, user, [&](Client& client) {
      if (client.issued_at < issued_before) end(client);
    });
  }
  return count;
}

std::string tenant_metrics(const ShardPosts& posts) {
  using Counts = std::unordered_map<std::string, std::uint64_t>;
  std::map<std::string, std::uint64_t> totals;
  for (const Counts& counts : ask_all_shards<Counts>(
           posts, [](NativeGateway& gateway) { return gateway.context().clients.by_tenant(); })) {
    for (const auto& [tenant, count] : counts) totals[tenant] += count;
  }
  std::vector<std::pair<std::uint64_t, std::string>> largest;
  for (const auto& [tenant, count] : totals) largest.emplace_back(count, tenant);
  std::ranges::sort(largest, std::greater<>());
  prometheus::MetricFamily family{"millrace_tenant_connections",
                                  "Clients that are connected, by tenant",
                                  prometheus::MetricType::Gauge,
                                  {}};
  const auto tell = [&](std::string tenant, std::uint64_t count) {
    prometheus::ClientMetric metric;
    metric.label = {{"tenant", std::move(tenant)}};
    metric.gauge.value = static_cast<double>(count);
    family.metric.push_back(std::move(metric));
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
  return prometheus::TextSerializer().Serialize({family});
}

}  // namespace app
