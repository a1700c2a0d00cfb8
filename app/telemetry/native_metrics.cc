#include "app/telemetry/native_metrics.h"

#include <string>
#include <utility>

#include "base/counter.h"

namespace app {

namespace {

using Parts = ShardPage::Parts;

constexpr double kMillisecondsPerSecond = 1e3;

const NativeCounters& of(const Parts& parts) { return *parts.native; }

void add_clients(ShardPage& page) {
  page.gauge("millrace_clients", "Clients of native events, those being authenticated included",
             [](const Parts& parts) { return of(parts).clients.value(); });
  page.counter("millrace_auth_success_total", "Handshakes whose client was found out and let in",
               [](const Parts& parts) { return of(parts).admitted.value(); });
  page.counters<AuthFailure>(
      "millrace_auth_failures_total",
      "Handshakes, and renewals of tokens by clients who are in, that failed, by reason", "reason",
      1, kAuthFailureCount,
      [](const Parts& parts, std::uint8_t i) { return of(parts).auth_failures[i].value(); });
  page.counter("millrace_address_fields_ignored_total",
               "Handshakes whose auth.address_header came from none of auth.trusted_proxies",
               [](const Parts& parts) { return of(parts).address_fields_ignored.value(); });
  page.counter("millrace_auth_expired_total", "Sessions that ended with their token",
               [](const Parts& parts) { return of(parts).expired.value(); });
  page.counter("millrace_user_excess_total", "Sessions ended because their user had too many",
               [](const Parts& parts) { return of(parts).user_excess.value(); });
  page.counter("millrace_auth_refreshed_total", "Tokens that were renewed in place",
               [](const Parts& parts) { return of(parts).refreshed.value(); });
  page.counter("millrace_auth_revoked_total", "Sessions that the server API ended by revocation",
               [](const Parts& parts) { return of(parts).revoked.value(); });
  page.counter("millrace_abusers_closed_total", "Clients closed because of too many errors",
               [](const Parts& parts) { return of(parts).abusers_closed.value(); });
  page.durations(
      "millrace_connection_duration_seconds", "How long clients were connected",
      kMillisecondsPerSecond, 7, 27,
      [](const Parts& parts) -> const base::OctaveCounts& { return of(parts).connected_ms; });
}

void add_events(ShardPage& page) {
  page.counters<MessageKind>(
      "millrace_events_total", "Events from clients, by type", "type", 0, kMessageKindCount,
      [](const Parts& parts, std::uint8_t i) { return of(parts).messages[i].value(); });
  const auto events = [&](std::string type, const base::Counter NativeCounters::* counter) {
    page.counter("millrace_events_total", "Events from clients, by type",
                 [=](const Parts& parts) { return (of(parts).*counter).value(); },
                 {{"type", std::move(type)}});
  };
  events("binary", &NativeCounters::binary_messages);
  events("targeted", &NativeCounters::targeted);
  events("control", &NativeCounters::control_events);
  events("unknown", &NativeCounters::unknown_events);
  page.counters<ErrorCode>(
      "millrace_event_errors_total", "Error events to clients, by code", "code", 0, kErrorCodeCount,
      [](const Parts& parts, std::uint8_t i) { return of(parts).errors[i].value(); });
  page.counters<LimitKind>("millrace_rate_limited_total", "What was refused, by limit", "limit", 0,
                           kLimitKindCount, [](const Parts& parts, std::uint8_t i) {
                             return parts.limiter->refused(static_cast<LimitKind>(i));
                           });
}

void add_messages(ShardPage& page) {
  page.counter("millrace_server_publications_total", "Messages of the server API",
               [](const Parts& parts) { return of(parts).publications.value(); });
  page.counter("millrace_acks_refused_total",
               "Messages whose sender was told at once that nothing is known of what became of "
               "them, because too many answers were owed",
               [](const Parts& parts) { return of(parts).acks_refused.value(); });
  page.counter("millrace_messages_paced_total", "Messages that waited to go in batches",
               [](const Parts& parts) { return of(parts).paced.value(); });
  page.counter("millrace_messages_pace_refused_total",
               "Messages that should have waited and went at once, because too much waited",
               [](const Parts& parts) { return of(parts).pace_refused.value(); });
  page.counter("millrace_resumes_cut_total",
               "Resumes whose missed messages were more than the send queue takes at once",
               [&](const Parts& parts) { return of(parts).resumes_cut.value(); });
  page.counter("millrace_room_evictions_total", "Members who left because they lost the right",
               [](const Parts& parts) { return of(parts).evictions.value(); });
  page.gauge("millrace_access_events_waiting", "Events that wait for the access service",
             [](const Parts& parts) { return of(parts).access_waiting.value(); });
  page.counter("millrace_access_events_refused_total",
               "Events that were refused, because too many waited for the access service",
               [](const Parts& parts) { return of(parts).access_refused.value(); });
  page.counter("millrace_receipts_evicted_total",
               "Messages whose receipts were no longer counted, to make room for others",
               [](const Parts& parts) { return of(parts).receipts_evicted.value(); });
  page.counter("millrace_receipts_uncounted_total",
               "Receipts of further readers, of messages that have as many as are told apart",
               [](const Parts& parts) { return of(parts).receipts_uncounted.value(); });
  page.counter(
      "millrace_typing_dropped_total",
      "Typing events that were not passed on: too soon after the last, or in too many rooms",
      [](const Parts& parts) { return of(parts).typing_dropped.value(); });
}

}  // namespace

void add_native_metrics(ShardPage& page) {
  add_clients(page);
  add_events(page);
  add_messages(page);
}

}  // namespace app
