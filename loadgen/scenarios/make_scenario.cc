#include "loadgen/scenarios/make_scenario.h"

#include "loadgen/scenarios/connect_scenario.h"
#include "loadgen/scenarios/idle_scenario.h"
#include "loadgen/scenarios/message_traffic.h"

namespace loadgen {

std::unique_ptr<Scenario> make_scenario(const Stage& stage) {
  const LoadOptions& options = stage.options;
  switch (options.scenario) {
    case ScenarioKind::connect:
      return std::make_unique<ConnectScenario>(stage);
    case ScenarioKind::idle:
      return std::make_unique<IdleScenario>(stage);
    case ScenarioKind::echo:
      // Every connection is a room in which it is alone.
      return std::make_unique<MessageTraffic>(
          stage, Audience{.rooms = options.connections, .members = 1, .publishers = 1});
    case ScenarioKind::room:
      return std::make_unique<MessageTraffic>(stage, Audience{.rooms = options.rooms,
                                                              .members = options.members,
                                                              .publishers = options.publishers});
  }
  return nullptr;
}

bool connects_first(ScenarioKind kind) noexcept { return kind != ScenarioKind::connect; }

std::uint32_t deliveries_per_message(const LoadOptions& options) noexcept {
  switch (options.scenario) {
    case ScenarioKind::idle:
      return 0;
    case ScenarioKind::connect:
    case ScenarioKind::echo:
      return 1;
    case ScenarioKind::room:
      return options.members;
  }
  return 0;
}

}  // namespace loadgen
