#include "engine/session/memory_budget.h"

namespace engine {

namespace {

constexpr MemoryLevel kLevels[] = {MemoryLevel::close, MemoryLevel::conflate, MemoryLevel::refuse};

constexpr std::uint64_t begins_at(MemoryLevel level) noexcept {
  switch (level) {
    case MemoryLevel::normal:
      return 0;
    case MemoryLevel::refuse:
      return base::kMemoryRefusePercent;
    case MemoryLevel::conflate:
      return base::kMemoryConflatePercent;
    case MemoryLevel::close:
      return base::kMemoryClosePercent;
  }
  return 0;
}

}  // namespace

MemoryLevel MemoryBudget::level(std::uint64_t held, MemoryLevel now) const noexcept {
  if (!limited()) return MemoryLevel::normal;
  for (const MemoryLevel level : kLevels) {
    const std::uint64_t slack = level <= now ? base::kMemorySlackPercent : 0;
    if (held >= limit_ / 100 * (begins_at(level) - slack)) return level;
  }
  return MemoryLevel::normal;
}

}  // namespace engine
