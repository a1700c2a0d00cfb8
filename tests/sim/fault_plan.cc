#include "tests/sim/fault_plan.h"

#include <cstdio>

namespace sim {

namespace {

struct Profile {
  std::string_view name;
  double most;  // The highest probability per opportunity at which runs still get anywhere.
};

// In the order of Fault.
constexpr std::array<Profile, kFaultCount> kProfiles{{
    {"receive_split", 0.8},     {"receive_late", 0.3},    {"receive_ends", 0.3},
    {"buffers_withheld", 0.2},  {"send_short", 0.2},      {"send_late", 0.3},
    {"connection_reset", 0.01}, {"half_close", 0.01},     {"network_stall", 0.01},
    {"cancel_races", 0.5},      {"completion_late", 0.2}, {"turn_partial", 0.3},
    {"stage_refused", 0.05},    {"accept_full", 0.2},     {"accept_aborted", 0.1},
    {"accept_ends", 0.3},       {"accept_burst", 0.3},    {"connect_fails", 0.2},
    {"wake_doubled", 0.3},      {"wake_late", 0.3},       {"wake_spurious", 0.02},
    {"ring_fails", 0.3},        {"hand_over_fails", 0.3}, {"shard_preempted", 0.2},
    {"shard_stalls", 0.01},     {"clock_jumps", 0.0005},
}};

constexpr std::uint64_t kFaultSeed = 0xFA017;
constexpr std::uint64_t kAbsentOneIn = 3;
constexpr std::uint64_t kOctavesOfWeight = 6;

}  // namespace

std::string_view name(Fault fault) noexcept {
  return kProfiles[static_cast<std::size_t>(fault)].name;
}

FaultPlan FaultPlan::draw(std::uint64_t seed) {
  FaultPlan plan(seed ^ kFaultSeed);
  for (std::size_t i = 0; i < kFaultCount; ++i) {
    if (plan.prng_.below(kAbsentOneIn) == 0) continue;
    const std::uint64_t octave = plan.prng_.below(kOctavesOfWeight);
    plan.entries_[i].probability = kProfiles[i].most / static_cast<double>(1U << octave);
  }
  return plan;
}

FaultPlan FaultPlan::only(Fault fault, std::uint64_t seed) {
  FaultPlan plan(seed);
  plan.set(fault, kProfiles[static_cast<std::size_t>(fault)].most);
  return plan;
}

bool FaultPlan::strikes(Fault fault) noexcept {
  Entry& entry = this->entry(fault);
  if (stopped_ || entry.probability <= 0 || !prng_.chance(entry.probability)) return false;
  ++entry.fired;
  return true;
}

std::string FaultPlan::text() const {
  std::string lines;
  for (std::size_t i = 0; i < kFaultCount; ++i) {
    std::array<char, 80> line{};
    const int length =
        std::snprintf(line.data(), line.size(), "%-18.*s %8.5f %8llu\n",
                      static_cast<int>(kProfiles[i].name.size()), kProfiles[i].name.data(),
                      entries_[i].probability, static_cast<unsigned long long>(entries_[i].fired));
    lines.append(line.data(), static_cast<std::size_t>(length));
  }
  return lines;
}

}  // namespace sim
