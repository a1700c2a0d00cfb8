#include "app/gateway.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/admin/admin_server.h"
#include "app/admin/gateway_control.h"
#include "app/config/reload.h"
#include "app/gateway_shard.h"
#include "app/service/service_clock.h"
#include "app/shared_services.h"
#include "app/telemetry/pages.h"
#include "app/telemetry/service_notifier.h"
#include "app/telemetry/shard_watch.h"
#include "base/byte_text.h"
#include "base/duration_text.h"
#include "base/log.h"
#include "base/log_thread.h"
#include "engine/shard/host_limits.h"
#include "engine/shard/shard_group.h"
#include "millrace_version.h"

namespace app {

namespace {

constexpr int kFailedToStart = 1;
constexpr int kInterrupted = 130;
constexpr long kEndPollNanoseconds = 20'000'000;
constexpr base::Duration kLeftOutEvery = std::chrono::seconds{1};

// Signals are taken by sigtimedwait() on the main thread alone; all others inherit the mask.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
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

// The whole of a running gateway, on the main thread.
class Gateway {
 public:
  Gateway(std::shared_ptr<const Policy> policy, Reread reread)
      : services_(*policy->options, fresh_seed()),
        policy_(std::move(policy)),
        reread_(std::move(reread)),
        pages_(policy_->options->raw),
        factory_(policy_, services_, pages_),
        control_(services_, pages_, policy_) {
    keep_time();
    pages_.set_gate(factory_.gate());
  }
  ~Gateway() { services_.posts.end(); }
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  base::Status start();
  // Waits for the signal to go, then for the shards to end. Returns the exit status.
  int wait_for_end(const sigset_t& signals);

 private:
  void keep_time() { services_.clock.set(steady_now(), unix_ms_now()); }
  void keep_watch();
  void tell_left_out();
  void reload();
  void take_over(const Options& fresh);
  void drop_retired();
  void drain(int signal);
  std::string status_text() const;

  SharedServices services_;
  // Its Authenticator answers what waits as it ends, last of all: to nobody, but through services_.
  std::shared_ptr<const Policy> policy_;
  std::vector<std::shared_ptr<const Policy>> retired_;  // That a shard may still have.
  Reread reread_;
  Pages pages_;
  GatewayShardFactory factory_;
  std::unique_ptr<engine::ShardGroup> group_;
  GatewayControl control_;
  std::unique_ptr<AdminServer> admin_;
  ServiceNotifier notifier_;
  std::unique_ptr<ShardWatch> watch_;
  base::Instant tell_at_{};
  bool draining_ = false;
};

base::Status Gateway::start() {
  const Options& options = *policy_->options;
  auto group = engine::ShardGroup::open(group_options(options), factory_);
  if (!group.ok()) return group.error();
  group_ = group.take();
  watch_ = std::make_unique<ShardWatch>(services_.posts);
  if (!options.admin.listen.empty()) {
    admin_ = std::make_unique<AdminServer>(options.admin, control_);
    if (base::Status started = admin_->start(); !started.ok()) return started;
    base::log_info("server API on {} (port {})", options.admin.listen, admin_->port());
  }
  log_start(options, *group_);
  if (base::Status started = group_->start(); !started.ok()) return started;
  control_.set_ready(true);
  notifier_.ready(status_text());
  return {};
}

std::string Gateway::status_text() const {
  return fmt::format("{} connections on {} shards", pages_.connections(), policy_->options->shards);
}

// Only shards that turn keep the service manager content.
void Gateway::keep_watch() {
  if (notifier_.watchdog_period() == base::Duration::zero()) return;
  if (watch_->look(steady_now(), notifier_.watchdog_period() / 4)) {
    notifier_.ping();
    notifier_.status(status_text());
  }
}

// What the log leaves out is told within a second, whether or not a line of its kind follows.
void Gateway::tell_left_out() {
  const base::Instant now = steady_now();
  if (now < tell_at_) return;
  tell_at_ = now + kLeftOutEvery;
  for (std::size_t index = 0; index < kLogKindCount; ++index) {
    const auto kind = static_cast<LogKind>(index);
    const std::uint64_t lines = services_.log_sampling.take_suppressed(kind);
    if (lines == 0) continue;
    base::log_fields(base::LogLevel::warn, {{"kind", name(kind)}}, "{} lines were left out", lines);
  }
}

void Gateway::drain(int signal) {
  const Options& options = *policy_->options;
  draining_ = true;
  base::log_info("{}: draining {} connections within {}", signal == SIGINT ? "SIGINT" : "SIGTERM",
                 pages_.connections(), base::format_duration(options.drain_grace));
  control_.set_ready(false);
  pages_.set_draining();
  notifier_.stopping(options.drain_grace);
  group_->drain(options.drain_grace);
}

int Gateway::wait_for_end(const sigset_t& signals) {
  while (!group_->ended()) {
    const int signal = wait_for_signal(signals);
    keep_time();
    keep_watch();
    drop_retired();
    tell_left_out();
    if (signal == 0) continue;
    if (draining_ && signal == SIGINT) {
      base::log_warn("interrupted again: ending now");
      group_->stop();
      group_->join();
      return kInterrupted;
    }
    if (draining_) continue;
    if (signal == SIGHUP) {
      reload();
    } else {
      drain(signal);
    }
  }
  group_->join();
  if (admin_ != nullptr) admin_->stop();
  if (!draining_) {
    base::log_error("the shards ended by themselves");
    return kFailedToStart;
  }
  base::log_info("drained; goodbye");
  return 0;
}

// A configuration that is wrong, in whatever part, changes nothing.
void Gateway::reload() {
  notifier_.reloading();
  auto fresh = reread_();
  if (const auto* goodbye = std::get_if<Goodbye>(&fresh)) {
    base::log_error("reload: nothing was changed: {}", goodbye->text);
  } else {
    take_over(std::get<Options>(fresh));
  }
  notifier_.ready(status_text());
}

void Gateway::take_over(const Options& fresh) {
  Options next = *policy_->options;
  const ReloadPlan plan = plan_reload(next, fresh);
  apply_reload(next, fresh);
  auto made = make_policy(std::move(next), policy_.get());
  if (!made.ok()) {
    base::log_error("reload: nothing was changed: {}", made.error().message);
    return;
  }
  retired_.push_back(std::exchange(policy_, made.take()));
  base::configure_log(policy_->options->log_level, policy_->options->log_format);
  services_.log_sampling.set_one_connection_in(policy_->options->log_sample);
  control_.set_policy(policy_);
  services_.failed_attempts.set_per_minute(policy_->options->auth.failures_per_minute);
  services_.policies.put(policy_);
  services_.posts.wake_all();
  for (const std::string& name : plan.now) base::log_info("reload: {} is in force", name);
  for (const std::string& name : plan.at_restart) {
    base::log_warn("reload: {} takes effect at the next start", name);
  }
  if (plan.now.empty() && plan.at_restart.empty()) base::log_info("reload: nothing has changed");
}

// An old policy's services wait for their threads as they end, which no shard may: so we are the
// last who have it. What it was asked it still answers.
void Gateway::drop_retired() {
  std::erase_if(retired_,
                [](const auto& policy) { return policy.use_count() == 1 && policy->is_quiet(); });
}

}  // namespace

int run_gateway(Options options, Reread reread) {
  base::configure_log(options.log_level, options.log_format);
  const sigset_t signals = block_signals();
  const base::LogThread log_thread;  // Shards log too, and wait for nobody.
  if (options.listen_is_default && !host_has_ipv6()) options.listen.pop_back();
  auto policy = make_policy(std::move(options));
  if (!policy.ok()) {
    base::log_error("{}", policy.error().message);
    return kFailedToStart;
  }
  Gateway gateway(policy.take(), std::move(reread));
  if (const base::Status started = gateway.start(); !started.ok()) {
    base::log_error("{}", started.error().message);
    return kFailedToStart;
  }
  return gateway.wait_for_end(signals);
}

}  // namespace app
