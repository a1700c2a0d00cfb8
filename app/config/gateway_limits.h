// Gateway limits: every bound of the gateway's policy, by the folder of app/ that keeps it.
//
// The engine's and the protocol's are in base/limits.h, with the same rules: a number that stops
// something from growing is defined here and nowhere else, each with the reason for its size. Those
// that an operator may move are defaults of a setting (app/config). Constants, for any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace app {

// ---- auth ---------------------------------------------------------------------------------------

// A token travels in one line of the handshake, whose bound is kHandshakeLineBytesMax.
inline constexpr std::size_t kTokenBytesMax = 3584;
inline constexpr std::size_t kUserBytesMax = 128;
inline constexpr std::size_t kTenantBytesMax = 64;
inline constexpr std::size_t kRolesMost = 32;
inline constexpr std::size_t kPermissionsMost = 128;
inline constexpr std::size_t kRoleBytesMax = 64;

// ---- events -------------------------------------------------------------------------------------

// Of the names of events, request ids and message ids that clients choose.
inline constexpr std::size_t kEventNameBytesMax = 64;
inline constexpr std::size_t kRequestIdBytesMax = 64;
// Objects and arrays inside each other, the envelope included.
inline constexpr std::size_t kJsonDepthMax = 32;
// Fields of one event's `data` that an event may have at the top.
inline constexpr std::size_t kDataFieldsMost = 64;

// ---- limits -------------------------------------------------------------------------------------

// ---- upstream -----------------------------------------------------------------------------------

// ---- admin --------------------------------------------------------------------------------------

// ---- telemetry ----------------------------------------------------------------------------------

// What `systemctl status` shows of a line; a notice is one datagram.
inline constexpr std::size_t kServiceStatusBytesMax = 512;

}  // namespace app
