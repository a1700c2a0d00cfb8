#include "loadgen/load_options.h"

namespace loadgen {

std::string_view name(ScenarioKind kind) noexcept {
  switch (kind) {
    case ScenarioKind::connect:
      return "connect";
    case ScenarioKind::idle:
      return "idle";
    case ScenarioKind::echo:
      return "echo";
    case ScenarioKind::room:
      return "room";
    case ScenarioKind::storm:
      return "storm";
    case ScenarioKind::slow_readers:
      return "slow-readers";
    case ScenarioKind::churn:
      return "churn";
    case ScenarioKind::mixed:
      return "mixed";
    case ScenarioKind::native:
      return "native";
  }
  return "unknown";
}

bool sends_messages(ScenarioKind kind) noexcept {
  return kind != ScenarioKind::connect && kind != ScenarioKind::idle;
}

}  // namespace loadgen
