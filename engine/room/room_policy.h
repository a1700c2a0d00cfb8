// RoomPolicy: what a room does for a member that reads more slowly than the room speaks.
//
// A pure function of the room's name, less its tag, by the operator's rules, so that all shards
// agree on it without a word. PolicyTable holds the rules: a pattern is a name, or a beginning of
// names when it ends with '*'; the first that fits decides. Asked when a room is made on a shard,
// never per message. Threads: any, it does not change once the shards run. Bound: kPolicyRulesMost
// rules.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace engine {

enum class RoomPolicy : std::uint8_t {
  reliable,   // Bounded waiting, then 1013 with the last number delivered. Nothing is left out.
  latest,     // Past the watermark only the newest value of each key is kept for the member.
  ephemeral,  // Past the watermark messages are dropped for the member.
};

class PolicyTable {
 public:
  // "PATTERN=POLICY"; an error says what is wrong with it.
  base::Status add(std::string_view rule);
  RoomPolicy of(std::string_view name) const noexcept;

 private:
  struct Rule {
    std::string beginning;
    bool whole_name;
    RoomPolicy policy;
  };

  std::vector<Rule> rules_;
};

std::string_view name(RoomPolicy policy) noexcept;

}  // namespace engine
