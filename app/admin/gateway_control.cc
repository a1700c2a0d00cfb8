#include "app/admin/gateway_control.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "app/admin/authenticator_metrics.h"
#include "app/admin/client_listing.h"
#include "app/admin/room_listing.h"
#include "app/admin/server_publishing.h"
#include "app/admin/shard_questions.h"
#include "app/clients/clients.h"
#include "app/native/native_gateway.h"
#include "app/rooms/history_page.h"
#include "app/rooms/room_names.h"
#include "app/service/service_clock.h"
#include "engine/room/home_directory.h"
#include "engine/room/name_index.h"

namespace app {

namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;

std::uint64_t sum(const std::vector<std::uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

base::Error not_a_room() { return {"a room's name is empty, too long, or has control characters"}; }

// Calls visit(gateway, handle) for each connection of a user here; visit may change anything.
template <typename Visit>
void for_connections(NativeGateway& gateway, const std::string& tenant, const std::string& user,
                     Visit&& visit) {
  std::vector<ClientHandle> handles;
  gateway.context().clients.for_user(
      tenant, user, [&](ClientHandle handle, const Client&) { handles.push_back(handle); });
  for (const ClientHandle handle : handles) visit(handle);
}

struct Membership {
  std::string tenant, user, room;
};

// With all connections of the user; returns how many were changed.
base::Result<std::uint64_t> change_membership(const ShardPosts& posts, Membership of,
                                              bool (RoomEvents::*change)(ClientHandle,
                                                                         std::string_view)) {
  if (!is_room_name(of.room) || is_reserved(of.room)) return not_a_room();
  return sum(ask_all_shards<std::uint64_t>(posts, [of, change](NativeGateway& gateway) {
    std::uint64_t changed = 0;
    for_connections(gateway, of.tenant, of.user, [&](ClientHandle handle) {
      changed += (gateway.room_events().*change)(handle, of.room) ? 1U : 0U;
    });
    return changed;
  }));
}

}  // namespace

GatewayControl::GatewayControl(SharedServices& services, const Pages& pages,
                               std::shared_ptr<const Policy> policy)
    : services_(services),
      pages_(pages),
      live_figures_(services.posts, pages),
      policy_(std::move(policy)) {}

void GatewayControl::set_policy(std::shared_ptr<const Policy> policy) {
  const std::lock_guard lock(mutex_);
  policy_ = std::move(policy);
}

base::Result<PublishOutcome> GatewayControl::publish(const ServerPublication& publication) {
  return publish_from_server(services_.posts, publication);
}

// ---- Users --------------------------------------------------------------------------------------

base::Result<std::uint64_t> GatewayControl::subscribe(const std::string& tenant,
                                                      const std::string& user,
                                                      const std::string& room) {
  return change_membership(services_.posts, {tenant, user, room}, &RoomEvents::subscribe);
}

base::Result<std::uint64_t> GatewayControl::unsubscribe(const std::string& tenant,
                                                        const std::string& user,
                                                        const std::string& room) {
  return change_membership(services_.posts, {tenant, user, room}, &RoomEvents::unsubscribe);
}

base::Result<std::uint64_t> GatewayControl::disconnect(const Disconnection& disconnection) {
  const Target& target = disconnection.target;
  if (target.kind == TargetKind::room && !is_room_name(target.name)) return not_a_room();
  return sum(ask_all_shards<std::uint64_t>(services_.posts, [=](NativeGateway& gateway) {
    return disconnect_clients(gateway, disconnection);
  }));
}

base::Result<std::uint64_t> GatewayControl::revoke(const Revocation& revocation) {
  const std::int64_t now = unix_now();
  const std::int64_t until = revocation.until > 0 ? revocation.until : now + kSecondsPerDay;
  // What was issued within this second is barred, too: it cannot be told from what was before.
  const std::int64_t issued_before = now + 1;
  const base::Status added = revocation.token_id.empty()
                                 ? services_.revocations.revoke_user(
                                       revocation.tenant, revocation.user, issued_before, until)
                                 : services_.revocations.revoke_token(revocation.token_id, until);
  if (!added.ok()) return added.error();
  return sum(ask_all_shards<std::uint64_t>(services_.posts, [=](NativeGateway& gateway) {
    return end_revoked(gateway, revocation, issued_before);
  }));
}

base::Result<std::uint64_t> GatewayControl::change_roles(const RoleChange& change) {
  return sum(ask_all_shards<std::uint64_t>(services_.posts, [=](NativeGateway& gateway) {
    std::uint64_t changed = 0;
    NativeContext& context = gateway.context();
    for_connections(gateway, change.tenant, change.user, [&](ClientHandle handle) {
      Client& client = *context.clients.find(handle);
      Grants grants = *client.grants;
      grants.roles = change.roles;
      grants.permissions = change.permissions;
      client.grants = context.grants.share(std::move(grants));
      gateway.room_events().grants_changed(handle);
      ++changed;
    });
    return changed;
  }));
}

// ---- Lists --------------------------------------------------------------------------------------

MemberPage GatewayControl::presence(const std::string& tenant, const std::string& room,
                                    const std::string& cursor, std::uint32_t limit) {
  std::string name;
  set_engine_name(name, room, tenant);
  auto page = ask_shard<MemberPage>(
      services_.posts, 0, [=](NativeGateway& gateway, const Telling<MemberPage>& tell) {
        const auto done = [tell](NativeGateway&, MemberPage found) { tell(std::move(found)); };
        static_cast<void>(gateway.presence().list(name, cursor, limit, done));
      });
  return page ? *std::move(page) : MemberPage{.complete = false};
}

HistoryPage GatewayControl::history(const std::string& tenant, const std::string& room,
                                    std::uint64_t after, std::uint32_t limit) {
  std::string name;
  set_engine_name(name, room, tenant);
  const std::uint32_t home = engine::HomeDirectory::home_of(name, services_.posts.shards());
  auto page = ask_shard<HistoryPage>(
      services_.posts, home, [=](NativeGateway& gateway, const Telling<HistoryPage>& tell) {
        tell(read_history(gateway.context().rooms, name, after, limit));
      });
  return page ? *std::move(page) : HistoryPage{.complete = false};
}

RoomPage GatewayControl::rooms(const std::string& tenant, const std::string& prefix,
                               const std::string& cursor, std::uint32_t limit) {
  return list_rooms(services_.posts, {tenant, prefix, cursor, limit});
}

ConnectionPage GatewayControl::connections(const ConnectionFilter& filter) {
  return list_connections(services_.posts, filter);
}

std::optional<ConnectionEntry> GatewayControl::connection(const std::string& id) {
  const auto parsed = parse_connection_id(id);
  if (!parsed || parsed->shard >= services_.posts.shards()) return std::nullopt;
  auto found = ask_shard<std::optional<ConnectionEntry>>(
      services_.posts, parsed->shard,
      [session = parsed->session](NativeGateway& gateway,
                                  const Telling<std::optional<ConnectionEntry>>& tell) {
        const Client* client = gateway.context().client_of(session);
        tell(client == nullptr ? std::nullopt
                               : std::optional(describe_client(gateway.context(), *client)));
      });
  return found ? *std::move(found) : std::nullopt;
}

std::string GatewayControl::metrics_text() {
  return pages_.metrics().text() + tenant_metrics(services_.posts) +
         authenticator_metrics(policy()->authenticator->counts());
}

std::shared_ptr<const Policy> GatewayControl::policy() {
  const std::lock_guard lock(mutex_);
  return policy_;
}

}  // namespace app
