#include "app/telemetry/engine_metrics.h"

#include <string>
#include <string_view>
#include <utility>

#include "base/counter.h"
#include "engine/io/outcome.h"
#include "protocol/violation.h"

namespace app {

namespace {

using Parts = ShardPage::Parts;

void add_sessions(ShardPage& page) {
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

void add_rooms(ShardPage& page) {
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

void add_history(ShardPage& page) {
  const auto of = [](const Parts& parts) -> const engine::HistoryCounters& {
    return parts.program->rooms().history_counters();
  };
  page.gauge("millrace_history_bytes", "What rooms remember",
             [&](const Parts& parts) { return of(parts).bytes.value(); });
  page.gauge("millrace_history_messages", "Messages that rooms remember",
             [&](const Parts& parts) { return of(parts).messages.value(); });
  const auto forgotten = [&](std::string why,
                             const base::Counter engine::HistoryCounters::* counter) {
    page.counter("millrace_history_forgotten_total", "Messages that rooms forgot, by why",
                 [&](const Parts& parts) { return (of(parts).*counter).value(); },
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

void add_latency(ShardPage& page) {
  for (const auto& [stage, counts] : engine::kLatencyStages) {
    page.octaves(
        "millrace_delivery_latency_seconds",
        "Where the time of sampled messages goes, from the publisher's shard to the members'",
        [of_stage = counts](const Parts& parts) -> const base::OctaveCounts& {
          return parts.program->rooms().latency().*of_stage;
        },
        {{"stage", std::string(stage)}});
  }
}

void add_memory(ShardPage& page) {
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

void add_connections(ShardPage& page) {
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
  page.counter("millrace_connections_released_total",
               "TCP connections that a shard is done with, those handed over included",
               [&](const Parts& parts) { return of(parts).released.value(); });
  page.counter("millrace_received_bytes_total", "Bytes from clients, framing included",
               [&](const Parts& parts) { return of(parts).received_bytes.value(); });
  page.counter("millrace_sent_bytes_total", "Bytes that the kernel took for clients",
               [&](const Parts& parts) { return of(parts).sent_bytes.value(); });
  page.counter("millrace_receives_total", "Receives that yielded bytes",
               [&](const Parts& parts) { return of(parts).receives.value(); });
  page.counter("millrace_sends_total", "Send operations",
               [&](const Parts& parts) { return of(parts).sends.value(); });
  page.counter("millrace_sends_blocked_total",
               "Sends that found a socket's buffer full, because its peer reads slowly",
               [&](const Parts& parts) { return of(parts).sends_blocked.value(); });
  page.gauge("millrace_send_queue_bytes", "Bytes in all send queues",
             [&](const Parts& parts) { return of(parts).queued_bytes.value(); });
  page.counter("millrace_receive_buffers_exhausted_total", "Receives that found no buffer",
               [&](const Parts& parts) { return of(parts).receive_buffers_exhausted.value(); });
  page.counter("millrace_stale_completions_total", "Results for connections that were gone",
               [&](const Parts& parts) { return of(parts).stale_completions.value(); });
  page.counter("millrace_close_failures_total", "Closes for which the kernel found no connection",
               [&](const Parts& parts) { return of(parts).close_failures.value(); });
  page.counters<engine::Outcome>(
      "millrace_accept_failures_total", "Accepts that failed, by outcome", "outcome", 1,
      engine::kOutcomeCount,
      [&](const Parts& parts, std::uint8_t i) { return of(parts).accept_failures[i].value(); });
  page.counters<engine::Outcome>(
      "millrace_connections_ended_total", "Ends of the clients' streams, by outcome", "outcome", 0,
      engine::kOutcomeCount,
      [&](const Parts& parts, std::uint8_t i) { return of(parts).ended[i].value(); });
}

void add_shards(ShardPage& page) {
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

void add_engine_metrics(ShardPage& page) {
  add_memory(page);
  add_sessions(page);
  add_rooms(page);
  add_history(page);
  add_latency(page);
  add_connections(page);
  add_shards(page);
}

}  // namespace app
