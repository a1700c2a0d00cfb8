// EarlyRefusals: the answer to connections that come while there is no budget for them: a 503 that
// was written beforehand, sent without reading a request.
//
// The texts differ in Retry-After, which whoever begins one chooses, so that a crowd that was
// refused at once does not come back at once. Threads: the shard's own. Bound: kEarlyRefusalsMost
// under way, which whoever begins one asks full() about.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/limits.h"

namespace engine {

class EarlyRefusals {
 public:
  EarlyRefusals();

  bool full() const noexcept { return under_way_ >= base::kEarlyRefusalsMost; }
  // Few enough to take more after a rest.
  bool few() const noexcept { return under_way_ < base::kEarlyRefusalsMost / 2; }
  // One more is under way: its text. `retry_after`: in seconds, 1 to kRetryAfterSecondsMost.
  std::string_view begin(std::uint32_t retry_after) noexcept {
    CHECK(retry_after - 1 < texts_.size());
    ++under_way_;
    return texts_[retry_after - 1];
  }
  void end() noexcept { --under_way_; }

  bool resting = false;  // Accepting rests because there were too many.

 private:
  std::array<std::string, base::kRetryAfterSecondsMost> texts_;
  std::uint32_t under_way_ = 0;
};

}  // namespace engine
