#include "app/limits/limiter.h"

#include "engine/room/name_index.h"

namespace app {

namespace {

constexpr base::Duration kGranted{};

Rate per_minute(std::uint32_t count) noexcept {
  return {.per_second = count / 60.0, .burst = static_cast<double>(count)};
}

}  // namespace

std::uint64_t LimitTables::takeovers() const noexcept {
  std::uint64_t sum = total_messages.takeovers();
  for (const SharedBuckets* buckets :
       {&user_messages, &user_bytes, &user_joins, &tenant_messages, &tenant_bytes, &tenant_joins,
        &tenant_connections, &address_messages, &address_connections, &address_handshakes}) {
    sum += buckets->takeovers();
  }
  return sum;
}

Limiter::Limiter(const LimitOptions& options, LimitTables& tables) : tables_(tables) {
  set_options(options);
}

void Limiter::set_options(const LimitOptions& options) {
  enabled_ = options.enabled;
  guest_messages_ = Pace::of(options.guest_messages);
  connection_messages_ = Pace::of(options.connection_messages);
  connection_bytes_ = Pace::of(options.connection_bytes);
  connection_joins_ = Pace::of(options.connection_joins);
  connection_errors_ = Pace::of(per_minute(options.errors_per_minute));
  user_messages_ = Pace::of(options.user_messages);
  user_bytes_ = Pace::of(options.user_bytes);
  user_joins_ = Pace::of(options.user_joins);
  tenant_messages_ = Pace::of(options.tenant_messages);
  tenant_bytes_ = Pace::of(options.tenant_bytes);
  tenant_joins_ = Pace::of(options.tenant_joins);
  tenant_connections_ = Pace::of(options.tenant_connections);
  address_messages_ = Pace::of(options.address_messages);
  address_connections_ = Pace::of(options.address_connections);
  address_handshakes_ = Pace::of(options.address_handshakes);
  total_messages_ = options.total_messages;
  limits_seldom_limited_ = user_bytes_.limits() || tenant_messages_.limits() ||
                           tenant_bytes_.limits() || address_messages_.limits() ||
                           total_messages_.per_second > 0;
  tenant_weights_.clear();
  for (const auto& [tenant, weight] : options.tenant_weights) {
    tenant_weights_[engine::hash_name(tenant)] = weight;
  }
}

LimitVerdict Limiter::refuse(LimitKind kind, base::Duration wait) noexcept {
  refused_[static_cast<std::size_t>(kind)].add();
  return {.allowed = false, .limit = kind, .wait = wait};
}

double Limiter::weight_of(std::uint64_t tenant_hash) const {
  const auto found = tenant_weights_.find(tenant_hash);
  return found == tenant_weights_.end() ? 1.0 : found->second;
}

LimitVerdict Limiter::take(std::span<const Share> shares, base::Instant now) {
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const Share& share = shares[i];
    if (share.key == 0) continue;
    const auto wait = share.buckets.take(share.key, share.pace, share.amount, now);
    if (wait == kGranted) continue;
    give_back(shares.first(i));
    return refuse(share.kind, wait);
  }
  return {};
}

void Limiter::give_back(std::span<const Share> shares) noexcept {
  for (const Share& share : shares) {
    if (share.key != 0) share.buckets.give_back(share.key, share.pace, share.amount);
  }
}

// The connection's own buckets are asked first and taken from last: they are cheap, and a flood
// ends there without touching what the shards share.
LimitVerdict Limiter::check_message(ConnectionBuckets& connection, bool is_guest,
                                    const LimitOwners& owners, std::uint64_t bytes,
                                    base::Instant now) {
  if (!enabled_) return {};
  const auto amount = static_cast<double>(bytes);
  const Pace& messages = is_guest ? guest_messages_ : connection_messages_;
  if (const auto wait = connection.messages.wait(messages, 1, now); wait != kGranted) {
    return refuse(is_guest ? LimitKind::guest_messages : LimitKind::connection_messages, wait);
  }
  if (const auto wait = connection.bytes.wait(connection_bytes_, amount, now); wait != kGranted) {
    return refuse(LimitKind::connection_bytes, wait);
  }
  const LimitVerdict shared = check_shared(owners, amount, now);
  if (!shared.allowed) return shared;
  connection.messages.take(messages, 1, now);
  connection.bytes.take(connection_bytes_, amount, now);
  return {};
}

// Each message pays for this: what nobody has switched on is one question together.
LimitVerdict Limiter::check_shared(const LimitOwners& owners, double bytes, base::Instant now) {
  if (const auto wait = tables_.user_messages.take(owners.user, user_messages_, 1, now);
      wait != kGranted) {
    return refuse(LimitKind::user_messages, wait);
  }
  if (!limits_seldom_limited_) [[likely]]
    return {};
  const LimitVerdict verdict = check_seldom_limited(owners, bytes, now);
  if (!verdict.allowed) tables_.user_messages.give_back(owners.user, user_messages_, 1);
  return verdict;
}

LimitVerdict Limiter::check_seldom_limited(const LimitOwners& owners, double bytes,
                                           base::Instant now) {
  const Share shares[] = {
      {LimitKind::address_messages, tables_.address_messages, address_messages_, owners.address},
      {LimitKind::user_bytes, tables_.user_bytes, user_bytes_, owners.user, bytes},
      {LimitKind::tenant_messages, tables_.tenant_messages, tenant_messages_, owners.tenant},
      {LimitKind::tenant_bytes, tables_.tenant_bytes, tenant_bytes_, owners.tenant, bytes}};
  const LimitVerdict verdict = take(shares, now);
  if (!verdict.allowed) return verdict;
  const auto wait =
      tables_.total_messages.take(owners.tenant, weight_of(owners.tenant), total_messages_, now);
  if (wait == kGranted) return {};
  give_back(shares);
  return refuse(LimitKind::total_messages, wait);
}

LimitVerdict Limiter::check_join(ConnectionBuckets& connection, const LimitOwners& owners,
                                 base::Instant now) {
  if (!enabled_) return {};
  if (const auto wait = connection.joins.wait(connection_joins_, 1, now); wait != kGranted) {
    return refuse(LimitKind::connection_joins, wait);
  }
  const Share shares[] = {
      {LimitKind::user_joins, tables_.user_joins, user_joins_, owners.user},
      {LimitKind::tenant_joins, tables_.tenant_joins, tenant_joins_, owners.tenant}};
  const LimitVerdict shared = take(shares, now);
  if (shared.allowed) connection.joins.take(connection_joins_, 1, now);
  return shared;
}

LimitVerdict Limiter::check_error(ConnectionBuckets& connection, base::Instant now) {
  if (!enabled_) return {};
  if (const auto wait = connection.errors.wait(connection_errors_, 1, now); wait != kGranted) {
    return refuse(LimitKind::connection_errors, wait);
  }
  connection.errors.take(connection_errors_, 1, now);
  return {};
}

LimitVerdict Limiter::check_handshake(std::uint64_t address_key, base::Instant now) {
  if (!enabled_) return {};
  const Share shares[] = {{LimitKind::address_handshakes, tables_.address_handshakes,
                           address_handshakes_, address_key}};
  return take(shares, now);
}

LimitVerdict Limiter::check_connection(std::uint64_t address_key, std::uint64_t tenant_hash,
                                       base::Instant now) {
  if (!enabled_) return {};
  const Share shares[] = {{LimitKind::address_connections, tables_.address_connections,
                           address_connections_, address_key},
                          {LimitKind::tenant_connections, tables_.tenant_connections,
                           tenant_connections_, tenant_hash}};
  return take(shares, now);
}

}  // namespace app
