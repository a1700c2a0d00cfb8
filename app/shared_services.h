// SharedServices: what all shards of the gateway share: who may come, what was taken, what time it
// is, and how each reaches the others.
//
// Made before the shards and outlives them. Threads: any; each part says how for itself.
#pragma once

#include <cstdint>

#include "app/auth/authenticator.h"
#include "app/auth/failed_attempts.h"
#include "app/auth/revocations.h"
#include "app/auth/role_changes.h"
#include "app/config/options.h"
#include "app/limits/limiter.h"
#include "app/native/policy_board.h"
#include "app/shard_posts.h"
#include "app/telemetry/log_sampling.h"
#include "app/telemetry/wall_clock.h"

namespace app {

struct SharedServices {
  // `seed`: random, another in each life of the process.
  SharedServices(const Options& options, std::uint64_t seed)
      : failed_attempts(options.auth.failures_per_minute, seed),
        log_sampling({.one_connection_in = options.log_sample}),
        epoch(seed) {}

  ShardPosts posts{};
  PolicyBoard policies{};  // Empty until the first reload.
  LimitTables limit_tables{};
  FailedAttempts failed_attempts;
  Revocations revocations{};
  RoleChanges role_changes{};
  WallClock clock{};
  LogSampling log_sampling;
  std::uint64_t epoch;  // See engine::RoomOptions.
};

}  // namespace app
