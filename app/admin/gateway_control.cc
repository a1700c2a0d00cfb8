#include "app/admin/gateway_control.h"

#include <utility>

#include "app/admin/client_listing.h"
#include "app/admin/room_listing.h"
#include "app/admin/server_publishing.h"
#include "app/admin/shard_questions.h"
#include "app/native/native_gateway.h"
#include "app/rooms/history_page.h"
#include "app/rooms/room_names.h"
#include "app/service/service_clock.h"
#include "app/telemetry/authenticator_metrics.h"
#include "app/telemetry/authority_metrics.h"
#include "app/telemetry/metric_page.h"
#include "base/check.h"
#include "engine/room/home_directory.h"
#include "engine/room/name_index.h"

namespace app {

namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;

// The rules of the calls (app/admin/field_rules.h) have refused every other name.
void check_open_room(std::string_view room) { CHECK(is_room_name(room) && !is_reserved(room)); }

}  // namespace

GatewayControl::GatewayControl(SharedServices& services, const Pages& pages,
                               std::shared_ptr<const Policy> policy)
    : services_(services),
      pages_(pages),
      has_tenant_rooms_(policy->options->room_settings.tenant_room),
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

base::Result<ChangedConnections> GatewayControl::change(const BulkChangeOn& change_on) {
  return change_connections(services_.posts, bulk_changes_, change_on);
}

base::Result<ChangedConnections> GatewayControl::subscribe(const std::string& tenant,
                                                           const std::string& user,
                                                           const std::string& room) {
  check_open_room(room);
  const RoomChange joining{tenant, user, room, &RoomEvents::subscribe};
  return change([=](NativeGateway& gateway) { return changing_rooms(gateway, joining); });
}

base::Result<ChangedConnections> GatewayControl::unsubscribe(const std::string& tenant,
                                                             const std::string& user,
                                                             const std::string& room) {
  check_open_room(room);
  const RoomChange leaving{tenant, user, room, &RoomEvents::unsubscribe};
  return change([=](NativeGateway& gateway) { return changing_rooms(gateway, leaving); });
}

base::Result<ChangedConnections> GatewayControl::disconnect(const Disconnection& disconnection) {
  const Target& target = disconnection.target;
  CHECK(target.kind != TargetKind::room || is_room_name(target.name));
  return change([=](NativeGateway& gateway) { return disconnecting(gateway, disconnection); });
}

// First it is in force for whoever comes, then for those who are there: nobody slips between. Where
// those cannot be ended it is not in force for anybody.
base::Result<ChangedConnections> GatewayControl::revoke(const Revocation& revocation) {
  const std::int64_t now = unix_now();
  const std::int64_t until = revocation.until > 0 ? revocation.until : now + kSecondsPerDay;
  // What was issued within this second is barred, too: it cannot be told from what was before.
  const std::int64_t issued_before = now + 1;
  return change_connections(
      services_.posts, bulk_changes_,
      [=](NativeGateway& gateway) { return ending_revoked(gateway, revocation, issued_before); },
      [&] {
        return revocation.token_id.empty()
                   ? services_.revocations.revoke_user(revocation.tenant, revocation.user,
                                                       issued_before, until)
                   : services_.revocations.revoke_token(revocation.token_id, until);
      });
}

// In the same order; and it holds for the tokens of before for as long as a revocation does.
base::Result<ChangedConnections> GatewayControl::change_roles(const RoleChange& role_change) {
  const std::int64_t now = unix_now();
  return change_connections(
      services_.posts, bulk_changes_,
      [=](NativeGateway& gateway) { return changing_roles(gateway, role_change); },
      [&] {
        return services_.role_changes.set(role_change.tenant, role_change.user,
                                          {.roles = role_change.roles,
                                           .permissions = role_change.permissions,
                                           .at = now,
                                           .until = now + kSecondsPerDay});
      });
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

// ---- Metrics ------------------------------------------------------------------------------------

// Those of the shards, which anybody may have, and what only the server API tells.
std::string GatewayControl::metrics_text() {
  const std::shared_ptr<const Policy> current = policy();
  const RoomAuthorityCounts access =
      current->authority == nullptr ? RoomAuthorityCounts{} : current->authority->counts();
  return pages_.metrics().text() + tenant_metrics(services_.posts) + own_metrics() +
         authenticator_metrics(current->authenticator->counts()) + authority_metrics(access);
}

std::string GatewayControl::own_metrics() const {
  MetricPage page;
  page.counter("millrace_admin_key_failures_total",
               "Calls of the server API without a key that is valid",
               refused(AdminRefusal::no_valid_key));
  page.counter("millrace_admin_throttled_total",
               "Calls of the server API that got 429, because their address had shown too many "
               "wrong keys",
               refused(AdminRefusal::address_closed_out));
  page.counter("millrace_admin_connections_refused_total",
               "Connections to the server API that were refused, because all its threads were "
               "busy and too many waited",
               refused(AdminRefusal::all_threads_busy));
  page.counter("millrace_admin_bulk_changes_refused_total",
               "Calls of the server API that were to change connections and were refused, because "
               "too many such changes were under way",
               bulk_changes_->refused.load(std::memory_order_relaxed));
  const KeptCounts revoked = services_.revocations.counts();
  const KeptCounts changed = services_.role_changes.counts();
  page.gauge("millrace_auth_revocations", "Revoked tokens and users that are kept",
             revoked.entries);
  page.gauge("millrace_auth_role_changes", "Users whose changed roles are kept", changed.entries);
  page.counter("millrace_auth_changes_refused_total",
               "Revocations and changes of roles that were refused, because too many are kept",
               revoked.refused + changed.refused);
  page.counter("millrace_limit_takeovers_total",
               "Users, tenants and addresses that were forgotten by a limit while it counted what "
               "they do, because its table was full: they begin anew",
               services_.limit_tables.takeovers());
  return page.text();
}

std::shared_ptr<const Policy> GatewayControl::policy() {
  const std::lock_guard lock(mutex_);
  return policy_;
}

}  // namespace app
