// What the gateway does with events and rooms, and what operators see: [events], what [rooms] says
// of memory and presence, [admin], [log], [drain].
#include "app/admin/admin_options.h"
#include "app/config/gateway_limits.h"
#include "app/config/options.h"
#include "app/config/schema.h"
#include "base/byte_text.h"
#include "base/duration_text.h"
#include "base/limits.h"

namespace app {

namespace {

std::uint64_t nanoseconds(base::Duration duration) {
  return static_cast<std::uint64_t>(duration.count());
}

Setting text(std::string path, std::string standard, std::string help) {
  return {.path = std::move(path), .help = std::move(help), .standard = std::move(standard)};
}

Setting on_off(std::string path, bool standard, std::string help) {
  return {.path = std::move(path),
          .kind = SettingKind::on_off,
          .help = std::move(help),
          .standard = standard ? "true" : "false"};
}

Setting count(std::string path, std::uint64_t standard, std::uint64_t least, std::uint64_t most,
              std::string help) {
  return {.path = std::move(path),
          .kind = SettingKind::count,
          .help = std::move(help),
          .standard = std::to_string(standard),
          .least = least,
          .most = most};
}

Setting bytes(std::string path, std::uint64_t standard, std::uint64_t most, std::string help) {
  return {.path = std::move(path),
          .kind = SettingKind::bytes,
          .help = std::move(help),
          .standard = base::format_byte_count(standard),
          .most = most};
}

Setting duration(std::string path, base::Duration standard, base::Duration most, std::string help) {
  return {.path = std::move(path),
          .kind = SettingKind::duration,
          .help = std::move(help),
          .standard = base::format_duration(standard),
          .most = nanoseconds(most)};
}

Setting reloadable(Setting setting) {
  setting.is_reloadable = true;
  return setting;
}

void add_events(std::vector<Setting>& settings, const EventOptions& standard) {
  Setting paths =
      text("events.paths", standard.paths.front(), "where native events are spoken, such as /ws");
  paths.is_list = true;
  settings.push_back(paths);
  settings.push_back(
      text("events.event_key", standard.keys.event, "what the envelope calls the event's name"));
  settings.push_back(text("events.data_key", standard.keys.data, "what it calls the data"));
  settings.push_back(
      text("events.request_id_key", standard.keys.request_id, "what it calls the request's id"));
  settings.push_back(
      text("events.version_key", standard.keys.version, "what it calls the version"));
  settings.push_back(on_off("events.escape_html", standard.escape_html,
                            "escape <, > and & in chat texts, for clients that do not"));
  settings.push_back(
      reloadable(duration("events.batch_delay", standard.batch_delay, std::chrono::minutes{1},
                          "how long messages for batches wait for company")));
  settings.push_back(
      reloadable(duration("events.typing_expiry", standard.typing_expiry, std::chrono::minutes{5},
                          "after which somebody silent has stopped typing")));
  settings.push_back(
      reloadable(duration("events.typing_pace", standard.typing_pace, std::chrono::minutes{1},
                          "in which one start and one stop of a member's typing are passed "
                          "on")));
}

void add_rooms(std::vector<Setting>& settings, const RoomSettings& standard) {
  settings.push_back(count("rooms.history_messages", standard.history_messages, 0,
                           kHistoryMessagesMost, "that a room remembers"));
  settings.push_back(bytes("rooms.history_bytes", standard.history_bytes, kHistoryBytesMost,
                           "of messages that a room remembers"));
  settings.push_back(duration("rooms.history_for", standard.history_for, base::kTimeoutMost,
                              "how long a room remembers a message; 0s: no history"));
  settings.push_back(bytes("rooms.history_total_bytes", standard.history_total_bytes,
                           kHistoryTotalBytesMost, "that all rooms together remember"));
  settings.push_back(count("rooms.presence_members", standard.presence_members, 0,
                           kPresenceMembersMost,
                           "up to which a room tells its members who comes and goes"));
  settings.push_back(on_off("rooms.tenant_room", standard.tenant_room,
                            "everybody of a tenant is in its room from the start; else nobody "
                            "is, and what is sent to a tenant is refused"));
  Setting guest_rooms = reloadable(
      text("rooms.guest_rooms", "",
           "patterns of rooms in which guests may do everything, unless an [[access]] rule fits"));
  guest_rooms.is_list = true;
  guest_rooms.standard_words =
      "all of them, where everybody is a guest and there is no [[access]]; else none";
  settings.push_back(guest_rooms);
}

void add_access_service(std::vector<Setting>& settings, const AccessServiceOptions& standard) {
  const auto add = [&](Setting setting) { settings.push_back(reloadable(std::move(setting))); };
  add(text("rooms.access_url", standard.url,
           "the service that decides where an [[access]] rule says service, asked with POST "
           "{\"user\", \"tenant\", \"roles\", \"room\", \"operation\"}"));
  Setting timeout = duration("rooms.access_timeout", standard.timeout, base::kTimeoutMost,
                             "for its answer, once it is its turn to be asked");
  timeout.least = nanoseconds(base::kTimeoutLeast);
  add(timeout);
  add(count("rooms.access_connections", standard.connections, 1, kServiceConnectionsMost,
            "to it at one time"));
  add(duration("rooms.access_cache", standard.cache_for, base::kTimeoutMost,
               "how long its answer is believed that has no ttl; 0s: not at all"));
  add({.path = "rooms.access_when_down",
       .kind = SettingKind::choice,
       .help = "while it does not answer: allow nothing that it decides, or what it allowed lately",
       .standard = "refuse",
       .choices = {"refuse", "admit_known"}});
  add(duration("rooms.access_known_for", standard.known_for, base::kTimeoutMost,
               "how long ago that may be"));
  add(count("rooms.access_waiting", standard.waiting_most, 1, kHeldEventsMost,
            "events of a shard's clients that wait for its answers; more are refused"));
}

void add_admin(std::vector<Setting>& settings, const AdminOptions& standard) {
  Setting listen =
      text("admin.listen", standard.listen, "address of the server API and its pages; empty: none");
  listen.kind = SettingKind::address;
  listen.flag = "--admin";
  settings.push_back(listen);
  Setting keys = text("admin.api_key", "", "that callers of the server API must show one of");
  keys.is_list = true;
  keys.is_secret = true;
  settings.push_back(keys);
  const auto add_file = [&](std::string path, std::string help) {
    Setting file = text(std::move(path), "", std::move(help));
    file.kind = SettingKind::file;
    settings.push_back(file);
  };
  add_file("admin.api_keys_file", "the file that holds such keys, one a line");
  add_file("admin.certificate_file", "PEM; with it the server API speaks HTTPS");
  add_file("admin.private_key_file", "PEM; of the certificate");
  add_file("admin.client_authority_file",
           "PEM; callers of the server API must show a certificate of this authority");
  settings.push_back(count("admin.threads", standard.threads, 1, kAdminThreadsMost,
                           "that answer calls of the server API"));
}

void add_log_and_drain(std::vector<Setting>& settings, const Options& standard) {
  settings.push_back({.path = "log.level",
                      .kind = SettingKind::choice,
                      .help = "trace, debug, info, warn, error or off",
                      .standard = "info",
                      .flag = "--log-level",
                      .choices = {"trace", "debug", "info", "warn", "error", "off"},
                      .is_reloadable = true});
  settings.push_back({.path = "log.format",
                      .kind = SettingKind::choice,
                      .help = "text or json",
                      .standard = "text",
                      .flag = "--log-format",
                      .choices = {"text", "json"}});
  settings.push_back(reloadable(count("log.sample", standard.log_sample, 1, UINT32_MAX,
                                      "log one of so many connections, and of it everything")));
  settings.push_back({.path = "drain.timeout",
                      .kind = SettingKind::duration,
                      .help = "from SIGTERM to the end at the latest",
                      .standard = base::format_duration(standard.drain_grace),
                      .flag = "--drain-timeout",
                      .least = nanoseconds(base::kTimeoutLeast),
                      .most = nanoseconds(base::kTimeoutMost)});
  settings.push_back(duration("drain.reconnect_after_min", standard.reconnect_after_min,
                              base::kTimeoutMost,
                              "clients are told to come back after no less than this"));
  settings.push_back(duration("drain.reconnect_after_max", standard.reconnect_after_max,
                              base::kTimeoutMost, "and no more than this"));
}

}  // namespace

void add_gateway_settings(std::vector<Setting>& settings) {
  add_events(settings, EventOptions{});
  add_rooms(settings, RoomSettings{});
  add_access_service(settings, AccessServiceOptions{});
  add_admin(settings, AdminOptions{});
  add_log_and_drain(settings, Options{});
}

}  // namespace app
