#include "loadgen/scenarios/make_scenario.h"

#include "loadgen/scenarios/churn_scenario.h"
#include "loadgen/scenarios/composite_scenario.h"
#include "loadgen/scenarios/connect_scenario.h"
#include "loadgen/scenarios/idle_scenario.h"
#include "loadgen/scenarios/message_traffic.h"
#include "loadgen/scenarios/native_traffic.h"
#include "loadgen/scenarios/storm_crowd.h"

namespace loadgen {

namespace {

std::unique_ptr<Scenario> make_storm(const Stage& stage) {
  auto parts = std::make_unique<CompositeScenario>(stage);
  parts->add(std::make_unique<MessageTraffic>(stage, 0));
  parts->add(std::make_unique<StormCrowd>(stage, 1));
  return parts;
}

std::unique_ptr<Scenario> make_mixed(const Stage& stage) {
  auto parts = std::make_unique<CompositeScenario>(stage);
  for (std::size_t i = 0; i < stage.options.groups.size(); ++i) {
    if (stage.options.groups[i].churns) {
      parts->add(std::make_unique<ChurnScenario>(stage, i));
    } else {
      parts->add(std::make_unique<MessageTraffic>(stage, i));
    }
  }
  return parts;
}

std::unique_ptr<Scenario> make_native(const Stage& stage) {
  auto tenants = std::make_unique<CompositeScenario>(stage);
  for (std::size_t i = 0; i < stage.options.groups.size(); ++i) {
    tenants->add(std::make_unique<NativeTraffic>(stage, i));
  }
  return tenants;
}

}  // namespace

std::unique_ptr<Scenario> make_scenario(const Stage& stage) {
  switch (stage.options.scenario) {
    case ScenarioKind::connect:
      return std::make_unique<ConnectScenario>(stage);
    case ScenarioKind::idle:
      return std::make_unique<IdleScenario>(stage);
    case ScenarioKind::echo:
    case ScenarioKind::room:
    case ScenarioKind::slow_readers:
      return std::make_unique<MessageTraffic>(stage, 0);
    case ScenarioKind::storm:
      return make_storm(stage);
    case ScenarioKind::churn:
      return std::make_unique<ChurnScenario>(stage, 0);
    case ScenarioKind::mixed:
      return make_mixed(stage);
    case ScenarioKind::native:
      return make_native(stage);
  }
  return nullptr;
}

bool connects_first(ScenarioKind kind) noexcept { return kind != ScenarioKind::connect; }

bool ends_when_complete(const LoadOptions& options) noexcept {
  const bool holds = options.scenario == ScenarioKind::connect && options.hold;
  return holds || options.scenario == ScenarioKind::storm;
}

}  // namespace loadgen
