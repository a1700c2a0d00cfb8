// CheckedOptions: the public Options in the engine's terms, every field held against its bounds and
// against what this host allows.
//
// check_options() answers with the first field that is wrong, what it was, and what it may be. Used
// once, by Server::open(), on its thread; raises the soft open-file limit of the process.
#pragma once

#include <cstdint>

#include "base/log.h"
#include "base/result.h"
#include "engine/room/room_options.h"
#include "engine/session/session_options.h"
#include "engine/shard/shard_group.h"
#include "millrace/options.h"

namespace millrace {

struct CheckedOptions {
  engine::ShardGroupOptions group;
  engine::SessionOptions session;
  engine::RoomOptions rooms;
  base::LogLevel log_level = base::LogLevel::warn;
};

base::Result<CheckedOptions> check_options(const Options& options);

}  // namespace millrace
