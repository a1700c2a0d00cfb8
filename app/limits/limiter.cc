#include "app/limits/limiter.h"

#include "engine/room/name_index.h"

namespace app {

namespace {

constexpr base::Duration kGranted{};

Rate per_minute(std::uint32_t count) noexcept {
  return {.per_second = count / 60.0, .burst = static_cast<double>(count)};
}

}  // namespace

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
  tenant_messages_ = Pace::of(options.tenant_messages);
  tenant_connections_ = Pace::of(options.tenant_connections);
  address_connections_ = Pace::of(options.address_connections);
  total_messages_ = options.total_messages;
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

// The connection's own buckets are asked first and taken from last: they are cheap, and a flood
// ends there without touching what the shards share.
LimitVerdict Limiter::check_message(ConnectionBuckets& connection, bool is_guest,
                                    std::uint64_t user_hash, std::uint64_t tenant_hash,
                                    std::uint64_t bytes, base::Instant now) {
  if (!enabled_) return {};
  const auto amount = static_cast<double>(bytes);
  const Pace& messages = is_guest ? guest_messages_ : connection_messages_;
  if (const auto wait = connection.messages.wait(messages, 1, now); wait != kGranted) {
    return refuse(is_guest ? LimitKind::guest_messages : LimitKind::connection_messages, wait);
  }
  if (const auto wait = connection.bytes.wait(connection_bytes_, amount, now); wait != kGranted) {
    return refuse(LimitKind::connection_bytes, wait);
  }
  const LimitVerdict shared = check_shared(user_hash, tenant_hash, now);
  if (!shared.allowed) return shared;
  connection.messages.take(messages, 1, now);
  connection.bytes.take(connection_bytes_, amount, now);
  return {};
}

LimitVerdict Limiter::check_shared(std::uint64_t user_hash, std::uint64_t tenant_hash,
                                   base::Instant now) {
  if (const auto wait = tables_.user_messages.take(user_hash, user_messages_, 1, now);
      wait != kGranted) {
    return refuse(LimitKind::user_messages, wait);
  }
  if (const auto wait = tables_.tenant_messages.take(tenant_hash, tenant_messages_, 1, now);
      wait != kGranted) {
    tables_.user_messages.give_back(user_hash, user_messages_, 1);
    return refuse(LimitKind::tenant_messages, wait);
  }
  const auto wait =
      tables_.total_messages.take(tenant_hash, weight_of(tenant_hash), total_messages_, now);
  if (wait != kGranted) {
    tables_.user_messages.give_back(user_hash, user_messages_, 1);
    tables_.tenant_messages.give_back(tenant_hash, tenant_messages_, 1);
    return refuse(LimitKind::total_messages, wait);
  }
  return {};
}

LimitVerdict Limiter::check_join(ConnectionBuckets& connection, base::Instant now) {
  if (!enabled_) return {};
  if (const auto wait = connection.joins.wait(connection_joins_, 1, now); wait != kGranted) {
    return refuse(LimitKind::connection_joins, wait);
  }
  connection.joins.take(connection_joins_, 1, now);
  return {};
}

LimitVerdict Limiter::check_error(ConnectionBuckets& connection, base::Instant now) {
  if (!enabled_) return {};
  if (const auto wait = connection.errors.wait(connection_errors_, 1, now); wait != kGranted) {
    return refuse(LimitKind::connection_errors, wait);
  }
  connection.errors.take(connection_errors_, 1, now);
  return {};
}

LimitVerdict Limiter::check_connection(std::uint64_t address_hash, std::uint64_t tenant_hash,
                                       base::Instant now) {
  if (!enabled_) return {};
  if (address_hash != 0) {
    const auto wait = tables_.address_connections.take(address_hash, address_connections_, 1, now);
    if (wait != kGranted) return refuse(LimitKind::address_connections, wait);
  }
  if (tenant_hash != 0) {
    const auto wait = tables_.tenant_connections.take(tenant_hash, tenant_connections_, 1, now);
    if (wait != kGranted) {
      if (address_hash != 0) {
        tables_.address_connections.give_back(address_hash, address_connections_, 1);
      }
      return refuse(LimitKind::tenant_connections, wait);
    }
  }
  return {};
}

}  // namespace app
