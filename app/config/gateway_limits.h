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

inline constexpr std::size_t kAdminBodyBytesMax = std::size_t{1} << 20;
// The head of a request, all lines together, and its target, which may name a room of
// kRoomNameBytesMax with every byte escaped, next to a cursor.
inline constexpr std::size_t kAdminHeadBytesMax = std::size_t{16} << 10;
inline constexpr std::size_t kAdminTargetBytesMax = 4096;
// A whole request must be here within this time of its first byte, and its answer be taken within
// as much: a client that dribbles holds a thread no longer.
inline constexpr std::chrono::milliseconds kAdminTransferTimeout{5000};
inline constexpr std::chrono::milliseconds kAdminIdleTimeout{5000};
// The same while other connections wait for a thread.
inline constexpr std::chrono::milliseconds kAdminCrowdedIdleTimeout{100};
// How long a connection that is closed over unread bytes is read on, so that its answer arrives.
inline constexpr std::chrono::milliseconds kAdminLingerTime{200};
// After a failure to accept, for which descriptors or memory may be wanting.
inline constexpr std::chrono::milliseconds kAdminAcceptPause{50};
inline constexpr std::uint32_t kAdminRequestsPerConnectionMost = 100;
inline constexpr std::size_t kAdminConnectionsWaitingMost = 64;
inline constexpr std::uint32_t kAdminThreadsMost = 64;
inline constexpr std::size_t kAdminKeysMost = 64;
// Shorter keys can be guessed; longer ones are a file that was given by mistake.
inline constexpr std::size_t kAdminKeyBytesLeast = 16;
inline constexpr std::size_t kAdminKeyBytesMax = 256;
inline constexpr std::uint32_t kAdminFailuresPerSecondMost = 10;
inline constexpr std::size_t kAdminFailureAddressesMost = 4096;
inline constexpr std::size_t kAdminPublicationsMost = 1000;
inline constexpr std::uint32_t kAdminPageEntriesDefault = 100;
inline constexpr std::uint32_t kAdminPageEntriesMost = 1000;
inline constexpr std::size_t kAdminCursorBytesMax = 512;
inline constexpr std::size_t kConnectionIdBytesMax = 64;
inline constexpr std::size_t kTokenIdBytesMax = 256;
// Mistakes that one answer lists; whoever makes more reads the rest the next time.
inline constexpr std::size_t kAdminMistakesMost = 20;
inline constexpr std::size_t kAdminFieldBytesMost = 256;
// A day: what a client may be told to stay away.
inline constexpr std::int64_t kReconnectAfterMsMost = 86'400'000;
// Idempotency keys are remembered for so long, the least recently used go first.
inline constexpr std::chrono::minutes kIdempotencyAge{10};
inline constexpr std::size_t kIdempotencyKeysMost = 10'000;
inline constexpr std::size_t kIdempotencyKeyBytesMax = 128;
inline constexpr std::size_t kIdempotencyAnswerBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kIdempotencyBytesMost = std::size_t{64} << 20;

static_assert(kAdminTargetBytesMax < kAdminHeadBytesMax);
static_assert(kIdempotencyAnswerBytesMax < kIdempotencyBytesMost);

}  // namespace app
