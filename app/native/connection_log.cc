#include "app/native/connection_log.h"

#include <fmt/format.h>

#include <string>

#include "app/clients/connection_id.h"

namespace app {

namespace {

// Any function of the id does: LogSampling spreads it.
std::uint64_t hash_of(const ConnectionId& id) noexcept {
  return (std::uint64_t{id.session.generation} << 32U | id.session.slot) ^ std::uint64_t{id.shard}
                                                                               << 48U;
}

// "7" is 7, as whoever looks for it in the log writes it.
std::string_view without_quotes(std::string_view json) noexcept {
  const bool is_text = json.size() >= 2 && json.starts_with('"') && json.ends_with('"');
  return is_text ? json.substr(1, json.size() - 2) : json;
}

}  // namespace

struct ConnectionLog::Line {
  std::string connection{};
  std::string left_out{};  // Lines of the same kind before this one; empty for none.
};

bool ConnectionLog::begin(Line& line, LogKind kind, engine::SessionId session, base::Instant now) {
  const ConnectionId id{.shard = shard_, .session = session};
  if (!sampling_.chosen(hash_of(id))) return false;
  const LogVerdict verdict = sampling_.admit(kind, now);
  if (!verdict.write) return false;
  append_text(line.connection, id);
  if (verdict.suppressed > 0) line.left_out = std::to_string(verdict.suppressed);
  return true;
}

void ConnectionLog::write_opened(const Client& client, base::Instant now) {
  Line line;
  if (!begin(line, LogKind::opened, client.session, now)) return;
  const std::string address = client.address.text();
  base::log_fields(base::LogLevel::info,
                   {{"connection", line.connection},
                    {"tenant", client.grants->tenant},
                    {"user", client.user},
                    {"type", name(client.grants->type)},
                    {"address", address},
                    {"left_out", line.left_out}},
                   "connected");
}

void ConnectionLog::write_refused(LogKind kind, engine::SessionId session,
                                  const engine::PeerAddress& address, std::string_view reason,
                                  protocol::HttpStatus status, base::Instant now) {
  Line line;
  if (!begin(line, kind, session, now)) return;
  const std::string from = address.text();
  const std::string code = std::to_string(static_cast<unsigned>(status));
  base::log_fields(base::LogLevel::warn,
                   {{"connection", line.connection},
                    {"address", from},
                    {"reason", reason},
                    {"code", code},
                    {"left_out", line.left_out}},
                   "refused");
}

void ConnectionLog::write_failed(const Client& client, ErrorCode code, std::string_view message,
                                 std::string_view request_id, base::Instant now) {
  Line line;
  if (!begin(line, LogKind::error_event, client.session, now)) return;
  base::log_fields(base::LogLevel::debug,
                   {{"connection", line.connection},
                    {"request", without_quotes(request_id)},
                    {"tenant", client.grants->tenant},
                    {"user", client.user},
                    {"code", name(code)},
                    {"left_out", line.left_out}},
                   "error event: {}", message);
}

void ConnectionLog::write_closed(const Client& client, const engine::CloseInfo& info,
                                 std::int64_t lasted_ms, base::Instant now) {
  Line line;
  if (!begin(line, LogKind::closed, client.session, now)) return;
  const std::string code = std::to_string(info.code);
  const std::string seconds = fmt::format("{:.3f}", static_cast<double>(lasted_ms) / 1000);
  base::log_fields(base::LogLevel::info,
                   {{"connection", line.connection},
                    {"tenant", client.grants->tenant},
                    {"user", client.user},
                    {"reason", engine::name(info.reason)},
                    {"code", code},
                    {"seconds", seconds},
                    {"left_out", line.left_out}},
                   "disconnected");
}

}  // namespace app
