#include "app/admin/bulk_changes.h"

#include <utility>

#include "app/admin/shard_questions.h"
#include "app/clients/client_context.h"
#include "app/clients/connection_id.h"
#include "app/gateway_limits.h"

namespace app {

namespace {

std::vector<ClientHandle> connections_of(NativeContext& context, const std::string& tenant,
                                         const std::string& user) {
  std::vector<ClientHandle> handles;
  context.clients.for_user(tenant, user,
                           [&](ClientHandle handle, const Client&) { handles.push_back(handle); });
  return handles;
}

std::vector<ClientHandle> connection_of(NativeContext& context, const std::string& name) {
  const auto id = parse_connection_id(name);
  if (!id || id->shard != context.shard.number()) return {};
  if (context.client_of(id->session) == nullptr) return {};
  return {as_client(context.sessions.context(id->session))};
}

// A single one is not searched for among all, for there may be many.
std::optional<std::vector<ClientHandle>> list_of(NativeContext& context, const Target& target) {
  switch (target.kind) {
    case TargetKind::connection:
      return connection_of(context, target.name);
    case TargetKind::user:
      return connections_of(context, target.tenant, target.name);
    case TargetKind::tenant:
    case TargetKind::room:
    case TargetKind::everybody:
      break;
  }
  return std::nullopt;
}

// Of those that list_of() leaves to be looked at.
bool is_meant(NativeContext& context, const Client& client, const Target& target) {
  if (target.kind != TargetKind::tenant && target.kind != TargetKind::room) return true;
  if (client.grants->tenant != target.tenant) return false;
  return target.kind == TargetKind::tenant || context.is_in_room(client, target.name);
}

std::string last_word(const Disconnection& disconnection) {
  std::string data = R"({"reason":)";
  append_json_string(data, disconnection.reason);
  data += R"(,"reconnectAfter":)";
  if (disconnection.reconnect_after_ms < 0) {
    data += "null}";
  } else {
    append_json_number(data, static_cast<std::uint64_t>(disconnection.reconnect_after_ms));
    data += '}';
  }
  return data;
}

// One call's sweeps, of all shards; lives until the last of them has ended.
class Sweeping {
 public:
  explicit Sweeping(SharedBulkCounts counts) : counts_(std::move(counts)) {}
  Sweeping(const Sweeping&) = delete;
  Sweeping& operator=(const Sweeping&) = delete;
  ~Sweeping() { counts_->under_way.fetch_sub(1, std::memory_order_relaxed); }

  void add() noexcept { changed_.fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t changed() const noexcept { return changed_.load(std::memory_order_relaxed); }

 private:
  SharedBulkCounts counts_;
  std::atomic<std::uint64_t> changed_{0};
};

ClientSweep sweep_of(BulkChange bulk, const std::shared_ptr<Sweeping>& sweeping,
                     std::shared_ptr<std::promise<bool>> done) {
  return {.only = std::move(bulk.only),
          .visit = [change = std::move(bulk.change), sweeping](ClientHandle handle,
                                                               Client& client) -> std::uint32_t {
            if (!change(handle, client)) return 1;
            sweeping->add();
            return kSweepChangeCost;
          },
          .done = [sweeping, done = std::move(done)] { done->set_value(true); }};
}

}  // namespace

BulkChange disconnecting(NativeGateway& gateway, const Disconnection& disconnection) {
  NativeContext& context = gateway.context();
  return {.only = list_of(context, disconnection.target),
          .change = [&context, disconnection, data = last_word(disconnection)](ClientHandle,
                                                                               Client& client) {
            if (!is_meant(context, client, disconnection.target)) return false;
            context.tell(client, "server:disconnect", data);
            client.state = ClientState::leaving;
            context.sessions.close(client.session,
                                   static_cast<protocol::CloseCode>(disconnection.code),
                                   disconnection.reason.substr(0, base::kCloseReasonBytesMax));
            return true;
          }};
}

BulkChange ending_revoked(NativeGateway& gateway, const Revocation& revocation,
                          std::int64_t issued_before) {
  NativeContext& context = gateway.context();
  BulkChange bulk{
      .change = [&context, id = revocation.token_id, issued_before](ClientHandle, Client& client) {
        if (id.empty() ? client.issued_at >= issued_before : client.token_id != id) return false;
        context.counters.revoked.add();
        context.end(client, ErrorCode::auth_failed, "the token has been revoked");
        return true;
      }};
  if (revocation.token_id.empty()) {
    bulk.only = connections_of(context, revocation.tenant, revocation.user);
  }
  return bulk;
}

BulkChange changing_roles(NativeGateway& gateway, const RoleChange& change) {
  NativeContext& context = gateway.context();
  return {.only = connections_of(context, change.tenant, change.user),
          .change = [&gateway, &context, change](ClientHandle handle, Client& client) {
            Grants grants = *client.grants;
            grants.roles = change.roles;
            grants.permissions = change.permissions;
            client.grants = context.grants.share(std::move(grants));
            gateway.room_events().grants_changed(handle);
            return true;
          }};
}

BulkChange changing_rooms(NativeGateway& gateway, const RoomChange& change) {
  return {.only = connections_of(gateway.context(), change.tenant, change.user),
          .change = [&gateway, change](ClientHandle handle, Client&) {
            return (gateway.room_events().*change.change)(handle, change.room);
          }};
}

base::Result<ChangedConnections> change_connections(const ShardPosts& posts,
                                                    const SharedBulkCounts& counts,
                                                    const BulkChangeOn& change_on,
                                                    const std::function<base::Status()>& before) {
  if (counts->under_way.fetch_add(1, std::memory_order_relaxed) >= kSweepsMost) {
    counts->under_way.fetch_sub(1, std::memory_order_relaxed);
    counts->refused.fetch_add(1, std::memory_order_relaxed);
    return base::Error{"too many changes of connections are under way"};
  }
  const auto sweeping = std::make_shared<Sweeping>(counts);
  if (const base::Status prepared = before(); !prepared.ok()) return prepared.error();
  const std::vector<bool> done = ask_all_shards<bool>(
      posts, Asked::surely,
      [change_on, sweeping](NativeGateway& gateway, std::shared_ptr<std::promise<bool>> promise) {
        gateway.sweeps().begin(sweep_of(change_on(gateway), sweeping, std::move(promise)));
      });
  return ChangedConnections{.complete = done.size() == posts.shards(),
                            .connections = sweeping->changed()};
}

}  // namespace app
