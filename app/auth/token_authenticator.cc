#include "app/auth/token_authenticator.h"

#include <utility>

#include "app/service/service_clock.h"
#include "base/check.h"

namespace app {

TokenAuthenticator::TokenAuthenticator(const AuthOptions& options, KeySet keys,
                                       const JwksPace& pace)
    : options_(options), keys_(std::move(keys)) {
  CHECK(!keys_.empty() || !options_.jwks_url.empty());
  if (!options_.jwks_url.empty()) source_ = std::make_unique<JwksSource>(options_, pace);
  for (std::uint32_t i = 0; i < options_.threads; ++i) {
    threads_.push_back(
        std::make_unique<ServiceThread>("auth-" + std::to_string(i), [this] { run(); }));
  }
}

TokenAuthenticator::~TokenAuthenticator() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    came_.notify_all();
  }
  threads_.clear();
  // After the threads that use it. Puts back what waits for keys.
  source_.reset();
  std::unique_lock lock(mutex_);
  while (!questions_.empty()) {
    const Question question = questions_.pop_front();
    lock.unlock();
    answer(question, AuthFailure::unavailable);
    lock.lock();
  }
}

void TokenAuthenticator::ask(std::string token, Answer answer) {
  AuthFailure refusal = AuthFailure::none;
  if (token.empty()) refusal = AuthFailure::missing;
  // Here already, so that what waits is bounded in bytes too.
  if (token.size() > kTokenBytesMax) refusal = AuthFailure::malformed;
  {
    const std::lock_guard lock(mutex_);
    ++asked_;
    if (refusal == AuthFailure::none && ending_) refusal = AuthFailure::unavailable;
    if (refusal == AuthFailure::none && waiting_ >= kAuthQueueMost) {
      refusal = AuthFailure::overloaded;
    }
    if (refusal == AuthFailure::none) {
      ++waiting_;
      questions_.push_back(
          {.token = std::move(token), .answer = std::move(answer), .queued = steady_now()});
      came_.notify_one();
      return;
    }
  }
  answer(refusal);
}

void TokenAuthenticator::run() {
  Check check;
  while (std::optional<Question> question = next()) {
    renew(check);
    handle(*std::move(question), check);
  }
}

std::optional<TokenAuthenticator::Question> TokenAuthenticator::next() {
  std::unique_lock lock(mutex_);
  came_.wait(lock, [this] { return ending_ || !questions_.empty(); });
  if (ending_) return std::nullopt;
  return questions_.pop_front();
}

void TokenAuthenticator::renew(Check& check) const {
  std::shared_ptr<const KeySet> fetched = source_ == nullptr ? nullptr : source_->keys();
  const bool is_new = fetched != check.fetched;
  if (check.verifier && !is_new) return;
  KeySet keys = keys_;
  if (fetched != nullptr) keys.add(*fetched);
  if (keys.empty()) return;
  check.fetched = std::move(fetched);
  check.verifier.emplace(options_.token, std::make_shared<const KeySet>(std::move(keys)));
}

void TokenAuthenticator::handle(Question question, const Check& check) {
  if (steady_now() - question.queued > options_.service_timeout) {
    return answer(question, AuthFailure::overloaded);
  }
  AuthResult result = AuthFailure::unavailable;
  if (check.verifier) result = check.verifier->verify(question.token, unix_now());
  if (const auto* failure = std::get_if<AuthFailure>(&result)) {
    if (wait_for_keys(question, *failure)) return;
    // Who knows whether it is unknown, while the issuer's keys have never been seen?
    const bool is_unsure = source_ != nullptr && check.fetched == nullptr;
    if (is_unsure && *failure == AuthFailure::unknown_key) result = AuthFailure::unavailable;
  }
  answer(question, std::move(result));
}

bool TokenAuthenticator::wait_for_keys(Question& question, AuthFailure failure) {
  if (source_ == nullptr || question.has_waited_for_keys) return false;
  JwksSource::Cause cause = JwksSource::Cause::no_keys;
  if (failure != AuthFailure::unavailable) {
    // Where the keys say which algorithms are allowed, a new key may bring a new one.
    const bool may_be_new =
        failure == AuthFailure::unknown_key ||
        (failure == AuthFailure::algorithm && options_.token.algorithms.empty());
    if (!may_be_new) return false;
    cause = JwksSource::Cause::unknown_key;
  }
  auto parked = std::make_shared<Question>(std::move(question));
  parked->has_waited_for_keys = true;
  if (source_->after_fetch(cause, [this, parked] { put_back(std::move(*parked)); })) return true;
  question = std::move(*parked);
  return false;
}

void TokenAuthenticator::put_back(Question question) {
  const std::lock_guard lock(mutex_);
  question.queued = steady_now();
  questions_.push_back(std::move(question));
  came_.notify_one();
}

void TokenAuthenticator::answer(const Question& question, AuthResult result) {
  {
    const std::lock_guard lock(mutex_);
    --waiting_;
  }
  question.answer(std::move(result));
}

AuthenticatorCounts TokenAuthenticator::counts() const {
  AuthenticatorCounts counts;
  if (source_ != nullptr) {
    const JwksCounts fetched = source_->counts();
    counts.jwks_refreshes = fetched.refreshes;
    counts.jwks_failures = fetched.failures;
  }
  const std::lock_guard lock(mutex_);
  counts.asked = asked_;
  counts.waiting = waiting_;
  return counts;
}

}  // namespace app
