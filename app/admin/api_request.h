// ApiRequest: one admin call as its handler sees it: who may call was settled, the path was taken
// apart, and the body is known to be a JSON object where the route has one.
//
// Plain views and values of one call, owned by the admin thread that carries it out. Bounds: those
// of the request, kAdminTargetBytesMax and kAdminBodyBytesMax.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/admin/control.h"
#include "app/admin/problem.h"

namespace app {

struct ApiRequest {
  std::vector<std::string> names{};  // What the {parts} of the route's path are, decoded.
  std::string_view query{};
  std::string_view body{};
  std::string_view request_id{};
};

using ApiHandler = ApiAnswer (*)(Control& control, const ApiRequest& request);

}  // namespace app
