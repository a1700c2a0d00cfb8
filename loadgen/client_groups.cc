#include "loadgen/client_groups.h"

#include "loadgen/load_options.h"

namespace loadgen {

namespace {

std::uint32_t divide_up(std::uint32_t value, std::uint32_t by) { return (value + by - 1) / by; }

// Puts a group behind those before it: its clients and rooms are numbered on from theirs.
void append(std::vector<ClientGroup>& groups, ClientGroup group) {
  if (!groups.empty()) {
    group.first_client = groups.back().end_client();
    group.first_room = groups.back().end_room();
  }
  groups.push_back(std::move(group));
}

ClientGroup rooms_group(const LoadOptions& options) {
  return {.name = {},
          .clients = options.rooms * (options.members / options.rooms_each),
          .rooms = options.rooms,
          .members = options.members,
          .rooms_each = options.rooms_each,
          .publishers = options.publishers,
          .slow = options.slow,
          .rate = options.rate,
          .size = options.size,
          .churns = options.scenario == ScenarioKind::churn};
}

// Every connection is a room in which it is alone.
ClientGroup singles_of(const LoadOptions& options, std::uint32_t publishers) {
  return {.name = {},
          .clients = options.connections,
          .rooms = options.connections,
          .members = 1,
          .publishers = publishers,
          .rate = options.rate,
          .size = options.size};
}

// Each tenant by itself, with its share of the rooms and of the rate.
void append_tenants(std::vector<ClientGroup>& groups, const LoadOptions& options) {
  const std::uint32_t tenants = options.native.tenants;
  ClientGroup tenant = rooms_group(options);
  tenant.clients /= tenants;
  tenant.rooms /= tenants;
  tenant.rate /= tenants;
  tenant.text = true;
  for (std::uint32_t i = 0; i < tenants; ++i) append(groups, tenant);
}

void append_storm(std::vector<ClientGroup>& groups, const LoadOptions& options) {
  append(groups, rooms_group(options));
  const std::uint32_t crowd = options.connections - groups.back().clients;
  append(groups, {.name = {},
                  .clients = crowd,
                  .rooms = divide_up(crowd, options.members),
                  .members = options.members,
                  .publishers = 0});
}

}  // namespace

std::vector<ClientGroup> plan_groups(const LoadOptions& options) {
  std::vector<ClientGroup> groups;
  switch (options.scenario) {
    case ScenarioKind::connect:
    case ScenarioKind::idle:
      append(groups, singles_of(options, 0));
      break;
    case ScenarioKind::echo:
      append(groups, singles_of(options, 1));
      break;
    case ScenarioKind::room:
    case ScenarioKind::slow_readers:
    case ScenarioKind::churn:
      append(groups, rooms_group(options));
      break;
    case ScenarioKind::storm:
      append_storm(groups, options);
      break;
    case ScenarioKind::mixed:
      for (const ClientGroup& group : options.classes) append(groups, group);
      break;
    case ScenarioKind::native:
      append_tenants(groups, options);
      break;
  }
  return groups;
}

std::vector<std::uint32_t> rooms_of(std::span<const ClientGroup> groups, std::uint32_t client) {
  for (const ClientGroup& group : groups) {
    if (client >= group.end_client()) continue;
    std::vector<std::uint32_t> rooms;
    for (std::uint32_t seat = 0; seat < group.rooms_each; ++seat) {
      rooms.push_back(group.room_at(group.home_of(client), seat));
    }
    return rooms;
  }
  return {client};
}

}  // namespace loadgen
