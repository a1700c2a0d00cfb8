// Client address: whom a handshake comes from: the connection's other end, or who the trusted proxy
// there says it is.
//
// Of a proxy's field (Forwarded as in RFC 7239, or a list of addresses) the last entry counts that
// is no trusted proxy itself: our own proxies added it and those behind it; those before it are the
// client's word. Where a trusted proxy names its client in a way that cannot be read, or in some
// field that nobody has said is to be read, the client is not known: all who come that way would be
// one. Pure, any thread.
#pragma once

#include "app/auth/auth_options.h"
#include "engine/io/peer_address.h"
#include "protocol/http_request.h"

namespace app {

struct ClientAddress {
  engine::PeerAddress address{};  // Not known behind a proxy that does not tell it.
  // The field was there and was not believed: it came from nobody whom we trust.
  bool field_ignored = false;
};

// `peer`: the connection's other end. Of `auth`: address_header and trusted_proxies.
ClientAddress find_address(const protocol::HttpRequest& request, const AuthOptions& auth,
                           const engine::PeerAddress& peer);

}  // namespace app
