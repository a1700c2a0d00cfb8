// ClientGroups: the clients of a run by what they do: who of them is in which room, who publishes.
//
// A group's clients have consecutive numbers, and so have its rooms; client i of a group is member
// i % members of its room i / members, and the first members of each room publish. Where a
// connection is in several rooms, what is a room here is a bundle of them with the same members,
// and each publisher has one of them for itself. Made once, where the options are read; read by all
// shards. Bound: a handful of groups.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace loadgen {

struct LoadOptions;

// A message of each run is at least `least` bytes and at most `most`, all sizes as likely.
struct SizeRange {
  std::uint32_t least = 64;
  std::uint32_t most = 64;
};

struct ClientGroup {
  std::string name;  // As a class of the report; empty: it has the report for itself.
  std::uint32_t first_client = 0;
  std::uint32_t clients = 0;
  std::uint32_t first_room = 0;
  std::uint32_t rooms = 1;
  std::uint32_t members = 1;     // Of each room, but for the last if they do not come out even.
  std::uint32_t publishers = 1;  // Of each room, of its members; 0: nobody.
  std::uint32_t bundle = 1;      // Rooms that each connection is in; as many publishers.
  std::uint32_t slow = 0;        // Of each room, its last members: they stop reading.
  double rate = 0;               // Messages per second in all; 0: closed loop.
  SizeRange size{};
  bool text = false;    // Its messages are; else binary.
  bool churns = false;  // All but the publishers come and go.

  bool open_loop() const noexcept { return rate > 0; }
  std::uint32_t end_client() const noexcept { return first_client + clients; }
  std::uint32_t end_room() const noexcept { return first_room + rooms; }
  // Of one of its clients, by their number in the run.
  std::uint32_t room_of(std::uint32_t client) const noexcept {
    return first_room + (client - first_client) / members;
  }
  std::uint32_t member_of(std::uint32_t client) const noexcept {
    return (client - first_client) % members;
  }
};

// The groups that the options' scenario is made of, in the order of their clients.
std::vector<ClientGroup> plan_groups(const LoadOptions& options);

// The rooms of any client of a run, the one that it publishes in first; its number, where it has no
// group.
std::vector<std::uint32_t> rooms_of(std::span<const ClientGroup> groups, std::uint32_t client);

}  // namespace loadgen
