// Due sends: an open loop's turn: what the schedule says is due by now goes out, each with the
// instant that it was intended for, its publishers taking turns.
//
// Pure but for what it is given; one shard's thread. Bound: kSendsPerTurn sends at a go.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "engine/reactor/turn_steps.h"
#include "loadgen/scenario.h"
#include "loadgen/schedule.h"

namespace loadgen {

// Messages that one turn sends of what is due; then it reads again.
inline constexpr std::uint32_t kSendsPerTurn = 1024;

// `publish(place, intended)` sends for the publisher at a place below `publishers`, whose next turn
// `turn` keeps, and says whether it could. What was intended before the stop is sent even after it,
// because to leave it out would flatter the server that held it up.
template <typename Publish>
engine::StepResult send_due(Schedule& schedule, const Stage& stage, std::size_t publishers,
                            std::uint32_t& turn, base::Instant now, Publish&& publish) {
  const base::Instant stop = stage.window.stop;
  for (std::uint32_t sends = 0; sends < kSendsPerTurn; ++sends) {
    const base::Instant intended = schedule.next();
    if (intended > now || intended >= stop) return engine::StepResult::done;
    schedule.advance();
    const std::uint32_t place = turn;
    turn = turn + 1 == publishers ? 0 : turn + 1;
    if (!publish(place, intended)) {
      ++stage.statistics.skipped;
    } else if (stage.window.measures(intended)) {
      stage.statistics.send_lag.record(static_cast<std::uint64_t>((now - intended).count()));
    }
  }
  return schedule.next() <= now ? engine::StepResult::more : engine::StepResult::done;
}

}  // namespace loadgen
