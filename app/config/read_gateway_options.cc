// [limits], [[access]], [events], what [rooms] says of memory and presence, [admin], [log],
// [drain].
#include <algorithm>
#include <set>
#include <variant>

#include "app/admin/admin_mistakes.h"
#include "app/admin/tls_context.h"
#include "app/config/choice.h"
#include "app/config/read_options.h"
#include "app/config/service_settings.h"
#include "app/events/envelope_keys.h"
#include "app/gateway_limits.h"
#include "app/telemetry/served_paths.h"
#include "base/byte_text.h"
#include "base/check.h"

namespace app {

namespace {

void read_limits(SettingReader& reader, LimitOptions& limits) {
  limits.enabled = reader.on("limits.enabled");
  limits.guest_messages = reader.rate("limits.guest_messages");
  limits.connection_messages = reader.rate("limits.connection_messages");
  limits.connection_bytes = reader.rate("limits.connection_bytes");
  limits.connection_joins = reader.rate("limits.connection_joins");
  limits.user_messages = reader.rate("limits.user_messages");
  limits.user_bytes = reader.rate("limits.user_bytes");
  limits.user_joins = reader.rate("limits.user_joins");
  limits.tenant_messages = reader.rate("limits.tenant_messages");
  limits.tenant_bytes = reader.rate("limits.tenant_bytes");
  limits.tenant_joins = reader.rate("limits.tenant_joins");
  limits.tenant_connections = reader.rate("limits.tenant_connections");
  limits.address_messages = reader.rate("limits.address_messages");
  limits.address_connections = reader.rate("limits.address_connections");
  limits.address_handshakes = reader.rate("limits.address_handshakes");
  limits.total_messages = reader.rate("limits.total_messages");
  limits.tenant_weights = reader.weights("limits.tenant_weights");
  limits.rooms_per_connection = reader.small_count("limits.rooms_per_connection");
  limits.connections_per_user = reader.small_count("limits.connections_per_user");
  limits.message_bytes = reader.bytes("limits.message_bytes");
  limits.errors_per_minute = reader.small_count("limits.errors_per_minute");
}

// A sender gets what it said, and the answer behind it: with less room its queue would be full, and
// it would be closed as a slow reader, however fast it reads.
void fit_message_bytes(SettingReader& reader, Options& options) {
  std::uint64_t& bytes = options.limits.message_bytes;
  bytes = std::min(bytes, options.session.message_bytes_max);
  const std::uint64_t most = options.session.send_queue_bytes_max - kEventEnvelopeBytes;
  if (bytes > most && reader.is_said("limits.message_bytes")) {
    reader.fail("limits.message_bytes",
                fmt::format("server.send_queue, of {}, must hold such a message and {} more",
                            base::format_byte_count(options.session.send_queue_bytes_max),
                            base::format_byte_count(kEventEnvelopeBytes)));
  }
  bytes = std::min(bytes, most);
}

void read_access(SettingReader& reader, const SettingValues& values, AccessRules& access) {
  for (const AccessEntry& entry : values.access()) {
    const base::Status added = access.add(entry.rule);
    if (!added.ok()) reader.fail_at(entry.place, "access: " + added.error().message);
  }
  for (const std::string& pattern : reader.list("rooms.guest_rooms")) {
    const base::Status added = access.add_guest_room(pattern);
    if (!added.ok()) reader.fail_quoted("rooms.guest_rooms", added.error().message);
  }
}

// Where everybody is a guest and nothing is said of rooms, rooms for nobody are not what is meant.
void open_rooms(SettingReader& reader, Options& options) {
  const bool is_said = !options.values.access().empty() || reader.is_said("rooms.guest_rooms");
  if (options.auth.mode != AuthMode::none || is_said) return;
  CHECK(options.access.add_guest_room("*").ok());
}

void read_paths(SettingReader& reader, EventOptions& events) {
  events.paths = reader.list("events.paths");
  if (events.paths.size() > kEventPathsMost) {
    reader.fail_quoted("events.paths", fmt::format("{} paths: must be at most {}",
                                                   events.paths.size(), kEventPathsMost));
  }
  for (const std::string& path : events.paths) {
    if (!path.starts_with('/') || path.find_first_of(" ?#%") != std::string::npos) {
      reader.fail_one("events.paths", path, "must begin with / and have none of space, ?, # and %");
    } else if (std::ranges::find(kServedPaths, path) != std::end(kServedPaths)) {
      reader.fail_one("events.paths", path, "is served already, as something else");
    }
  }
}

void read_events(SettingReader& reader, EventOptions& events) {
  read_paths(reader, events);
  std::set<std::string> keys;
  const auto key = [&](std::string_view path) {
    std::string text = reader.text(path);
    if (text.empty() || text.size() > kEnvelopeKeyBytesMax) {
      reader.fail(path, fmt::format("must have from 1 to {} bytes", kEnvelopeKeyBytesMax));
    } else if (text == kNumberKey) {
      reader.fail(path, "the gateway writes the numbers of a room's events under this name");
    } else if (!keys.insert(text).second) {
      reader.fail(path, "another key of the envelope has this name");
    }
    return text;
  };
  events.keys.event = key("events.event_key");
  events.keys.data = key("events.data_key");
  events.keys.request_id = key("events.request_id_key");
  events.keys.version = key("events.version_key");
  events.escape_html = reader.on("events.escape_html");
  events.batch_delay = reader.duration("events.batch_delay");
  events.typing_expiry = reader.duration("events.typing_expiry");
  events.typing_pace = reader.duration("events.typing_pace");
}

void read_rooms(SettingReader& reader, RoomSettings& rooms) {
  rooms.history_messages = reader.small_count("rooms.history_messages");
  rooms.history_bytes = reader.bytes("rooms.history_bytes");
  rooms.history_for = reader.duration("rooms.history_for");
  rooms.history_total_bytes = reader.bytes("rooms.history_total_bytes");
  rooms.presence_members = reader.small_count("rooms.presence_members");
  rooms.tenant_room = reader.on("rooms.tenant_room");
}

void read_access_service(SettingReader& reader, Options& options) {
  using std::chrono::milliseconds;
  AccessServiceOptions& service = options.access_service;
  service.url = read_web_address(reader, "rooms.access_url");
  service.timeout = duration_as<milliseconds>(reader, "rooms.access_timeout");
  service.connections = reader.small_count("rooms.access_connections");
  service.cache_for = duration_as<milliseconds>(reader, "rooms.access_cache");
  service.when_down = meaning_of(kWhenDown, reader.choice("rooms.access_when_down"));
  service.known_for = duration_as<milliseconds>(reader, "rooms.access_known_for");
  service.waiting_most = reader.small_count("rooms.access_waiting");
  if (service.url.empty() && options.access.asks_service()) {
    reader.fail("rooms.access_url", "an [[access]] rule says service, and this says which");
  }
}

// Keys of a text with one in each line; what follows a # is a comment.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    line = line.substr(0, line.find('#'));
    const std::size_t first = line.find_first_not_of(" \t\r");
    const std::size_t last = line.find_last_not_of(" \t\r");
    if (first != std::string_view::npos) lines.emplace_back(line.substr(first, last - first + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Of both places; returns how many the file gave, which come last.
std::size_t read_api_keys(SettingReader& reader, AdminOptions& admin) {
  admin.api_keys = reader.list("admin.api_key");
  const std::vector<std::string> of_file = lines_of(reader.file_content("admin.api_keys_file"));
  admin.api_keys.insert(admin.api_keys.end(), of_file.begin(), of_file.end());
  return of_file.size();
}

constexpr std::string_view kTlsFiles[] = {"admin.certificate_file", "admin.private_key_file",
                                          "admin.client_authority_file"};

// Of keys it is told where they came from, and of each place only the first.
void fail_key(SettingReader& reader, const AdminMistake& mistake, bool is_of_file) {
  const std::string_view path = is_of_file ? "admin.api_keys_file" : "admin.api_key";
  if (mistake.key && reader.has_failed(path)) return;
  reader.fail_one(path, reader.said(path), mistake.what);
}

// As the start does it.
void check_admin(SettingReader& reader, const AdminOptions& admin, std::size_t keys_of_file) {
  const std::size_t keys_said = admin.api_keys.size() - keys_of_file;
  for (const AdminMistake& mistake : admin_mistakes(admin)) {
    if (mistake.setting == "admin.api_key") {
      fail_key(reader, mistake, mistake.key ? *mistake.key >= keys_said : keys_of_file > 0);
    } else if (mistake.quotes) {
      reader.fail_quoted(mistake.setting, mistake.what);
    } else {
      reader.fail(mistake.setting, mistake.what);
    }
  }
}

// As the start does it.
void check_tls(SettingReader& reader, const AdminOptions& admin) {
  const bool is_served = !admin.listen.empty() && !admin.certificate_file.empty();
  const bool has_failed = std::ranges::any_of(
      kTlsFiles, [&](std::string_view path) { return reader.has_failed(path); });
  if (!is_served || has_failed) return;
  const TlsMade made = make_tls_context(admin);
  if (const auto* mistake = std::get_if<TlsMistake>(&made)) {
    reader.fail(mistake->setting, mistake->what);
  }
}

void read_admin(SettingReader& reader, AdminOptions& admin) {
  admin.listen = reader.text("admin.listen");
  const std::size_t keys_of_file = read_api_keys(reader, admin);
  admin.certificate_file = reader.text("admin.certificate_file");
  admin.private_key_file = reader.text("admin.private_key_file");
  admin.client_authority_file = reader.text("admin.client_authority_file");
  // What cannot be read is told now, and not when the server starts.
  for (const std::string_view path : kTlsFiles) {
    if (reader.is_said(path)) static_cast<void>(reader.file_content(path));
  }
  admin.threads = reader.small_count("admin.threads");
  check_admin(reader, admin, keys_of_file);
  check_tls(reader, admin);
}

void read_log_and_drain(SettingReader& reader, Options& options) {
  options.drain_grace = reader.duration("drain.timeout");
  options.reconnect_after_min = reader.duration("drain.reconnect_after_min");
  options.reconnect_after_max = reader.duration("drain.reconnect_after_max");
  if (options.reconnect_after_min > options.reconnect_after_max) {
    reader.fail(reader.is_said("drain.reconnect_after_min") ? "drain.reconnect_after_min"
                                                            : "drain.reconnect_after_max",
                "the least must not be above the most");
  }
  options.log_level = meaning_of(kLogLevels, reader.choice("log.level"));
  options.log_format = meaning_of(kLogFormats, reader.choice("log.format"));
  options.log_sample = reader.small_count("log.sample");
}

}  // namespace

void read_gateway_options(SettingReader& reader, Options& options) {
  read_limits(reader, options.limits);
  fit_message_bytes(reader, options);
  read_access(reader, options.values, options.access);
  open_rooms(reader, options);
  read_events(reader, options.events);
  read_rooms(reader, options.room_settings);
  read_access_service(reader, options);
  read_admin(reader, options.admin);
  read_log_and_drain(reader, options);
}

}  // namespace app
