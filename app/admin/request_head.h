// RequestHead: what the admin server knows of a request before it reads the body.
//
// Plain value, owned by the thread that serves the request. Header fields that came more than once
// are empty and counted in `has_doubles`, for two values of one field are read differently by
// different servers. Bound: kAdminHeadBytesMax in all.
#pragma once

#include <string>

namespace app {

struct RequestHead {
  std::string method{};
  std::string target{};  // Path and query, with their escapes.
  std::string address{};
  std::string request_id{};
  std::string host{};
  std::string authorization{};
  std::string api_key{};
  std::string content_type{};
  std::string content_length{};
  std::string content_encoding{};
  std::string transfer_encoding{};
  std::string idempotency_key{};
  bool has_idempotency_key = false;
  bool has_doubles = false;
};

}  // namespace app
