#include "app/telemetry/pages.h"

#include <nlohmann/json.hpp>

#include "app/telemetry/served_paths.h"
#include "app/web/chat_page.h"
#include "millrace_version.h"
#include "protocol/http_response.h"

namespace app {

std::optional<std::string> Pages::find(std::string_view path) const {
  using protocol::HttpStatus;
  if (path == kChatPath && raw_) {
    return protocol::write_response(HttpStatus::ok, "text/html; charset=utf-8", chat_page());
  }
  if (path == kHealthPath) {
    const bool draining = draining_.load(std::memory_order_relaxed);
    return protocol::write_response(draining ? HttpStatus::service_unavailable : HttpStatus::ok,
                                    "application/json", health());
  }
  if (path == kMetricsPath) {
    return protocol::write_response(HttpStatus::ok, "text/plain; version=0.0.4; charset=utf-8",
                                    metrics_.text());
  }
  if (path == kStatusPath) {
    return protocol::write_response(HttpStatus::ok, "application/json", status());
  }
  return std::nullopt;
}

std::string Pages::health() const {
  const bool draining = draining_.load(std::memory_order_relaxed);
  const nlohmann::json body = {{"status", draining ? "draining" : "ok"},
                               {"version", millrace::kVersion},
                               {"connections", metrics_.connections()}};
  return body.dump() + "\n";
}

std::string Pages::status() const {
  const MemoryLedger ledger = metrics_.ledger();
  const nlohmann::json body = {
      {"status", draining_.load(std::memory_order_relaxed) ? "draining" : "ok"},
      {"version", millrace::kVersion},
      {"connections", metrics_.connections()},
      {"memory",
       {{"resident_bytes", ledger.resident_bytes},
        {"user_bytes_per_connection", ledger.user_per_connection()},
        {"kernel_bytes_per_connection", ledger.kernel_per_connection()},
        {"kernel_is", "reckoned from the sizes of the kernel's objects"}}}};
  return body.dump() + "\n";
}

}  // namespace app
