// LoadOptions: everything that a run is told, as plain values; command_line.h fills it.
//
// Read-only once the run has started, hence by any thread. Bounds are checked where it is filled.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "loadgen/client_groups.h"
#include "loadgen/expectation.h"
#include "loadgen/native/native_options.h"
#include "loadgen/partition.h"
#include "loadgen/ramp_search.h"
#include "loadgen/retry_policy.h"
#include "loadgen/schedule.h"
#include "loadgen/target.h"

namespace loadgen {

enum class ScenarioKind : std::uint8_t {
  connect,
  idle,
  echo,
  room,
  storm,
  slow_readers,
  churn,
  mixed,
  native,
};

std::string_view name(ScenarioKind kind) noexcept;
bool sends_messages(ScenarioKind kind) noexcept;

// Of the storm scenario: the clients that are all dropped at once, and how they come back.
struct StormOptions {
  std::uint32_t crowd = 0;
  bool drop = true;  // By us; else whoever the server drops comes back.
  RetryOptions retry;
};

// Of the churn scenario: how many clients leave and how, each in shares of the whole.
struct ChurnOptions {
  double rate = 0;  // Per second, in all.
  std::uint32_t close = 1;
  std::uint32_t abort = 0;
  std::uint32_t vanish = 0;
  RetryOptions retry;  // Of the connects of those who come instead.
};

// From so many rooms a shard on, each room's clients stay on one shard.
inline constexpr std::uint32_t kRoomsPerShardToStayWhole = 16;

struct LoadOptions {
  ScenarioKind scenario = ScenarioKind::echo;
  Target target;

  // Who.
  std::uint32_t connections = 1;
  std::uint32_t rooms = 1;
  std::uint32_t members = 1;     // Of each room.
  std::uint32_t rooms_each = 1;  // That each connection is in.
  std::uint32_t publishers = 1;  // Of each room, of its members.

  // How much. With a rate the loop is open, without one it is closed.
  double rate = 0;  // Messages, or connects, per second in all; 0: closed loop.
  Arrivals arrivals = Arrivals::constant;
  std::uint32_t in_flight = 1;  // Of each publisher, or connects in all.
  SizeRange size;
  bool hold = false;       // Of connects: keep what was opened.
  std::uint32_t slow = 0;  // Of each room: members that stop reading.
  StormOptions storm;
  ChurnOptions churn;                // Of mixed: of its presence.
  std::vector<ClientGroup> classes;  // Of mixed; their clients and rooms are not numbered yet.
  NativeOptions native;
  std::optional<RampOptions> ramp;  // A run at each of several rates, instead of one.
  std::vector<ClientGroup> groups;  // plan_groups() of all the rest.

  // How long.
  base::Duration warm_up{};
  base::Duration duration{};
  base::Duration drain_timeout{};

  // How the clients get connected before the run.
  std::uint32_t connect_in_progress = 128;  // In all.
  double connect_rate = 0;
  base::Duration connect_timeout{};

  // On what.
  std::uint32_t shards = 1;
  std::vector<std::uint32_t> cpus;
  base::Duration gather{};      // How long a shard that woke up waits for more.
  std::uint32_t processes = 1;  // With so many shards each.
  std::uint32_t process = 0;    // Which of them this is.
  std::uint64_t seed = 1;

  // What is told, and to whom.
  std::optional<pid_t> server_pid;
  std::vector<Expectation> expectations;
  std::string json_file;  // "-" is standard output; empty: none.
  std::string html_file;  // The same, as a page for a browser.
  bool quiet = false;
  std::vector<std::string> command;

  bool open_loop() const noexcept { return rate > 0; }
  std::uint32_t all_shards() const noexcept { return processes * shards; }
  // Of this process.
  std::uint32_t own_connections() const noexcept {
    std::uint32_t own = 0;
    for (std::uint32_t i = 0; i < shards; ++i) own += partition_of(i).size();
    return own;
  }
  // The clients of one of this process's shards.
  Partition partition_of(std::uint32_t shard) const noexcept {
    // Many rooms spread well as they are, and the fewer shards one wakes the better.
    const bool has_many = scenario == ScenarioKind::room || scenario == ScenarioKind::native;
    const bool whole_rooms = has_many && rooms >= kRoomsPerShardToStayWhole * all_shards();
    return {.shard = process * shards + shard,
            .shards = all_shards(),
            .clients = connections,
            .block = whole_rooms ? members : 1};
  }
};

}  // namespace loadgen
