#include "app/auth/jwks_source.h"

#include <algorithm>
#include <utility>

#include "app/service/service_clock.h"
#include "base/log.h"

namespace app {

namespace {

// Of the interval: as much sooner or later may a fetch be.
constexpr double kJitter = 0.1;
constexpr std::uint32_t kDoublingsMost = 16;
constexpr int kFound = 200;

std::string failure_of(const HttpAnswer& answer) {
  if (answer.outcome != HttpOutcome::ok) return std::string(name(answer.outcome));
  return "answered " + std::to_string(answer.status);
}

}  // namespace

JwksSource::JwksSource(const AuthOptions& options, const JwksPace& pace)
    : url_(options.jwks_url),
      timeout_(options.service_timeout),
      refresh_(options.jwks_refresh),
      pace_(pace),
      prng_(static_cast<std::uint64_t>(steady_now().time_since_epoch().count())),
      client_({.thread_name = "auth-http", .connections_per_host = 1}),
      thread_("auth-jwks", [this] { run(); }) {}

JwksSource::~JwksSource() {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  changed_.notify_all();
}

std::shared_ptr<const KeySet> JwksSource::keys() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

JwksCounts JwksSource::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

bool JwksSource::after_fetch(Cause cause, std::function<void()> then) {
  const std::lock_guard lock(mutex_);
  if (ending_) return false;
  if (!fetch_wanted_) {
    const base::Instant now = steady_now();
    const bool too_soon = unknown_key_at_ && now - *unknown_key_at_ < pace_.unknown_key_pause;
    if (cause == Cause::no_keys || too_soon) return false;
    unknown_key_at_ = now;
    fetch_wanted_ = true;
    changed_.notify_all();
  }
  waiting_.push_back(std::move(then));
  return true;
}

void JwksSource::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    fetch(lock);
    fetch_wanted_ = false;
    std::vector<std::function<void()>> waiting;
    waiting.swap(waiting_);
    lock.unlock();
    for (const std::function<void()>& then : waiting) then();
    lock.lock();
    changed_.wait_for(lock, pause_before_next(), [this] { return ending_ || fetch_wanted_; });
    fetch_wanted_ = true;
  }
  lock.unlock();
  // Nobody is added any more.
  for (const std::function<void()>& then : waiting_) then();
}

void JwksSource::fetch(std::unique_lock<std::mutex>& lock) {
  arrived_.reset();
  lock.unlock();
  client_.send({.url = url_,
                .headers = {"Accept: application/jwk-set+json, application/json"},
                .timeout = timeout_,
                .answer_bytes_max = kKeySetBytesMax},
               [this](HttpAnswer answer) {
                 const std::lock_guard arriving(mutex_);
                 arrived_ = std::move(answer);
                 changed_.notify_all();
               });
  lock.lock();
  changed_.wait(lock, [this] { return ending_ || arrived_.has_value(); });
  if (arrived_) take(*arrived_);
}

void JwksSource::take(const HttpAnswer& answer) {
  std::string failure = "answered without keys";
  if (answer.outcome != HttpOutcome::ok || answer.status != kFound) {
    failure = failure_of(answer);
  } else if (base::Result<KeySet> keys = KeySet::from_jwks(answer.body); !keys.ok()) {
    failure = keys.error().message;
  } else if (!keys.value().empty()) {
    ++counts_.refreshes;
    if (failures_in_a_row_ > 0) base::log_info("keys come from {} again", url_);
    failures_in_a_row_ = 0;
    keys_ = std::make_shared<const KeySet>(keys.take());
    return;
  }
  ++counts_.failures;
  if (++failures_in_a_row_ == 1) {
    base::log_warn("no keys from {}: {}; {}", url_, failure,
                   keys_ == nullptr ? "there are none yet" : "the last ones stay");
  }
}

base::Duration JwksSource::pause_before_next() {
  base::Duration pause = refresh_;
  if (failures_in_a_row_ > 0) {
    const std::uint32_t doublings = std::min(failures_in_a_row_ - 1, kDoublingsMost);
    const base::Duration retry = pace_.retry_first * (std::uint64_t{1} << doublings);
    pause = std::min({refresh_, base::Duration{kJwksRetryMost}, retry});
  }
  const double factor = 1 - kJitter + 2 * kJitter * prng_.unit();
  return std::chrono::duration_cast<base::Duration>(pause * factor);
}

}  // namespace app
