// AccessWord: what the access service's answer to a question means.
//
//   200 {"allowed": true | false, "ttl"?: seconds}     its word, and how long it holds
//   anything else                                      failed: down, or not to be believed
//
// Pure, any thread. Bounds: kAccessTtlMost, past which a word holds no longer than that, and
// kAccessAnswerBytesMax, which the call keeps.
#pragma once

#include <optional>
#include <string>

#include "app/upstream/http_call.h"
#include "base/time.h"

namespace app {

struct AccessWord {
  bool failed = true;
  bool allowed = false;                       // Unless it failed.
  std::optional<base::Duration> holds_for{};  // Nothing: as long as is configured.
  std::string failure{};                      // For the log.
};

AccessWord read_access_word(const HttpAnswer& answer);

}  // namespace app
