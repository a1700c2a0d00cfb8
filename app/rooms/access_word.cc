#include "app/rooms/access_word.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/gateway_limits.h"

namespace app {

namespace {

using nlohmann::json;

constexpr int kFound = 200;

AccessWord failed(std::string text) { return {.failure = std::move(text)}; }

}  // namespace

AccessWord read_access_word(const HttpAnswer& answer) {
  if (answer.outcome != HttpOutcome::ok) return failed(std::string(name(answer.outcome)));
  if (answer.status != kFound) return failed("answered " + std::to_string(answer.status));
  const json root = json::parse(answer.body, nullptr, false);
  if (!root.is_object()) return failed("answered with what is no JSON object");
  const auto allowed = root.find("allowed");
  if (allowed == root.end() || !allowed->is_boolean()) {
    return failed("answered without allowed, true or false");
  }
  AccessWord word{.failed = false, .allowed = allowed->get<bool>()};
  const auto ttl = root.find("ttl");
  if (ttl == root.end() || ttl->is_null()) return word;
  const double seconds = ttl->is_number() ? ttl->get<double>() : -1;
  if (!(seconds >= 0)) return failed("answered with a ttl that is no number of seconds");
  const double most = std::chrono::duration<double>(kAccessTtlMost).count();
  word.holds_for = std::chrono::duration_cast<base::Duration>(
      std::chrono::duration<double>(std::min(seconds, most)));
  return word;
}

}  // namespace app
