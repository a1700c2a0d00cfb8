// ConnectionLog: the lines that a shard writes about its native connections: who came, who was not
// let in, who was told of an error, who left, and why.
//
// Each line names its connection; one of them in so many is logged, and of each kind so many lines
// a second (LogSampling, shared by the shards). No token, no text of a message and no path is ever
// in it. Threads: the shard's own. Below the log's level a call costs one load.
#pragma once

#include <cstdint>
#include <string_view>

#include "app/auth/auth_failure.h"
#include "app/clients/client.h"
#include "app/events/error_code.h"
#include "app/telemetry/log_sampling.h"
#include "base/log.h"
#include "base/time.h"
#include "engine/session/session_counters.h"
#include "engine/session/session_handler.h"
#include "protocol/http_status.h"

namespace app {

class ConnectionLog {
 public:
  ConnectionLog(LogSampling& sampling, std::uint32_t shard) noexcept
      : sampling_(sampling), shard_(shard) {}

  void opened(const Client& client, base::Instant now) {
    if (base::log_enabled(base::LogLevel::info)) write_opened(client, now);
  }
  // By the engine. `peer`: the connection's other end, also where that is a proxy.
  void turned_away(engine::SessionId session, const engine::PeerAddress& peer,
                   engine::CloseReason why, base::Instant now) {
    if (!base::log_enabled(base::LogLevel::warn)) return;
    write_refused(LogKind::turned_away, session, peer, engine::name(why),
                  protocol::HttpStatus::service_unavailable, now);
  }
  // For what is no matter of who they are: a limit, a subprotocol.
  void refused(engine::SessionId session, const engine::PeerAddress& address,
               std::string_view reason, protocol::HttpStatus status, base::Instant now) {
    if (!base::log_enabled(base::LogLevel::warn)) return;
    write_refused(LogKind::refused, session, address, reason, status, now);
  }
  void refused(engine::SessionId session, const engine::PeerAddress& address, AuthFailure why,
               base::Instant now) {
    if (!base::log_enabled(base::LogLevel::warn)) return;
    write_refused(LogKind::auth_failed, session, address, name(why), status(why), now);
  }
  // `request_id`: JSON, as the client wrote it; empty for none.
  void failed(const Client& client, ErrorCode code, std::string_view message,
              std::string_view request_id, base::Instant now) {
    if (base::log_enabled(base::LogLevel::debug)) {
      write_failed(client, code, message, request_id, now);
    }
  }
  void closed(const Client& client, const engine::CloseInfo& info, std::int64_t lasted_ms,
              base::Instant now) {
    if (base::log_enabled(base::LogLevel::info)) write_closed(client, info, lasted_ms, now);
  }

 private:
  struct Line;

  void write_opened(const Client& client, base::Instant now);
  void write_refused(LogKind kind, engine::SessionId session, const engine::PeerAddress& address,
                     std::string_view reason, protocol::HttpStatus status, base::Instant now);
  void write_failed(const Client& client, ErrorCode code, std::string_view message,
                    std::string_view request_id, base::Instant now);
  void write_closed(const Client& client, const engine::CloseInfo& info, std::int64_t lasted_ms,
                    base::Instant now);
  // May be written, and then what the line begins with.
  bool begin(Line& line, LogKind kind, engine::SessionId session, base::Instant now);

  LogSampling& sampling_;
  std::uint32_t shard_;
};

}  // namespace app
