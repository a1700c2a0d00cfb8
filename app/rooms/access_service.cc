#include "app/rooms/access_service.h"

#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "app/events/event_writer.h"
#include "app/gateway_limits.h"
#include "app/service/service_clock.h"

namespace app {

static_assert(kAccessQueueMost <= kUpstreamQueueMost, "a question that may wait may be sent");

namespace {

// No part has a control character: see Identity and is_room_name(). Grants are their hash, beside
// the user's name: only the sets of one user's own could be mistaken for each other.
std::string key_of(const AccessQuestion& question) {
  std::string key;
  key.reserve(question.grants->tenant.size() + question.user.size() + question.room.size() + 12);
  key.append(question.grants->tenant).append("\x01").append(question.user).append("\x01");
  key.append(question.room).append("\x01");
  key += static_cast<char>(question.operation);
  std::array<char, sizeof(question.grants->hash)> hash;
  std::memcpy(hash.data(), &question.grants->hash, hash.size());
  key.append(hash.data(), hash.size());
  return key;
}

void append_list(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, texts[i]);
  }
  out += ']';
}

}  // namespace

AccessService::AccessService(const AccessServiceOptions& options, const BreakerOptions& breaker)
    : options_(options),
      when_down_(options.when_down),
      known_for_(options.known_for),
      known_(kAccessCacheMost),
      calls_(kAccessQueueMost, breaker),
      client_({.thread_name = "access-http", .connections_per_host = options.connections}) {}

std::optional<bool> AccessService::recall(const AccessQuestion& question) {
  const std::string key = key_of(question);
  const base::Instant now = steady_now();
  const std::lock_guard lock(mutex_);
  const Known* known = find_known(key, now);
  if (known == nullptr) return std::nullopt;
  ++counts_.cache_hits;
  return known->allowed;
}

const AccessService::Known* AccessService::find_known(const std::string& key, base::Instant now) {
  const Known* known = known_.find(key);
  return known != nullptr && now - known->at < known->holds_for ? known : nullptr;
}

void AccessService::ask(const AccessQuestion& question, Answer answer) {
  const std::string key = key_of(question);
  std::optional<AccessAnswer> known;
  bool must_call = false;
  {
    const std::lock_guard lock(mutex_);
    ++counts_.asked;
    known = board(key, answer, must_call);
  }
  if (known) return answer(*known);
  if (!must_call) return;
  client_.send(call_for(question), [this, key](const HttpAnswer& said) { finish(key, said); });
}

std::optional<AccessAnswer> AccessService::board(const std::string& key, Answer& answer,
                                                 bool& must_call) {
  switch (calls_.board(key, answer, steady_now())) {
    case Boarding::full:
      ++counts_.overloaded;
      return AccessAnswer::unavailable;
    case Boarding::left_alone:
      return answer_while_down(key, 1);
    case Boarding::must_call:
      ++counts_.service_calls;
      must_call = true;
      break;
    case Boarding::waits:
      break;
  }
  return std::nullopt;
}

HttpCall AccessService::call_for(const AccessQuestion& question) const {
  HttpCall call = json_post(options_.url, options_.timeout, kAccessAnswerBytesMax);
  const auto add = [&](std::string_view field, std::string_view text) {
    call.body.append(field);
    append_json_string(call.body, text);
  };
  add(R"({"user":)", question.user);
  add(R"(,"tenant":)", question.grants->tenant);
  add(R"(,"type":)", name(question.grants->type));
  call.body += R"(,"roles":)";
  append_list(call.body, question.grants->roles);
  call.body += R"(,"permissions":)";
  append_list(call.body, question.grants->permissions);
  add(R"(,"room":)", question.room);
  add(R"(,"operation":)", name(question.operation));
  call.body += '}';
  return call;
}

AccessAnswer AccessService::answer_while_down(const std::string& key, std::size_t times) {
  if (when_down_ == WhenServiceIsDown::refuse) return AccessAnswer::unavailable;
  const Known* known = known_.find(key);
  if (known == nullptr || steady_now() - known->at >= known_for_) {
    return AccessAnswer::unavailable;
  }
  if (!known->allowed) return AccessAnswer::denied;
  counts_.allowed_while_down += times;
  return AccessAnswer::allowed;
}

void AccessService::finish(const std::string& key, const HttpAnswer& answer) {
  const AccessWord word = read_access_word(answer);
  const ServiceHealth health = health_after(answer.outcome, word.failed);
  AccessAnswer result{};
  decltype(calls_)::Landing landing;
  {
    const std::lock_guard lock(mutex_);
    landing = calls_.land(key, health, steady_now());
    result = conclude(key, landing.answers.size(), answer, word);
  }
  log_service_state("the access service", landing.before, landing.after, word.failure);
  for (const Answer& one : landing.answers) one(result);
}

AccessAnswer AccessService::conclude(const std::string& key, std::size_t times,
                                     const HttpAnswer& answer, const AccessWord& word) {
  if (is_our_own(answer.outcome)) {
    ++counts_.overloaded;
    return AccessAnswer::unavailable;
  }
  if (word.failed) {
    ++counts_.service_failures;
    if (answer.outcome == HttpOutcome::timed_out) ++counts_.timeouts;
    return answer_while_down(key, times);
  }
  known_.put(key, {.allowed = word.allowed,
                   .at = steady_now(),
                   .holds_for = word.holds_for.value_or(options_.cache_for)});
  return word.allowed ? AccessAnswer::allowed : AccessAnswer::denied;
}

void AccessService::set_when_down(WhenServiceIsDown what, std::chrono::milliseconds known_for) {
  const std::lock_guard lock(mutex_);
  when_down_ = what;
  known_for_ = known_for;
}

RoomAuthorityCounts AccessService::counts() const {
  const std::lock_guard lock(mutex_);
  RoomAuthorityCounts counts = counts_;
  counts.waiting = calls_.waiting();
  counts.breaker_open = calls_.state() != CircuitBreaker::State::closed;
  return counts;
}

}  // namespace app
