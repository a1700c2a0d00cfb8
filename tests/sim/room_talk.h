// RoomTalk: what clients and servers of the rooms scenario say to each other, as binary messages.
//
// An order is two octets: what, and which room. A publication is an order, the eight octets of its
// number, and the bytes that the number determines; the server hands it on as it came. Plain
// values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "tests/sim/sample_message.h"

namespace sim {

enum class Word : std::uint8_t {
  join,         // Client: let me in.
  join_echo,    // Client: let me in, and hear myself.
  leave,        // Client: let me out.
  publish,      // Client: tell everybody. Server: somebody tells everybody.
  joined,       // Server: you are in.
  join_failed,  // Server: there is no place.
  left,         // Server: you are out.
};

struct RoomTalk {
  Word word{};
  std::uint8_t room = 0;
  std::uint64_t number = 0;  // Of a publication.
};

inline std::string room_name(std::uint8_t room) { return "room-" + std::to_string(room); }

inline std::vector<std::byte> write_talk(const RoomTalk& talk) {
  std::vector<std::byte> bytes{static_cast<std::byte>(talk.word), std::byte{talk.room}};
  if (talk.word != Word::publish) return bytes;
  bytes.resize(10);
  base::store_big64(&bytes[2], talk.number);
  const SampleMessage sample = sample_message(talk.number, true);
  bytes.insert(bytes.end(), sample.bytes.begin(), sample.bytes.end());
  return bytes;
}

// None when the bytes are not exactly what write_talk() writes.
inline std::optional<RoomTalk> read_talk(std::span<const std::byte> bytes) {
  if (bytes.size() < 2) return std::nullopt;
  RoomTalk talk{.word = static_cast<Word>(bytes[0]),
                .room = std::to_integer<std::uint8_t>(bytes[1])};
  if (talk.word == Word::publish) {
    if (bytes.size() < 10) return std::nullopt;
    talk.number = base::load_big64(&bytes[2]);
  }
  if (!std::ranges::equal(write_talk(talk), bytes)) return std::nullopt;
  return talk;
}

}  // namespace sim
