#include "app/admin/route_table.h"

#include <algorithm>
#include <array>
#include <optional>

#include "app/admin/connection_calls.h"
#include "app/admin/page_calls.h"
#include "app/admin/publish_calls.h"
#include "app/admin/room_calls.h"
#include "app/admin/session_calls.h"
#include "protocol/url_text.h"

namespace app {

namespace {

constexpr std::array<Route, 20> kRoutes{{
    {"GET", "/", Access::open, false, call_live_page},
    {"GET", "/live.json", Access::key_unless_local, false, call_live_figures},
    {"GET", "/health", Access::open, false, call_health},
    {"GET", "/ready", Access::open, false, call_ready},
    {"GET", "/metrics", Access::open, false, call_metrics},
    {"GET", "/ws/status", Access::open, false, call_status},
    {"POST", "/api/v1/publish", Access::key, true, call_publish},
    {"POST", "/api/v1/publish/batch", Access::key, true, call_publish_batch},
    {"POST", "/api/v1/broadcast", Access::key, true, call_broadcast},
    {"POST", "/api/v1/subscriptions", Access::key, true, call_subscribe},
    {"DELETE", "/api/v1/subscriptions", Access::key, true, call_unsubscribe},
    {"POST", "/api/v1/disconnect", Access::key, true, call_disconnect},
    {"POST", "/api/v1/revocations", Access::key, true, call_revoke},
    {"PUT", "/api/v1/users/{tenant}/{user}/roles", Access::key, true, call_change_roles},
    {"GET", "/api/v1/rooms", Access::key, false, call_rooms},
    {"GET", "/api/v1/rooms/{tenant}/{room}/presence", Access::key, false, call_presence},
    {"GET", "/api/v1/rooms/{tenant}/{room}/history", Access::key, false, call_history},
    {"GET", "/api/v1/connections", Access::key, false, call_connections},
    {"GET", "/api/v1/connections/{id}", Access::key, false, call_connection},
    {"DELETE", "/api/v1/connections/{id}", Access::key, false, call_end_connection},
}};

// Takes the part up to the next slash off the front.
std::string_view next_part(std::string_view& path) {
  const std::size_t slash = std::min(path.find('/'), path.size());
  const std::string_view part = path.substr(0, slash);
  path.remove_prefix(std::min(slash + 1, path.size()));
  return part;
}

std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
  if (std::ranges::count(pattern, '/') != std::ranges::count(path, '/')) return std::nullopt;
  std::vector<std::string> names;
  while (!pattern.empty() || !path.empty()) {
    const std::string_view wanted = next_part(pattern);
    const std::optional<std::string> part =
        protocol::decode_percents(next_part(path), protocol::PlusIs::plus);
    if (!part) return std::nullopt;
    if (wanted.starts_with('{')) {
      names.push_back(*part);
    } else if (*part != wanted) {
      return std::nullopt;
    }
  }
  return names;
}

}  // namespace

std::span<const Route> routes() noexcept { return kRoutes; }

RouteMatch find_route(std::string_view method, std::string_view path) {
  RouteMatch found;
  if (method == "HEAD") method = "GET";
  for (const Route& route : kRoutes) {
    std::optional<std::vector<std::string>> names = match(route.path, path);
    if (!names) continue;
    if (route.method == method) return {.route = &route, .names = *std::move(names)};
    if (!found.allowed.empty()) found.allowed += ", ";
    found.allowed += route.method;
    if (route.method == "GET") found.allowed += ", HEAD";
  }
  return found;
}

}  // namespace app
