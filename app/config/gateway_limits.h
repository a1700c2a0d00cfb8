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

// ---- config -------------------------------------------------------------------------------------

// A file that says everything twice is far smaller.
inline constexpr std::size_t kConfigFileBytesMax = std::size_t{1} << 20;
// Of what a setting names: keys, secrets, certificates.
inline constexpr std::size_t kNamedFileBytesMax = std::size_t{1} << 20;
// More mistakes than these are counted, not told.
inline constexpr std::size_t kMistakesTold = 20;
// Of a value that is quoted to who wrote it.
inline constexpr std::size_t kQuotedBytesMax = 80;
inline constexpr std::size_t kMistakeBytesMax = 1000;
inline constexpr std::size_t kNamesComparedBytesMax = 64;
inline constexpr std::size_t kListMost = 256;
inline constexpr std::size_t kTextBytesMax = 4096;
inline constexpr double kRateMost = 1e12;

// ---- auth ---------------------------------------------------------------------------------------

// A token travels in one line of the handshake, whose bound is kHandshakeLineBytesMax.
inline constexpr std::size_t kTokenBytesMax = 3584;
inline constexpr std::size_t kUserBytesMax = 128;
inline constexpr std::size_t kTenantBytesMax = 64;
inline constexpr std::size_t kRolesMost = 32;
inline constexpr std::size_t kPermissionsMost = 128;
inline constexpr std::size_t kRoleBytesMax = 64;
inline constexpr std::chrono::minutes kLeewayMost{5};
inline constexpr std::uint64_t kAuthThreadsMost = 64;
inline constexpr std::uint64_t kServiceConnectionsMost = 256;
inline constexpr std::uint64_t kFailuresPerMinuteMost = 1'000'000;

// ---- events -------------------------------------------------------------------------------------

// Of the names of events, request ids and message ids that clients choose.
inline constexpr std::size_t kEventNameBytesMax = 64;
inline constexpr std::size_t kRequestIdBytesMax = 64;
// Objects and arrays inside each other, the envelope included.
inline constexpr std::size_t kJsonDepthMax = 32;
// Fields of one event's `data` that an event may have at the top.
inline constexpr std::size_t kDataFieldsMost = 64;

inline constexpr std::size_t kEventPathsMost = 16;
inline constexpr std::size_t kEnvelopeKeyBytesMax = 32;
inline constexpr std::uint64_t kEventBytesLeast = 256;
inline constexpr std::uint64_t kEventBytesMost = std::uint64_t{16} << 20;

// ---- limits -------------------------------------------------------------------------------------

// Places for whoever is short of a full bucket at one time, 16 bytes each once they are used. At
// the default rates that is whoever spoke within the last some milliseconds.
inline constexpr std::uint32_t kUserSlots = std::uint32_t{1} << 17;
inline constexpr std::uint32_t kTenantSlots = std::uint32_t{1} << 14;
inline constexpr std::uint32_t kAddressSlots = std::uint32_t{1} << 16;
// Neighbouring places that a look-up reads: two cache lines.
inline constexpr std::uint32_t kKeyedWordsProbes = 8;
inline constexpr double kTenantWeightMost = 1000;
static_assert(kTenantWeightMost * 1000 * 4000 < UINT32_MAX, "sums of weights are exact for 4000");

inline constexpr std::uint64_t kRoomsPerConnectionMost = 100'000;
inline constexpr std::uint64_t kConnectionsPerUserMost = 1'000'000;
inline constexpr std::uint64_t kErrorsPerMinuteMost = 1'000'000;

// ---- rooms --------------------------------------------------------------------------------------

// Of the patterns of access rules; longer ones could fit no room, whose names have 255 bytes.
inline constexpr std::size_t kRoomPatternBytesMax = 255;
// A room's operations are each checked against all rules at worst.
inline constexpr std::size_t kAccessRulesMost = 256;
inline constexpr std::size_t kAdmissionsMost = 64;
inline constexpr std::uint64_t kHistoryMessagesMost = 100'000;
inline constexpr std::uint64_t kHistoryBytesMost = std::uint64_t{1} << 30;
inline constexpr std::uint64_t kHistoryTotalBytesMost = std::uint64_t{1} << 40;
inline constexpr std::uint64_t kPresenceMembersMost = 100'000;

// ---- upstream -----------------------------------------------------------------------------------

// ---- admin --------------------------------------------------------------------------------------

inline constexpr std::uint64_t kAdminThreadsMost = 64;
inline constexpr std::size_t kApiKeyBytesLeast = 16;
inline constexpr std::size_t kApiKeysMost = 64;

}  // namespace app
