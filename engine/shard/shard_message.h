// ShardMessage: what one shard tells another, as plain bytes that fit a lane.
//
// The layers above give `kind` and the fields their meaning (see engine/room/room_messages.h); the
// lanes only carry it, in order. A message owns one reading of its parcel, if it has one. Plain
// value.
#pragma once

#include <cstdint>

#include "base/slot_map.h"
#include "engine/shard/parcel.h"

namespace engine {

struct ShardMessage {
  std::uint8_t kind = 0;
  std::uint8_t detail = 0;
  std::uint16_t sender = 0;  // The shard that it comes from.
  base::Handle target{};     // What it is about, at the receiver.
  base::Handle source{};     // What it is about, at the sender.
  std::uint64_t number = 0;
  Parcel* parcel = nullptr;
};

static_assert(sizeof(ShardMessage) <= 40);

}  // namespace engine
