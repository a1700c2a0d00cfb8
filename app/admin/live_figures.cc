#include "app/admin/live_figures.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "app/admin/client_listing.h"
#include "app/admin/shard_questions.h"
#include "app/rooms/room_names.h"
#include "app/service/service_clock.h"
#include "base/check.h"
#include "engine/room/room_name.h"
#include "millrace_version.h"

namespace app {

namespace {

using Json = nlohmann::json;
using Parts = Metrics::ShardParts;

constexpr std::uint32_t kRoomsDrawn = 10;
constexpr std::uint32_t kConnectionsDrawn = 10;
// Looks nearer to each other than this share one answer.
constexpr std::int64_t kLookNs = 500'000'000;

std::int64_t now_ns() { return steady_now().time_since_epoch().count(); }

template <typename Read>
std::uint64_t sum(const std::vector<Parts>& shards, Read&& read) {
  std::uint64_t total = 0;
  for (const Parts& parts : shards) total += read(parts);
  return total;
}

Json rates(const std::vector<Parts>& shards) {
  const auto of_sessions = [&](const base::Counter engine::SessionCounters::* counter) {
    return sum(shards, [&](const Parts& parts) {
      return (parts.program->session_counters().*counter).value();
    });
  };
  const std::uint64_t deliveries = sum(
      shards, [](const Parts& parts) { return parts.program->room_counters().deliveries.value(); });
  const std::uint64_t closes = sum(shards, [](const Parts& parts) {
    std::uint64_t all = 0;
    for (const base::Counter& one : parts.program->session_counters().closed) all += one.value();
    return all;
  });
  return {{"messages_in", of_sessions(&engine::SessionCounters::messages_received)},
          {"messages_out", of_sessions(&engine::SessionCounters::messages_sent) + deliveries},
          {"deliveries", deliveries},
          {"bytes_in", of_sessions(&engine::SessionCounters::message_bytes_received)},
          {"bytes_out", sum(shards,
                            [](const Parts& parts) {
                              return parts.shard->connection_counters().sent_bytes.value();
                            })},
          {"opens", of_sessions(&engine::SessionCounters::opened)},
          {"closes", closes}};
}

// Of engine::MemoryLevel.
std::string_view level_name(std::uint64_t level) noexcept {
  constexpr std::array<std::string_view, 4> kNames{"normal", "refuse", "conflate", "close"};
  CHECK(level < kNames.size());
  return kNames[level];
}

Json memory(const Pages& pages, const std::vector<Parts>& shards) {
  const MemoryLedger ledger = pages.metrics().ledger();
  const engine::ConnectionGate* gate = pages.metrics().gate();
  std::uint64_t level = 0;
  for (const Parts& parts : shards) {
    level = std::max(level, parts.program->memory_counters().level.value());
  }
  return {
      {"resident_bytes", ledger.resident_bytes},
      {"user_bytes_per_connection", ledger.user_per_connection()},
      {"kernel_bytes_per_connection", ledger.kernel_per_connection()},
      {"held_bytes",
       sum(shards,
           [](const Parts& parts) { return parts.program->memory_counters().held_bytes.value(); })},
      {"budget_bytes", gate != nullptr && gate->memory().limited() ? gate->memory().limit() : 0},
      {"level", level_name(level)}};
}

Json errors(const std::vector<Parts>& shards) {
  Json all = Json::object();
  for (std::uint8_t code = 0; code < kErrorCodeCount; ++code) {
    const std::uint64_t count =
        sum(shards, [&](const Parts& parts) { return parts.native->errors[code].value(); });
    if (count > 0) all[std::string(name(static_cast<ErrorCode>(code)))] = count;
  }
  return all;
}

Json auth_failures(const std::vector<Parts>& shards) {
  Json all = Json::object();
  for (std::uint8_t reason = 1; reason < kAuthFailureCount; ++reason) {
    const std::uint64_t count = sum(
        shards, [&](const Parts& parts) { return parts.native->auth_failures[reason].value(); });
    if (count > 0) all[std::string(name(static_cast<AuthFailure>(reason)))] = count;
  }
  return all;
}

using Population = std::pair<std::uint64_t, std::string>;

// Each shard tells its largest parts of rooms; a room that is small on each is not among them.
Json largest_rooms(const ShardPosts& posts) {
  using Populations = std::vector<Population>;
  std::unordered_map<std::string, std::uint64_t> totals;
  for (const Populations& part : ask_all_shards<Populations>(posts, [](NativeGateway& gateway) {
         return gateway.context().rooms.largest(kRoomsDrawn);
       })) {
    for (const auto& [members, room] : part) totals[room] += members;
  }
  Populations largest;
  for (auto& [room, members] : totals) {
    if (!tenant_of(room).empty()) largest.emplace_back(members, room);
  }
  std::ranges::sort(largest, std::greater<>());
  Json rooms = Json::array();
  for (const auto& [members, room] : largest) {
    if (rooms.size() == kRoomsDrawn) break;
    rooms.push_back(
        {{"tenant", tenant_of(room)}, {"name", engine::without_tag(room)}, {"members", members}});
  }
  return rooms;
}

Json slowest(const ShardPosts& posts) {
  Json all = Json::array();
  const ConnectionPage page = list_connections(
      posts, {.order = ConnectionOrder::slowest_first, .limit = kConnectionsDrawn});
  for (const ConnectionEntry& entry : page.connections) {
    all.push_back({{"id", entry.id},
                   {"tenant", entry.tenant},
                   {"user", entry.user},
                   {"pending_bytes", entry.pending_bytes},
                   {"rtt_ms", entry.rtt_ms < 0 ? Json(nullptr) : Json(entry.rtt_ms)}});
  }
  return all;
}

}  // namespace

LiveFigures::LiveFigures(const ShardPosts& posts, const Pages& pages)
    : posts_(posts), pages_(pages), started_ns_(now_ns()) {}

double LiveFigures::busy_share(std::size_t shard, std::uint64_t busy_ns) {
  if (looks_.size() <= shard) looks_.resize(shard + 1);
  Look& look = looks_[shard];
  const std::int64_t now = now_ns();
  const std::int64_t passed = now - look.at_ns;
  if (passed < kLookNs) return look.share;
  const auto busy = static_cast<double>(busy_ns - look.busy_ns);
  look.share = look.at_ns == 0 ? 0 : std::min(1.0, busy / static_cast<double>(passed));
  look.busy_ns = busy_ns;
  look.at_ns = now;
  return look.share;
}

// The percentiles of the last seconds; a stage of which nothing is known is left out.
nlohmann::json LiveFigures::latency(const std::vector<Metrics::ShardParts>& shards) {
  const base::Instant now = steady_now();
  Json stages = Json::object();
  for (std::size_t stage = 0; stage < engine::kLatencyStages.size(); ++stage) {
    const auto& [name, counts] = engine::kLatencyStages[stage];
    RecentOctaves::Totals totals{};
    for (std::size_t octave = 0; octave < totals.size(); ++octave) {
      totals[octave] = sum(shards, [&, of_stage = counts](const Parts& parts) {
        return (parts.program->rooms().latency().*of_stage).bucket(octave);
      });
    }
    latency_[stage].look(now, totals);
    const auto p50 = latency_[stage].percentile(0.5);
    const auto p99 = latency_[stage].percentile(0.99);
    if (!p50 || !p99) continue;
    stages[std::string(name)] = {{"p50_us", *p50 / 1000}, {"p99_us", *p99 / 1000}};
  }
  return stages;
}

std::string LiveFigures::json() {
  const std::vector<Parts>& parts = pages_.metrics().shards();
  Json shards = Json::array();
  Json stages;
  {
    const std::lock_guard lock(mutex_);
    stages = latency(parts);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const engine::ReactorCounters& reactor = parts[i].shard->reactor_counters();
      shards.push_back({{"connections", parts[i].shard->connection_counters().open.value()},
                        {"turns", reactor.turns.value()},
                        {"busy_share", busy_share(i, reactor.turn_nanoseconds.sum())}});
    }
  }
  const engine::ConnectionGate* gate = pages_.metrics().gate();
  const Json figures = {{"time", unix_ms_now()},
                        {"uptime_s", static_cast<double>(now_ns() - started_ns_) / 1e9},
                        {"connections", pages_.connections()},
                        {"connections_limit", gate == nullptr ? 0 : gate->limit()},
                        {"rates", rates(parts)},
                        {"latency", stages},
                        {"rooms", largest_rooms(posts_)},
                        {"slowest", slowest(posts_)},
                        {"memory", memory(pages_, parts)},
                        {"errors", errors(parts)},
                        {"auth_failures", auth_failures(parts)},
                        {"shards", shards},
                        {"draining", pages_.draining()},
                        {"version", millrace::kVersion}};
  return figures.dump();
}

}  // namespace app
