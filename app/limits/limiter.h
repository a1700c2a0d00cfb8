// Limiter: whether a message, a join or a connection is within the limits of LimitOptions.
//
// Each shard has one; what shards must agree on (users, tenants, addresses) is in LimitTables,
// which they share. Threads: the shard's own, but refused(), which any may ask. What is refused by
// one limit takes nothing from the others; for the moment between, a shared bucket may look emptier
// to another shard than it is. Tenants and addresses come as engine::hash_name() of them, users as
// that of tenant and user together. No allocation, no lock.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>

#include "app/config/gateway_limits.h"
#include "app/limits/bucket.h"
#include "app/limits/fair_shares.h"
#include "app/limits/limit_kind.h"
#include "app/limits/limit_options.h"
#include "app/limits/pace.h"
#include "app/limits/shared_buckets.h"
#include "base/counter.h"
#include "base/time.h"

namespace app {

// What all shards share; made before them, outlives them.
struct LimitTables {
  SharedBuckets user_messages{kUserSlots};
  SharedBuckets tenant_messages{kTenantSlots};
  SharedBuckets tenant_connections{kTenantSlots};
  SharedBuckets address_connections{kAddressSlots};
  FairShares total_messages{};
};

// A connection's own; part of its session.
struct ConnectionBuckets {
  Bucket messages{};
  Bucket bytes{};
  Bucket joins{};
  Bucket errors{};
};

struct LimitVerdict {
  bool allowed = true;
  LimitKind limit{};      // Which one refused it; unset when allowed.
  base::Duration wait{};  // When it would be allowed; for retryAfter and Retry-After.
};

class Limiter {
 public:
  Limiter(const LimitOptions& options, LimitTables& tables);

  // After a reload. Buckets keep what was taken from them.
  void set_options(const LimitOptions& options);

  LimitVerdict check_message(ConnectionBuckets& connection, bool is_guest, std::uint64_t user_hash,
                             std::uint64_t tenant_hash, std::uint64_t bytes, base::Instant now);
  LimitVerdict check_join(ConnectionBuckets& connection, base::Instant now);
  // Another error event for this client. When refused, close it with 1008.
  LimitVerdict check_error(ConnectionBuckets& connection, base::Instant now);
  // A hash of 0 is left out: the address is asked before its token is looked at, the tenant once
  // that was read. What the tenant's limit refuses then has counted for the address.
  LimitVerdict check_connection(std::uint64_t address_hash, std::uint64_t tenant_hash,
                                base::Instant now);

  std::uint64_t refused(LimitKind kind) const noexcept {
    return refused_[static_cast<std::size_t>(kind)].value();
  }

 private:
  LimitVerdict refuse(LimitKind kind, base::Duration wait) noexcept;
  LimitVerdict check_shared(std::uint64_t user_hash, std::uint64_t tenant_hash, base::Instant now);
  double weight_of(std::uint64_t tenant_hash) const;

  LimitTables& tables_;
  bool enabled_ = true;
  Pace guest_messages_, connection_messages_, connection_bytes_, connection_joins_;
  Pace connection_errors_, user_messages_, tenant_messages_, tenant_connections_;
  Pace address_connections_;
  Rate total_messages_;
  std::unordered_map<std::uint64_t, double> tenant_weights_;
  std::array<base::Counter, kLimitKindCount> refused_;
};

}  // namespace app
