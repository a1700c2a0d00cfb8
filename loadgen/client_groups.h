// ClientGroups: the clients of a run by what they do: who of them is in which room, who publishes.
//
// A group's clients have consecutive numbers, and so have its rooms. Each client is a member of
// `rooms_each` successive rooms, round from the last to the first; each room is the first
// one, the home, of as many clients as any other, hence each has `members` members. Client i of a
// group is the i % locals-th whose home is its room i / locals, and the first of them publish, to
// their home. With one room for each client, locals are members. Made once, where the options are
// read; read by all shards. Bound: a handful of groups.
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
  std::uint32_t rooms_each = 1;  // Of which `members` is a multiple.
  std::uint32_t publishers = 1;  // Of each room, of its locals; 0: nobody.
  std::uint32_t slow = 0;        // Of each room, its last members: they stop reading.
  double rate = 0;               // Messages per second in all; 0: closed loop.
  SizeRange size{};
  bool text = false;    // Its messages are; else binary.
  bool churns = false;  // All but the publishers come and go.

  bool open_loop() const noexcept { return rate > 0; }
  std::uint32_t end_client() const noexcept { return first_client + clients; }
  std::uint32_t end_room() const noexcept { return first_room + rooms; }
  // Clients whose home is the same room.
  std::uint32_t locals() const noexcept { return members / rooms_each; }
  // Of one of its clients, by their number in the run.
  std::uint32_t home_of(std::uint32_t client) const noexcept {
    return first_room + (client - first_client) / locals();
  }
  std::uint32_t local_of(std::uint32_t client) const noexcept {
    return (client - first_client) % locals();
  }
  // Which of the rooms of a client with that home this is, counted from the home; no less than
  // rooms_each for a room that is none of them.
  std::uint32_t seat_of(std::uint32_t home, std::uint32_t room) const noexcept {
    if (room < first_room || room >= end_room()) return rooms_each;
    return room >= home ? room - home : rooms - (home - room);
  }
  std::uint32_t room_at(std::uint32_t home, std::uint32_t seat) const noexcept {
    return first_room + (home - first_room + seat) % rooms;
  }
};

// The groups that the options' scenario is made of, in the order of their clients.
std::vector<ClientGroup> plan_groups(const LoadOptions& options);

// The rooms of any client of a run, its home first; its number, where it has no group.
std::vector<std::uint32_t> rooms_of(std::span<const ClientGroup> groups, std::uint32_t client);

}  // namespace loadgen
