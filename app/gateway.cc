#include "app/gateway.h"

#include <unistd.h>

#include <csignal>
#include <ctime>
#include <memory>
#include <string>

#include "app/gateway_shard.h"
#include "app/telemetry/pages.h"
#include "base/byte_text.h"
#include "base/duration_text.h"
#include "base/log.h"
#include "engine/shard/host_limits.h"
#include "engine/shard/shard_group.h"
#include "millrace_version.h"

namespace app {

namespace {

constexpr int kFailedToStart = 1;
constexpr int kInterrupted = 130;
constexpr long kEndPollNanoseconds = 20'000'000;

// Signals are taken by sigtimedwait() on the main thread alone; the shards inherit the mask.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

// The signal that came, or 0 after a short wait.
int wait_for_signal(const sigset_t& signals) {
  const timespec wait{.tv_sec = 0, .tv_nsec = kEndPollNanoseconds};
  const int signal = sigtimedwait(&signals, nullptr, &wait);
  return signal < 0 ? 0 : signal;
}

bool host_has_ipv6() { return access("/proc/net/if_inet6", F_OK) == 0; }

std::uint64_t fresh_seed() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'007U +
         static_cast<std::uint64_t>(now.tv_nsec) + static_cast<std::uint64_t>(getpid());
}

engine::ShardGroupOptions group_options(const Options& options) {
  engine::ShardGroupOptions group;
  group.shards = options.shards;
  group.cpus = options.cpus;
  group.listen = options.listen;
  group.park_after = options.park_after;
  group.driver.descriptors = engine::descriptors_per_shard(options.connections, options.shards);
  group.driver.receive_buffers = options.receive_buffers;
  group.driver.receive_buffer_bytes = options.receive_buffer_bytes;
  group.driver.seed = fresh_seed();
  return group;
}

void log_start(const Options& options, const engine::ShardGroup& group) {
  for (const engine::Address& address : group.bound()) {
    base::log_info("listening on {}", address.text());
  }
  base::log_info("millrace {} ({}): {} shards, {} connections, messages to {}, send queues to {}{}",
                 millrace::kVersion, millrace::kCommit, options.shards, options.connections,
                 base::format_byte_count(options.session.message_bytes_max),
                 base::format_byte_count(options.session.send_queue_bytes_max),
                 options.raw ? ", raw endpoints on" : "");
}

// Waits for the signal to go, then for the shards to end. Returns the exit status.
int wait_for_end(engine::ShardGroup& group, const Options& options, Pages& pages,
                 const sigset_t& signals) {
  bool draining = false;
  while (!group.ended()) {
    const int signal = wait_for_signal(signals);
    if (signal == 0) continue;
    if (draining && signal == SIGINT) {
      base::log_warn("interrupted again: ending now");
      group.stop();
      group.join();
      return kInterrupted;
    }
    if (draining) continue;
    draining = true;
    base::log_info("{}: draining {} connections within {}", signal == SIGINT ? "SIGINT" : "SIGTERM",
                   pages.connections(), base::format_duration(options.drain_grace));
    pages.set_draining();
    group.drain(options.drain_grace);
  }
  group.join();
  if (!draining) {
    base::log_error("the shards ended by themselves");
    return kFailedToStart;
  }
  base::log_info("drained; goodbye");
  return 0;
}

}  // namespace

base::Result<std::shared_ptr<const Policy>> make_policy(Options options) {
  auto origins = OriginList::make(options.auth.origins);
  if (!origins.ok()) return origins.error();
  auto authenticator = start_authenticator(options.auth);
  if (!authenticator.ok()) return authenticator.error();
  return std::make_shared<const Policy>(
      Policy{.options = std::make_shared<const Options>(std::move(options)),
             .authenticator = authenticator.take(),
             .origins = origins.take()});
}

int run_gateway(Options options) {
  base::configure_log(options.log_level, options.log_format);
  const sigset_t signals = block_signals();
  if (options.listen_is_default && !host_has_ipv6()) options.listen.pop_back();
  auto policy = make_policy(std::move(options));
  pages.set_gate(factory.gate());
  auto group = engine::ShardGroup::open(group_options(options), factory);
  if (!group.ok()) {
    base::log_error("{}", group.error().message);
    return kFailedToStart;
  }
  log_start(options, *group.value());
  if (const base::Status started = group.value()->start(); !started.ok()) {
    base::log_error("{}", started.error().message);
    return kFailedToStart;
  }
  return wait_for_end(*group.value(), options, pages, signals);
}

}  // namespace app
