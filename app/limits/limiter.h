// Limiter: whether a message, a join or a connection is within the limits of LimitOptions.
//
// Each shard has one; what shards must agree on (users, tenants, addresses) is in LimitTables,
// which they share. Threads: the shard's own, but refused(), which any may ask. What is refused by
// one limit takes nothing from the others; for the moment between, a shared bucket may look emptier
// to another shard than it is. Tenants come as engine::hash_name() of them, users as that of tenant
// and user together, addresses as address_key(). No allocation, no lock.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <unordered_map>

#include "app/gateway_limits.h"
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
  SharedBuckets user_bytes{kUserSlots};
  SharedBuckets user_joins{kUserSlots};
  SharedBuckets tenant_messages{kTenantSlots};
  SharedBuckets tenant_bytes{kTenantSlots};
  SharedBuckets tenant_joins{kTenantSlots};
  SharedBuckets tenant_connections{kTenantSlots};
  SharedBuckets address_messages{kAddressSlots};
  SharedBuckets address_connections{kAddressSlots};
  SharedBuckets address_handshakes{kAddressSlots};
  FairShares total_messages{};

  // Keys that lost a bucket before it was full again, or their share, because a table was full.
  std::uint64_t takeovers() const noexcept;
};

// A connection's own; part of its session.
struct ConnectionBuckets {
  Bucket messages{};
  Bucket bytes{};
  Bucket joins{};
  Bucket errors{};
};

// Whose buckets a message or a join is taken from. Of what is 0 nothing is known: it is left out.
struct LimitOwners {
  std::uint64_t user = 0;
  std::uint64_t tenant = 0;
  std::uint64_t address = 0;
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

  LimitVerdict check_message(ConnectionBuckets& connection, bool is_guest,
                             const LimitOwners& owners, std::uint64_t bytes, base::Instant now);
  // Whether check_message() wants the address, which must be worked out first.
  bool limits_address_messages() const noexcept { return address_messages_.limits(); }
  LimitVerdict check_join(ConnectionBuckets& connection, const LimitOwners& owners,
                          base::Instant now);
  // Another error event for this client. When refused, close it with 1008.
  LimitVerdict check_error(ConnectionBuckets& connection, base::Instant now);
  // Before the token is checked, which costs most.
  LimitVerdict check_handshake(std::uint64_t address_key, base::Instant now);
  // Once the token has said whose it is. An address that is not known, key 0, is left out.
  LimitVerdict check_connection(std::uint64_t address_key, std::uint64_t tenant_hash,
                                base::Instant now);

  std::uint64_t refused(LimitKind kind) const noexcept {
    return refused_[static_cast<std::size_t>(kind)].value();
  }

 private:
  // Of one bucket that shards share.
  struct Share {
    LimitKind kind;
    SharedBuckets& buckets;
    const Pace& pace;
    std::uint64_t key;
    double amount = 1;
  };

  LimitVerdict refuse(LimitKind kind, base::Duration wait) noexcept;
  // All of them, or nothing.
  LimitVerdict take(std::span<const Share> shares, base::Instant now);
  static void give_back(std::span<const Share> shares) noexcept;
  LimitVerdict check_shared(const LimitOwners& owners, double bytes, base::Instant now);
  LimitVerdict check_seldom_limited(const LimitOwners& owners, double bytes, base::Instant now);
  double weight_of(std::uint64_t tenant_hash) const;

  LimitTables& tables_;
  bool enabled_ = true;
  bool limits_seldom_limited_ = false;  // Whether check_seldom_limited() may refuse anything.
  Pace guest_messages_, connection_messages_, connection_bytes_, connection_joins_;
  Pace connection_errors_, user_messages_, user_bytes_, user_joins_;
  Pace tenant_messages_, tenant_bytes_, tenant_joins_, tenant_connections_;
  Pace address_messages_, address_connections_, address_handshakes_;
  Rate total_messages_;
  std::unordered_map<std::uint64_t, double> tenant_weights_;
  std::array<base::Counter, kLimitKindCount> refused_;
};

}  // namespace app
