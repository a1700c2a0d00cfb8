#include "app/auth/auth_service.h"

#include <algorithm>
#include <utility>

#include "app/service/service_clock.h"
#include "base/json_text.h"
#include "base/log.h"

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
      breaker_(pace.breaker),
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
  if (counts_.waiting >= kAuthQueueMost) return AuthFailure::overloaded;
  auto flight = flights_.find(token);
  if (flight == flights_.end()) {
    const std::optional<CircuitBreaker::Pass> pass = breaker_.enter(steady_now());
    if (!pass) return answer_while_down(token, 1);
    flight = flights_.emplace(token, Flight{.pass = *pass}).first;
    ++counts_.service_calls;
    must_call = true;
  }
  ++counts_.waiting;
  flight->second.answers.push_back(std::move(answer));
  return std::nullopt;
}

HttpCall AuthService::call_for(std::string_view token) const {
  HttpCall call{.method = "POST",
                .url = options_.service_url,
                .headers = {"Content-Type: application/json", "Accept: application/json"},
                .timeout = options_.service_timeout,
                .answer_bytes_max = kAuthAnswerBytesMax};
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
  AuthResult result;
  Flight flight;
  CircuitBreaker::State before{};
  CircuitBreaker::State after{};
  {
    const std::lock_guard lock(mutex_);
    flight = std::move(flights_.extract(token).mapped());
    counts_.waiting -= flight.answers.size();
    before = breaker_.state();
    result = conclude(token, flight, answer, verdict);
    after = breaker_.state();
  }
  if (before == CircuitBreaker::State::closed && after == CircuitBreaker::State::open) {
    base::log_warn("the auth service fails, and is left alone for a while: {}", verdict.failure);
  }
  if (before == CircuitBreaker::State::half_open && after == CircuitBreaker::State::closed) {
    base::log_info("the auth service answers again");
  }
  for (const Answer& one : flight.answers) one(result);
}

AuthResult AuthService::conclude(const TokenDigest& token, const Flight& flight,
                                 const HttpAnswer& answer, ServiceVerdict& verdict) {
  // Not of the service's making.
  if (answer.outcome == HttpOutcome::overloaded || answer.outcome == HttpOutcome::ended) {
    breaker_.abandoned(flight.pass);
    const bool ended = answer.outcome == HttpOutcome::ended;
    return ended ? AuthFailure::unavailable : AuthFailure::overloaded;
  }
  switch (verdict.kind) {
    case ServiceVerdict::Kind::admitted:
      breaker_.succeeded(flight.pass);
      return admit(token, std::move(verdict.identity));
    case ServiceVerdict::Kind::refused:
      breaker_.succeeded(flight.pass);
      cache_.forget(token);
      refused_.put(token, steady_now());
      return AuthFailure::refused;
    case ServiceVerdict::Kind::failed:
      break;
  }
  ++counts_.service_failures;
  breaker_.failed(flight.pass, steady_now());
  return answer_while_down(token, flight.answers.size());
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
  counts.breaker_open = breaker_.state() != CircuitBreaker::State::closed;
  return counts;
}

}  // namespace app
