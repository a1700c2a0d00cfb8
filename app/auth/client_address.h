// Client address: whom a handshake comes from, as the proxy in front of the gateway says it.
//
// The last entry of the header is the one that our own proxy added; those before it are the
// client's word. Pure, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/http_request.h"

namespace app {

struct ClientAddress {
  std::string text{};     // Empty: not known.
  std::uint64_t key = 0;  // What is counted together; see failed_attempts.h. 0: not known.
};

// `header`: AuthOptions::address_header.
ClientAddress find_address(const protocol::HttpRequest& request, std::string_view header);

}  // namespace app
