#include "app/auth/auth_service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "app/service/service_clock.h"
#include "base/json_text.h"

namespace app {

static_assert(kAuthQueueMost <= kUpstreamQueueMost, "a question that may wait may be sent");

namespace {

// Tokens are visible ASCII (RFC 6750, 2.1). Anything else is not worth asking about, and would
// not reach the service as it came.
AuthFailure mistake_of_token(std::string_view token) {
  if (token.empty()) return AuthFailure::missing;
  const bool visible = std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7f'; });
  return visible && token.size() <= kTokenBytesMax ? AuthFailure::none : AuthFailure::malformed;
}

}  // namespace

AuthService::AuthService(const AuthOptions& options, const AuthServicePace& pace)
    : options_(options),
      pace_(pace),
      when_down_(options.when_down),
      known_for_(options.known_for),
      refused_(kRefusedTokensMost),
      calls_(kAuthQueueMost, pace.breaker),
      client_({.thread_name = "auth-http", .connections_per_host = options.service_connections}) {}

void AuthService::ask(std::string token, Answer answer) {
  const AuthFailure mistake = mistake_of_token(token);
  const TokenDigest digest = hasher_.digest(token);
  std::optional<AuthResult> known;
  bool must_call = false;
  {
    const std::lock_guard lock(mutex_);
    ++counts_.asked;
    known = mistake == AuthFailure::none ? recall(digest) : AuthResult(mistake);
    if (!known) known = board(digest, answer, must_call);
  }
  if (known) return answer(std::move(*known));
  if (!must_call) return;
  client_.send(call_for(token), [this, digest](const HttpAnswer& said) { finish(digest, said); });
}

std::optional<AuthResult> AuthService::board(const TokenDigest& token, Answer& answer,
                                             bool& must_call) {
  switch (calls_.board(token, answer, steady_now())) {
    case Boarding::full:
      return AuthFailure::overloaded;
    case Boarding::left_alone:
      return answer_while_down(token, 1);
    case Boarding::must_call:
      ++counts_.service_calls;
      must_call = true;
      break;
    case Boarding::waits:
      break;
  }
  return std::nullopt;
}

HttpCall AuthService::call_for(std::string_view token) const {
  HttpCall call = json_post(options_.service_url, options_.service_timeout, kAuthAnswerBytesMax);
  call.body = R"({"token":")";
  base::append_json_escaped(call.body, token);
  call.body += "\"}";
  return call;
}

std::optional<AuthResult> AuthService::recall(const TokenDigest& token) {
  const base::Instant now = steady_now();
  const base::Instant* const refused = refused_.find(token);
  if (refused != nullptr && now - *refused < pace_.refused_for) {
    ++counts_.cache_hits;
    return AuthFailure::refused;
  }
  const Identity* const identity = cache_.find(token, options_.service_cache_for, now, unix_now());
  if (identity == nullptr) return std::nullopt;
  ++counts_.cache_hits;
  return *identity;
}

AuthResult AuthService::answer_while_down(const TokenDigest& token, std::size_t times) {
  if (when_down_ == WhenServiceIsDown::refuse) return AuthFailure::unavailable;
  const Identity* const identity = cache_.find(token, known_for_, steady_now(), unix_now());
  if (identity == nullptr) return AuthFailure::unavailable;
  counts_.admitted_while_down += times;
  return *identity;
}

void AuthService::finish(const TokenDigest& token, const HttpAnswer& answer) {
  ServiceVerdict verdict = read_service_answer(answer, options_.token);
  const ServiceHealth health =
      health_after(answer.outcome, verdict.kind == ServiceVerdict::Kind::failed);
  std::optional<AuthResult> result;
  decltype(calls_)::Landing landing;
  {
    const std::lock_guard lock(mutex_);
    landing = calls_.land(token, health, steady_now());
    result = conclude(token, landing.answers.size(), answer, verdict);
  }
  log_service_state("the auth service", landing.before, landing.after, verdict.failure);
  for (const Answer& one : landing.answers) one(*result);
}

AuthResult AuthService::conclude(const TokenDigest& token, std::size_t times,
                                 const HttpAnswer& answer, ServiceVerdict& verdict) {
  if (is_our_own(answer.outcome)) {
    const bool ended = answer.outcome == HttpOutcome::ended;
    return ended ? AuthFailure::unavailable : AuthFailure::overloaded;
  }
  switch (verdict.kind) {
    case ServiceVerdict::Kind::admitted:
      return admit(token, std::move(verdict.identity));
    case ServiceVerdict::Kind::refused:
      cache_.forget(token);
      refused_.put(token, steady_now());
      return AuthFailure::refused;
    case ServiceVerdict::Kind::failed:
      break;
  }
  ++counts_.service_failures;
  return answer_while_down(token, times);
}

AuthResult AuthService::admit(const TokenDigest& token, Identity identity) {
  if (identity.expires_at != 0 && identity.expires_at <= unix_now()) {
    cache_.forget(token);
    return AuthFailure::expired;
  }
  refused_.erase(token);
  cache_.confirm(token, identity, steady_now());
  return identity;
}

void AuthService::set_when_down(WhenServiceIsDown what, std::chrono::milliseconds known_for) {
  const std::lock_guard lock(mutex_);
  when_down_ = what;
  known_for_ = known_for;
}

AuthenticatorCounts AuthService::counts() const {
  const std::lock_guard lock(mutex_);
  AuthenticatorCounts counts = counts_;
  counts.waiting = calls_.waiting();
  counts.breaker_open = calls_.state() != CircuitBreaker::State::closed;
  return counts;
}

}  // namespace app
