// Route table: every path and method of the admin server, who may call it, and its handler.
//
// The one place where routes are named; docs/openapi.yaml describes the same ones, which a test
// compares. Constant, any thread. Bound: a fixed number of routes; a path is matched part by part,
// each decoded by itself, so an escaped slash belongs to a name.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/admin/api_request.h"

namespace app {

enum class Access : std::uint8_t {
  open,
  key,
  key_unless_local,  // Open where only this host can connect, and asks for it by address.
};

struct Route {
  std::string_view method;
  std::string_view path;  // With parts such as {tenant}.
  Access access = Access::key;
  bool has_body = false;
  ApiHandler handler = nullptr;
};

std::span<const Route> routes() noexcept;

struct RouteMatch {
  const Route* route = nullptr;      // Null: none, see `allowed`.
  std::vector<std::string> names{};  // What stands for the {parts}.
  std::string allowed{};             // Methods that the path has, if only the method is wrong.
};

// HEAD is answered as GET. `path` is without the query, with its escapes.
RouteMatch find_route(std::string_view method, std::string_view path);

}  // namespace app
