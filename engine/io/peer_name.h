// PeerName: room for a driver to write who connected, for one accept under way.
//
// Whoever submits the accept keeps it, where it is, until the completion; then address() is the
// peer's if the accept succeeded. The driver sets `size` before each use. Threads: the shard's own.
#pragma once

#include <sys/socket.h>

#include "engine/io/address.h"
#include "engine/io/peer_address.h"

namespace engine {

struct PeerName {
  sockaddr_storage socket{};
  socklen_t size = 0;

  PeerAddress address() const noexcept {
    if (socket.ss_family != AF_INET && socket.ss_family != AF_INET6) return {};
    return PeerAddress::of(Address::from_socket_address(socket));
  }
};

}  // namespace engine
