// What the gateway does with events and rooms, and what operators see: [events], what [rooms] says
// of memory and presence, [admin], [log], [drain].
#include "app/admin/admin_options.h"
#include "app/config/options.h"
#include "app/config/schema.h"
#include "app/config/setting_makers.h"
#include "app/gateway_limits.h"
#include "base/limits.h"

namespace app {

namespace {

void add_events(SettingMaker& make, const EventOptions& standard) {
  make.texts("events.paths", standard.paths, "where native events are spoken, such as /ws");
  make.text("events.event_key", standard.keys.event, "what the envelope calls the event's name");
  make.text("events.data_key", standard.keys.data, "what it calls the data");
  make.text("events.request_id_key", standard.keys.request_id, "what it calls the request's id");
  make.text("events.version_key", standard.keys.version, "what it calls the version");
  make.on_off("events.escape_html", standard.escape_html,
              "escape <, > and & in chat texts, for clients that do not");
  make.duration("events.batch_delay", standard.batch_delay, {{}, std::chrono::minutes{1}},
                "how long messages for batches wait for company")
      .reloadable();
  make.duration("events.typing_expiry", standard.typing_expiry, {{}, std::chrono::minutes{5}},
                "after which somebody silent has stopped typing")
      .reloadable();
  make.duration("events.typing_pace", standard.typing_pace, {{}, std::chrono::minutes{1}},
                "in which one start and one stop of a member's typing are passed on")
      .reloadable();
}

void add_rooms(SettingMaker& make, const RoomSettings& standard) {
  make.count("rooms.history_messages", standard.history_messages, {0, kHistoryMessagesMost},
             "that a room remembers");
  make.bytes("rooms.history_bytes", standard.history_bytes, {0, kHistoryBytesMost},
             "of messages that a room remembers");
  make.duration("rooms.history_for", standard.history_for, {{}, base::kTimeoutMost},
                "how long a room remembers a message; 0s: no history");
  make.bytes("rooms.history_total_bytes", standard.history_total_bytes, {0, kHistoryTotalBytesMost},
             "that all rooms together remember");
  make.count("rooms.presence_members", standard.presence_members, {0, kPresenceMembersMost},
             "up to which a room tells its members who comes and goes");
  make.on_off("rooms.tenant_room", standard.tenant_room,
              "everybody of a tenant is in its room from the start; else nobody is, and what is "
              "sent to a tenant is refused");
  make.texts("rooms.guest_rooms", {},
             "patterns of rooms in which guests may do everything, unless an [[access]] rule fits")
      .standard_words(
          "all of them, where everybody is a guest and there is no [[access]]; else none")
      .reloadable();
}

void add_access_service(SettingMaker& make, const AccessServiceOptions& standard) {
  make.text("rooms.access_url", standard.url,
            "the service that decides where an [[access]] rule says service, asked with POST "
            "{\"user\", \"tenant\", \"roles\", \"room\", \"operation\"}");
  make.duration("rooms.access_timeout", standard.timeout, kTimeouts,
                "for its answer, once it is its turn to be asked");
  make.count("rooms.access_connections", standard.connections, {1, kServiceConnectionsMost},
             "to it at one time");
  make.duration("rooms.access_cache", standard.cache_for, {{}, base::kTimeoutMost},
                "how long its answer is believed that has no ttl; 0s: not at all");
  make.choice("rooms.access_when_down", kWhenDown, standard.when_down,
              "while it does not answer: allow nothing that it decides, or what it allowed lately");
  make.duration("rooms.access_known_for", standard.known_for, {{}, base::kTimeoutMost},
                "how long ago that may be");
  make.count("rooms.access_waiting", standard.waiting_most, {1, kHeldEventsMost},
             "events of a shard's clients that wait for its answers; more are refused");
}

void add_admin(SettingMaker& make, const AdminOptions& standard) {
  make.address("admin.listen", standard.listen,
               "address of the server API and its pages; empty: none")
      .flag("--admin");
  make.texts("admin.api_key", standard.api_keys, "that callers of the server API must show one of")
      .secret();
  make.file("admin.api_keys_file", "the file that holds such keys, one a line");
  make.file("admin.certificate_file", "PEM; with it the server API speaks HTTPS");
  make.file("admin.private_key_file", "PEM; of the certificate");
  make.file("admin.client_authority_file",
            "PEM; callers of the server API must show a certificate of this authority");
  make.count("admin.threads", standard.threads, {1, kAdminThreadsMost},
             "that answer calls of the server API");
}

void add_log_and_drain(SettingMaker& make, const Options& standard) {
  make.choice("log.level", kLogLevels, standard.log_level, "trace, debug, info, warn, error or off")
      .reloadable();
  make.choice("log.format", kLogFormats, standard.log_format, "text or json");
  make.count("log.sample", standard.log_sample, {1, UINT32_MAX},
             "log one of so many connections, and of it everything")
      .reloadable();
  make.duration("drain.timeout", standard.drain_grace, kTimeouts,
                "from SIGTERM to the end at the latest");
  make.duration("drain.reconnect_after_min", standard.reconnect_after_min, {{}, base::kTimeoutMost},
                "clients are told to come back after no less than this");
  make.duration("drain.reconnect_after_max", standard.reconnect_after_max, {{}, base::kTimeoutMost},
                "and no more than this");
}

}  // namespace

void add_gateway_settings(std::vector<Setting>& settings) {
  using enum SettingMaker::TakesEffect;
  SettingMaker make(settings, at_restart);
  add_events(make, EventOptions{});
  add_rooms(make, RoomSettings{});
  SettingMaker make_reloadable(settings, at_reload);
  add_access_service(make_reloadable, AccessServiceOptions{});
  add_admin(make, AdminOptions{});
  add_log_and_drain(make, Options{});
}

}  // namespace app
