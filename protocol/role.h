// Role: which end of the connection we are, since the two ends have different duties.
//
// A client masks every frame that it sends and a server none (RFC 6455 5.1); each decoder and
// encoder is therefore told the role of our own side, and derives from it what the peer must do.
#pragma once

#include <cstdint>

namespace protocol {

enum class Role : std::uint8_t { server, client };

// Whether the frames that reach us must be masked. Ours must be exactly when the peer's must not.
constexpr bool peer_must_mask(Role role) noexcept { return role == Role::server; }

}  // namespace protocol
