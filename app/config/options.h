// Options: what the operator asked for with flags, in the environment and in the configuration
// file, checked against its bounds.
//
// parse_options() either yields options that are safe to run with, or the text to print and the
// exit status: 0 after --help, --version and a --check-config that is content, 2 for mistakes, each
// told in one line that names the flag or the place in the file, the value and what is allowed.
// Used by main before any thread starts, and again by the main thread at each reload.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "app/admin/admin_options.h"
#include "app/auth/auth_options.h"
#include "app/config/setting_value.h"
#include "app/events/event_options.h"
#include "app/limits/limit_options.h"
#include "app/rooms/access_rules.h"
#include "app/rooms/access_service_options.h"
#include "app/rooms/room_settings.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/time.h"
#include "engine/io/address.h"
#include "engine/room/room_options.h"
#include "engine/session/session_options.h"

namespace app {

struct Options {
  std::vector<engine::Address> listen;
  bool listen_is_default = true;
  std::uint32_t shards = 1;
  std::vector<std::uint32_t> cpus;
  std::uint64_t connections = base::kConnectionsDefault;
  engine::SessionOptions session;
  engine::RoomOptions rooms;
  std::uint64_t memory_budget = 0;  // 0: none.
  std::uint32_t receive_buffers = base::kReceiveBuffersDefault;
  std::uint32_t receive_buffer_bytes = base::kReceiveBufferBytesDefault;
  base::Duration drain_grace = base::kDrainGraceDefault;
  base::Duration park_after = base::kParkAfterDefault;
  bool raw = false;
  base::LogLevel log_level = base::LogLevel::info;
  base::LogFormat log_format = base::LogFormat::text;
  // Of K connections, chosen by their ids, one is logged whole and the others not at all.
  std::uint32_t log_sample = 1;
  // What a drain tells clients: come back after a time between these, each another.
  base::Duration reconnect_after_min = std::chrono::seconds{1};
  base::Duration reconnect_after_max = std::chrono::seconds{10};

  AuthOptions auth;
  LimitOptions limits;
  AccessRules access;
  AdminOptions admin;
  EventOptions events;
  RoomSettings room_settings;
  AccessServiceOptions access_service;

  SettingValues values;  // What all this was read from.
};

// Nothing to run: what to print, to stdout if the status is 0 and to stderr if not.
struct Goodbye {
  std::string text;
  int status = 0;
};

std::variant<Options, Goodbye> parse_options(int argc, const char* const* argv);

}  // namespace app
