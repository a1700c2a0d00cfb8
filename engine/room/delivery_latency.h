// DeliveryLatency: where the time of sampled messages goes, from their publisher to their members.
//
// One in kMessagesPerSample messages of a shard carries the time when it was published. Written by
// the shard's own thread, read by any; in nanoseconds, by octaves.
//
//   receive  from the turn's beginning until the message was looked at
//   route    from then until it was published, what its handler did included
//   ring     from its publisher's shard to its room's members' shard
//   queue    until all members there had it in their queues
//   write    until the turn that sent it was over
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "base/counter.h"

namespace engine {

struct DeliveryLatency {
  base::OctaveCounts receive;
  base::OctaveCounts route;
  base::OctaveCounts ring;
  base::OctaveCounts queue;
  base::OctaveCounts write;
};

inline constexpr std::array<std::pair<std::string_view, base::OctaveCounts DeliveryLatency::*>, 5>
    kLatencyStages{{{"receive", &DeliveryLatency::receive},
                    {"route", &DeliveryLatency::route},
                    {"ring", &DeliveryLatency::ring},
                    {"queue", &DeliveryLatency::queue},
                    {"write", &DeliveryLatency::write}}};

}  // namespace engine
