#include "app/telemetry/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <functional>
#include <limits>
#include <string_view>
#include <utility>

#include "base/counter.h"
#include "engine/io/outcome.h"
#include "millrace_version.h"
#include "protocol/violation.h"

namespace app {

namespace {

using Parts = Metrics::ShardParts;
using prometheus::MetricType;

constexpr double kNanosecondsPerSecond = 1e9;
constexpr double kMillisecondsPerSecond = 1e3;

// Gathers families; every figure is a sum over the shards.
class Page {
 public:
  explicit Page(const std::vector<Parts>& shards) : shards_(shards) {}

  // `read(parts)` yields the figure of one shard.
  template <typename Read>
  std::uint64_t sum(Read&& read) const {
    std::uint64_t total = 0;
    for (const Parts& parts : shards_) total += read(parts);
    return total;
  }

  void add(std::string name, std::string help, MetricType type, double value,
           std::vector<prometheus::ClientMetric::Label> labels = {}) {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    if (type == MetricType::Counter) metric.counter.value = value;
    if (type == MetricType::Gauge) metric.gauge.value = value;
    family(std::move(name), std::move(help), type).metric.push_back(std::move(metric));
  }

  template <typename Read>
  void counter(std::string name, std::string help, Read&& read) {
    add(std::move(name), std::move(help), MetricType::Counter, static_cast<double>(sum(read)));
  }
  template <typename Read>
  void gauge(std::string name, std::string help, Read&& read) {
    add(std::move(name), std::move(help), MetricType::Gauge, static_cast<double>(sum(read)));
  }

  // A family with one counter for each of `count` enumerators; `read(parts, i)` yields one.
  template <typename Enum, typename Read>
  void counters(const std::string& name, const std::string& help, const std::string& label,
                std::uint8_t first, std::uint8_t count, Read&& read) {
    for (std::uint8_t i = first; i < count; ++i) {
      const std::uint64_t value = sum([&](const Parts& parts) { return read(parts, i); });
      add(name, help, MetricType::Counter, static_cast<double>(value),
          {{label, std::string(label_of(static_cast<Enum>(i)))}});
    }
  }

  void octaves(std::string name, std::string help,
               const std::function<const base::OctaveCounts&(const Parts&)>& read) {
    durations(std::move(name), std::move(help), kNanosecondsPerSecond, kFirstOctave, kLastOctave,
              read);
  }
  // In buckets from 2^first to 2^last units, of which `per_second` are a second.
  void durations(std::string name, std::string help, double per_second, std::size_t first,
                 std::size_t last,
                 const std::function<const base::OctaveCounts&(const Parts&)>& read,
                 std::vector<prometheus::ClientMetric::Label> labels = {}) {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    std::uint64_t cumulative = 0;
    for (std::size_t octave = 0; octave < base::OctaveCounts::kOctaves; ++octave) {
      cumulative += sum([&](const Parts& parts) { return read(parts).bucket(octave); });
      if (octave < first || octave > last) continue;
      const double bound = static_cast<double>(std::uint64_t{1} << octave);
      metric.histogram.bucket.push_back({cumulative, bound / per_second});
    }
    metric.histogram.sample_count = cumulative;
    metric.histogram.sample_sum =
        static_cast<double>(sum([&](const Parts& parts) { return read(parts).sum(); })) /
        per_second;
    family(std::move(name), std::move(help), MetricType::Histogram)
        .metric.push_back(std::move(metric));
  }

  // A histogram of what is there now, and not of what has been: its sum is all memberships.
  void room_sizes(std::string name, std::string help) {
    const auto of = [](const Parts& parts) -> const engine::RoomCounters& {
      return parts.program->room_counters();
    };
    prometheus::ClientMetric metric;
    std::uint64_t cumulative = 0;
    for (std::size_t octave = 1; octave < base::kRoomSizeOctaves; ++octave) {
      cumulative +=
          sum([&](const Parts& parts) { return of(parts).rooms_of_size[octave].value(); });
      const double most = static_cast<double>((std::uint64_t{1} << octave) - 1);
      metric.histogram.bucket.push_back({cumulative, most});
    }
    metric.histogram.bucket.back().upper_bound = std::numeric_limits<double>::infinity();
    metric.histogram.sample_count = cumulative;
    metric.histogram.sample_sum =
        static_cast<double>(sum([&](const Parts& parts) { return of(parts).memberships.value(); }));
    family(std::move(name), std::move(help), MetricType::Histogram)
        .metric.push_back(std::move(metric));
  }

  std::string text() const { return prometheus::TextSerializer().Serialize(families_); }

 private:
  static constexpr std::size_t kFirstOctave = 10;  // About a microsecond.
  static constexpr std::size_t kLastOctave = 30;   // About a second.

  static std::string_view label_of(engine::CloseReason reason) { return engine::name(reason); }
  static std::string_view label_of(AuthFailure failure) { return app::name(failure); }
  static std::string_view label_of(ErrorCode code) { return app::name(code); }
  static std::string_view label_of(MessageKind kind) { return app::name(kind); }
  static std::string_view label_of(LimitKind kind) { return app::name(kind); }
  static std::string_view label_of(engine::Outcome outcome) { return engine::name(outcome); }
  static std::string_view label_of(protocol::Violation violation) {
    return protocol::name(violation);
  }

  prometheus::MetricFamily& family(std::string name, std::string help, MetricType type) {
    if (families_.empty() || families_.back().name != name) {
      families_.push_back({std::move(name), std::move(help), type, {}});
    }
    return families_.back();
  }

  const std::vector<Parts>& shards_;
  std::vector<prometheus::MetricFamily> families_;
};

void add_ledger(Page& page, const MemoryLedger& ledger) {
  const auto gauge = [&](std::string name, std::string help, double value) {
    page.add(std::move(name), std::move(help), MetricType::Gauge, value);
  };
  gauge("millrace_memory_resident_bytes", "Resident memory of the process",
        static_cast<double>(ledger.resident_bytes));
  gauge("millrace_memory_user_bytes_per_connection", "Resident since the start, per connection",
        ledger.user_per_connection());
  gauge("millrace_memory_kernel_bytes_per_connection",
        "Sockets and waiting requests in the kernel, reckoned from its object sizes",
        ledger.kernel_per_connection());
}

void add_sessions(Page& page) {
  const auto of = [](const Parts& parts) -> const engine::SessionCounters& {
    return parts.program->session_counters();
  };
  page.gauge("millrace_sessions_open", "Sessions, handshakes included",
             [&](const Parts& parts) { return of(parts).open.value(); });
  page.counter("millrace_sessions_opened_total", "Handshakes that ended with 101",
               [&](const Parts& parts) { return of(parts).opened.value(); });
  page.counter("millrace_http_requests_total", "Complete HTTP requests",
               [&](const Parts& parts) { return of(parts).requests.value(); });
  page.counter("millrace_messages_received_total", "Text and binary messages from clients",
               [&](const Parts& parts) { return of(parts).messages_received.value(); });
  page.counter("millrace_message_bytes_received_total", "Their payload bytes",
               [&](const Parts& parts) { return of(parts).message_bytes_received.value(); });
  page.counter("millrace_messages_sent_total", "Messages queued for clients, deliveries included",
               [&](const Parts& parts) {
                 return of(parts).messages_sent.value() +
                        parts.program->room_counters().deliveries.value();
               });
  page.counter("millrace_messages_dropped_total", "Messages that found a full send queue",
               [&](const Parts& parts) { return of(parts).messages_dropped.value(); });
  page.counter("millrace_shard_stalls_total",
               "Times that a shard was not run for half a second or more, and peers were excused",
               [&](const Parts& parts) { return of(parts).stalls.value(); });
  page.counter("millrace_pings_sent_total", "Heartbeats sent",
               [&](const Parts& parts) { return of(parts).pings_sent.value(); });
  page.counter("millrace_pongs_received_total", "Answers to them, and unasked pongs",
               [&](const Parts& parts) { return of(parts).pongs_received.value(); });
  page.counter("millrace_pings_answered_total", "Pings of clients that were answered",
               [&](const Parts& parts) { return of(parts).pings_answered.value(); });
  page.counter("millrace_pongs_superseded_total",
               "Times that unsent pongs gave way to a newer one, RFC 6455 5.5.3",
               [&](const Parts& parts) { return of(parts).pongs_superseded.value(); });
  page.counter("millrace_close_timeouts_total", "Close handshakes that the client did not finish",
               [&](const Parts& parts) { return of(parts).close_timeouts.value(); });
  page.counter("millrace_accepts_rested_total",
               "Times that accepting rested because too many were being refused",
               [&](const Parts& parts) { return of(parts).accepts_rested.value(); });
  page.counters<engine::CloseReason>(
      "millrace_sessions_closed_total", "Sessions that ended, by reason", "reason", 1,
      engine::kCloseReasonCount,
      [&](const Parts& parts, std::uint8_t i) { return of(parts).closed[i].value(); });
  page.counters<protocol::Violation>(
      "millrace_protocol_violations_total", "Breaches of RFC 6455 or HTTP by clients, by kind",
      "violation", 1, protocol::kViolationCount,
      [&](const Parts& parts, std::uint8_t i) { return of(parts).violations[i].value(); });
}

void add_native(Page& page) {
  const auto of = [](const Parts& parts) -> const NativeCounters& { return *parts.native; };
  page.gauge("millrace_clients", "Clients of native events, those being authenticated included",
             [&](const Parts& parts) { return of(parts).clients.value(); });
  page.counter("millrace_auth_success_total", "Handshakes whose client was found out and let in",
               [&](const Parts& parts) { return of(parts).admitted.value(); });
  page.counters<AuthFailure>(
      "millrace_auth_failures_total", "Clients that were not let in, or not any longer, by reason",
      "reason", 1, kAuthFailureCount,
      [&](const Parts& parts, std::uint8_t i) { return of(parts).auth_failures[i].value(); });
  page.counter("millrace_address_fields_ignored_total",
               "Handshakes whose auth.address_header came from none of auth.trusted_proxies",
               [&](const Parts& parts) { return of(parts).address_fields_ignored.value(); });
  page.counter("millrace_auth_expired_total", "Sessions that ended with their token",
               [&](const Parts& parts) { return of(parts).expired.value(); });
  page.counter("millrace_user_excess_total", "Sessions ended because their user had too many",
               [&](const Parts& parts) { return of(parts).user_excess.value(); });
  page.counter("millrace_auth_refreshed_total", "Tokens that were renewed in place",
               [&](const Parts& parts) { return of(parts).refreshed.value(); });
  page.counter("millrace_auth_revoked_total", "Sessions that the server API ended by revocation",
               [&](const Parts& parts) { return of(parts).revoked.value(); });
  page.counters<MessageKind>(
      "millrace_events_total", "Events from clients, by type", "type", 0, kMessageKindCount,
      [&](const Parts& parts, std::uint8_t i) { return of(parts).messages[i].value(); });
  const auto events = [&](std::string type, const base::Counter NativeCounters::* counter) {
    page.add("millrace_events_total", "Events from clients, by type", MetricType::Counter,
             static_cast<double>(
                 page.sum([&](const Parts& parts) { return (of(parts).*counter).value(); })),
             {{"type", std::move(type)}});
  };
  events("binary", &NativeCounters::binary_messages);
  events("targeted", &NativeCounters::targeted);
  events("control", &NativeCounters::control_events);
  events("unknown", &NativeCounters::unknown_events);
  page.counters<ErrorCode>(
      "millrace_event_errors_total", "Error events to clients, by code", "code", 0, kErrorCodeCount,
      [&](const Parts& parts, std::uint8_t i) { return of(parts).errors[i].value(); });
  page.counters<LimitKind>("millrace_rate_limited_total", "What was refused, by limit", "limit", 0,
                           kLimitKindCount, [](const Parts& parts, std::uint8_t i) {
                             return parts.limiter->refused(static_cast<LimitKind>(i));
                           });
  page.counter("millrace_server_publications_total", "Messages of the server API",
               [&](const Parts& parts) { return of(parts).publications.value(); });
  page.counter("millrace_messages_paced_total", "Messages that waited to go in batches",
               [&](const Parts& parts) { return of(parts).paced.value(); });
  page.counter("millrace_messages_pace_refused_total",
               "Messages that should have waited and went at once, because too much waited",
               [&](const Parts& parts) { return of(parts).pace_refused.value(); });
  page.counter("millrace_room_evictions_total", "Members who left because they lost the right",
               [&](const Parts& parts) { return of(parts).evictions.value(); });
  page.gauge("millrace_access_events_waiting", "Events that wait for the access service",
             [&](const Parts& parts) { return of(parts).access_waiting.value(); });
  page.counter("millrace_access_events_refused_total",
               "Events that were refused, because too many waited for the access service",
               [&](const Parts& parts) { return of(parts).access_refused.value(); });
  page.counter("millrace_abusers_closed_total", "Clients closed because of too many errors",
               [&](const Parts& parts) { return of(parts).abusers_closed.value(); });
  page.counter("millrace_receipts_evicted_total",
               "Messages whose receipts were no longer counted, to make room for others",
               [&](const Parts& parts) { return of(parts).receipts_evicted.value(); });
  page.counter("millrace_receipts_uncounted_total",
               "Receipts of further readers, of messages that have as many as are told apart",
               [&](const Parts& parts) { return of(parts).receipts_uncounted.value(); });
  page.counter("millrace_typing_dropped_total", "Typing events that came too often to pass on",
               [&](const Parts& parts) { return of(parts).typing_dropped.value(); });
  page.durations(
      "millrace_connection_duration_seconds", "How long clients were connected",
      kMillisecondsPerSecond, 7, 27,
      [&](const Parts& parts) -> const base::OctaveCounts& { return of(parts).connected_ms; });
}

void add_latency(Page& page) {
  for (const auto& [stage, counts] : engine::kLatencyStages) {
    page.durations(
        "millrace_delivery_latency_seconds",
        "Where the time of sampled messages goes, from the publisher's shard to the members'",
        kNanosecondsPerSecond, 10, 30,
        [of_stage = counts](const Parts& parts) -> const base::OctaveCounts& {
          return parts.program->rooms().latency().*of_stage;
        },
        {{"stage", std::string(stage)}});
  }
}

void add_history(Page& page) {
  const auto of = [](const Parts& parts) -> const engine::HistoryCounters& {
    return parts.program->rooms().history_counters();
  };
  page.gauge("millrace_history_bytes", "What rooms remember",
             [&](const Parts& parts) { return of(parts).bytes.value(); });
  page.gauge("millrace_history_messages", "Messages that rooms remember",
             [&](const Parts& parts) { return of(parts).messages.value(); });
  const auto forgotten = [&](std::string why,
                             const base::Counter engine::HistoryCounters::* counter) {
    page.add("millrace_history_forgotten_total", "Messages that rooms forgot, by why",
             MetricType::Counter, static_cast<double>(page.sum([&](const Parts& parts) {
               return (of(parts).*counter).value();
             })),
             {{"why", std::move(why)}});
  };
  forgotten("age", &engine::HistoryCounters::forgotten_by_age);
  forgotten("room", &engine::HistoryCounters::forgotten_by_room);
  forgotten("total", &engine::HistoryCounters::forgotten_by_total);
  const auto of_ids = [](const Parts& parts,
                         const base::Counter engine::RecentIdCounters::* counter) {
    return (parts.program->rooms().id_counters().*counter).value() +
           (parts.user_ids->*counter).value();
  };
  page.counter(
      "millrace_message_retries_total", "Messages that had been here before",
      [&](const Parts& parts) { return of_ids(parts, &engine::RecentIdCounters::duplicates); });
  page.counter(
      "millrace_message_ids_evicted_total",
      "Ids forgotten before their time: a retry would be taken for a new message",
      [&](const Parts& parts) { return of_ids(parts, &engine::RecentIdCounters::evicted); });
}

void add_memory(Page& page) {
  const auto of = [](const Parts& parts) -> const engine::MemoryCounters& {
    return parts.program->memory_counters();
  };
  page.gauge("millrace_memory_held_bytes",
             "Held for peers: queues, parcels, partial messages, handshakes",
             [&](const Parts& parts) { return of(parts).held_bytes.value(); });
  page.gauge("millrace_memory_levels",
             "0 normal, 1 refusing, 2 conflating, 3 closing; the sum over the shards",
             [&](const Parts& parts) { return of(parts).level.value(); });
  page.counter("millrace_memory_level_changes_total", "Times that a shard changed its level",
               [&](const Parts& parts) { return of(parts).level_changes.value(); });
  page.counter("millrace_memory_closed_total", "Sessions that were closed to free memory",
               [&](const Parts& parts) { return of(parts).closed.value(); });
}

void add_rooms(Page& page) {
  const auto of = [](const Parts& parts) -> const engine::RoomCounters& {
    return parts.program->room_counters();
  };
  page.gauge("millrace_rooms", "Rooms, counted on each shard that has members",
             [&](const Parts& parts) { return of(parts).rooms.value(); });
  page.gauge("millrace_room_memberships", "Members of rooms",
             [&](const Parts& parts) { return of(parts).memberships.value(); });
  page.room_sizes("millrace_room_members",
                  "Rooms by how many members they have now, counted on each shard that has some");
  page.counter("millrace_room_messages_published_total", "Messages published to rooms",
               [&](const Parts& parts) { return of(parts).published.value(); });
  page.counter("millrace_fan_outs_total", "Batches carried to the members on a shard",
               [&](const Parts& parts) { return of(parts).fan_outs.value(); });
  page.counter("millrace_fan_out_visits_total", "Members that they were carried to",
               [&](const Parts& parts) { return of(parts).fan_out_visits.value(); });
  page.counter("millrace_fan_out_sends_total",
               "Of those visits, the first of a turn to a member: visits per send are shared",
               [&](const Parts& parts) { return of(parts).fan_out_sends.value(); });
  page.gauge("millrace_fan_out_budget", "Visits that a turn may make; the sum over the shards",
             [&](const Parts& parts) { return of(parts).fan_out_budget.value(); });
  page.counter("millrace_deliveries_total", "Messages times members that they were queued for",
               [&](const Parts& parts) { return of(parts).deliveries.value(); });
  page.counter("millrace_deliveries_dropped_total", "Deliveries that found a full send queue",
               [&](const Parts& parts) { return of(parts).deliveries_dropped.value(); });
  page.counter("millrace_deliveries_conflated_total",
               "Deliveries held back in `latest` rooms for members that lag",
               [&](const Parts& parts) { return of(parts).deliveries_conflated.value(); });
  page.counter("millrace_deliveries_caught_up_total",
               "Of those, delivered after all; the others gave way to newer values",
               [&](const Parts& parts) { return of(parts).deliveries_caught_up.value(); });
  page.counter("millrace_deliveries_skipped_total",
               "Deliveries dropped in `ephemeral` rooms for members that lag",
               [&](const Parts& parts) { return of(parts).deliveries_skipped.value(); });
  page.counter("millrace_conflation_keys_evicted_total",
               "Values of `latest` rooms that gave way to those of other keys",
               [&](const Parts& parts) { return of(parts).keys_evicted.value(); });
  page.counter("millrace_room_messages_stale_total", "Messages for a room that had emptied",
               [&](const Parts& parts) { return of(parts).stale_messages.value(); });
  page.counter("millrace_publish_answers_total",
               "Publishers that were told what became of a message",
               [&](const Parts& parts) { return of(parts).answers.value(); });
  page.counter("millrace_publish_answers_unheard_total",
               "Answers whose publisher had gone before it was complete",
               [&](const Parts& parts) { return of(parts).answers_unheard.value(); });
  page.counter("millrace_publish_answers_unknown_total",
               "Answers that knew nothing, because too many were awaited",
               [&](const Parts& parts) { return of(parts).answers_unknown.value(); });
  page.gauge("millrace_fan_out_backlog_bytes", "Batches that wait for their fan-out",
             [&](const Parts& parts) { return of(parts).backlog_bytes.value(); });
}

void add_connections(Page& page) {
  const auto of = [](const Parts& parts) -> const engine::ConnectionCounters& {
    return parts.shard->connection_counters();
  };
  page.gauge("millrace_connections_open", "TCP connections, those being refused included",
             [&](const Parts& parts) { return of(parts).open.value(); });
  page.counter("millrace_connections_parked_total", "Quiet connections that were put on a poll",
               [&](const Parts& parts) { return of(parts).parked.value(); });
  page.counter("millrace_connections_widened_total",
               "Those that filled a small receive buffer and were given large ones",
               [&](const Parts& parts) { return of(parts).widened.value(); });
  page.counter("millrace_connections_warmed_total", "Those that began to talk again",
               [&](const Parts& parts) { return of(parts).warmed.value(); });
  page.counter("millrace_connections_handed_over_total", "Given to the shard of their room",
               [&](const Parts& parts) { return of(parts).handed_over.value(); });
  page.counter("millrace_connections_hand_over_failures_total", "Stayed where they were accepted",
               [&](const Parts& parts) { return of(parts).hand_over_failures.value(); });
  page.counter("millrace_connections_accepted_total", "TCP connections accepted",
               [&](const Parts& parts) { return of(parts).accepted.value(); });
  page.counter("millrace_received_bytes_total", "Bytes from clients, framing included",
               [&](const Parts& parts) { return of(parts).received_bytes.value(); });
  page.counter("millrace_sent_bytes_total", "Bytes that the kernel took for clients",
               [&](const Parts& parts) { return of(parts).sent_bytes.value(); });
  page.counter("millrace_receives_total", "Receives that yielded bytes",
               [&](const Parts& parts) { return of(parts).receives.value(); });
  page.counter("millrace_sends_total", "Send operations",
               [&](const Parts& parts) { return of(parts).sends.value(); });
  page.gauge("millrace_send_queue_bytes", "Bytes in all send queues",
             [&](const Parts& parts) { return of(parts).queued_bytes.value(); });
  page.counter("millrace_receive_buffers_exhausted_total", "Receives that found no buffer",
               [&](const Parts& parts) { return of(parts).receive_buffers_exhausted.value(); });
  page.counter("millrace_stale_completions_total", "Results for connections that were gone",
               [&](const Parts& parts) { return of(parts).stale_completions.value(); });
  page.counters<engine::Outcome>(
      "millrace_accept_failures_total", "Accepts that failed, by outcome", "outcome", 1,
      engine::kOutcomeCount,
      [&](const Parts& parts, std::uint8_t i) { return of(parts).accept_failures[i].value(); });
  page.counters<engine::Outcome>(
      "millrace_connections_ended_total", "Ends of the clients' streams, by outcome", "outcome", 0,
      engine::kOutcomeCount,
      [&](const Parts& parts, std::uint8_t i) { return of(parts).ended[i].value(); });
}

void add_shards(Page& page) {
  const auto reactor = [](const Parts& parts) -> const engine::ReactorCounters& {
    return parts.shard->reactor_counters();
  };
  const auto mailbox = [](const Parts& parts) -> const engine::MailboxCounters& {
    return parts.shard->mailbox_counters();
  };
  page.gauge("millrace_shards", "Shards", [](const Parts&) { return std::uint64_t{1}; });
  page.counter("millrace_turns_total", "Turns of the shards' loops",
               [&](const Parts& parts) { return reactor(parts).turns.value(); });
  page.counter("millrace_completions_total", "Completions taken from io_uring",
               [&](const Parts& parts) { return reactor(parts).completions.value(); });
  page.counter("millrace_submissions_deferred_total", "Operations that found a full queue",
               [&](const Parts& parts) { return reactor(parts).submissions_deferred.value(); });
  page.counter("millrace_lane_messages_total", "Messages between shards",
               [&](const Parts& parts) { return mailbox(parts).sent.value(); });
  page.counter("millrace_lane_rings_total", "Sleeping shards that were woken",
               [&](const Parts& parts) { return mailbox(parts).rings.value(); });
  page.counter("millrace_lane_full_total", "Messages that found a full lane and waited",
               [&](const Parts& parts) { return mailbox(parts).lane_full.value(); });
  page.gauge("millrace_lane_waiting", "Messages that wait for room in a lane",
             [&](const Parts& parts) { return mailbox(parts).waiting.value(); });
  page.octaves("millrace_turn_seconds", "How long turns took, kernel work included",
               [&](const Parts& parts) -> const base::OctaveCounts& {
                 return reactor(parts).turn_nanoseconds;
               });
}

}  // namespace

std::uint64_t Metrics::connections() const { return gate_ == nullptr ? 0 : gate_->inside(); }

std::string Metrics::text() const {
  Page page(shards_);
  page.add(
      "millrace_build_info", "What this is", MetricType::Gauge, 1,
      {{"version", std::string(millrace::kVersion)}, {"commit", std::string(millrace::kCommit)}});
  if (gate_ != nullptr) {
    page.add("millrace_connections_limit", "Connections that --connections allows",
             MetricType::Gauge, static_cast<double>(gate_->limit()));
    page.add("millrace_connections", "Connections that count towards the limit", MetricType::Gauge,
             static_cast<double>(gate_->inside()));
  }
  if (gate_ != nullptr && gate_->memory().limited()) {
    page.add("millrace_memory_budget_bytes", "What --memory-budget allows", MetricType::Gauge,
             static_cast<double>(gate_->memory().limit()));
  }
  add_memory(page);
  add_ledger(page, ledger());
  add_sessions(page);
  add_native(page);
  add_rooms(page);
  add_history(page);
  add_latency(page);
  add_connections(page);
  add_shards(page);
  return page.text();
}

MemoryLedger Metrics::ledger() const {
  const Page page(shards_);
  const std::uint64_t open =
      page.sum([](const Parts& parts) { return parts.shard->connection_counters().open.value(); });
  const std::uint64_t warm =
      page.sum([](const Parts& parts) { return parts.shard->connection_counters().warm.value(); });
  return ledger_.look(open, warm);
}

}  // namespace app
