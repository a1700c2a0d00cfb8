// HandshakeToken: the token that a handshake carries, wherever it carries it.
//
//   Authorization: Bearer TOKEN                        programs
//   GET /ws?token=TOKEN                                anybody; never logged
//   Sec-WebSocket-Protocol: millrace.v1, millrace.bearer.TOKEN    browsers
//
// The first of them that is there counts. Pure, any thread. Bound: kTokenBytesMax, which the
// verifier checks.
#pragma once

#include <string>
#include <string_view>

#include "protocol/http_request.h"

namespace app {

inline constexpr std::string_view kSubprotocol = "millrace.v1";

struct HandshakeToken {
  std::string token{};
  bool present = false;
  // Of those that the client offered, the one that is spoken; empty if it offered none.
  std::string_view subprotocol{};
  bool subprotocol_unknown = false;  // It offered some, and none of ours.
};

HandshakeToken find_token(const protocol::HttpRequest& request);

}  // namespace app
