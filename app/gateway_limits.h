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

// Questions that wait for an Authenticator's answer: a shard's handshakes of some seconds.
inline constexpr std::size_t kAuthQueueMost = 16'384;
// Of those, how many of a shard's may be of one address where a service is asked: what an office
// behind one address sends at a time, and not what crowds out everybody else.
inline constexpr std::uint32_t kAuthQueuePerAddressMost = 256;
static_assert(kAuthQueuePerAddressMost < kAuthQueueMost);
inline constexpr std::uint32_t kAuthThreadsMost = 64;
// Tokens whose identity is remembered: about half a KiB each.
inline constexpr std::size_t kTokenCacheMost = 100'000;
// Tokens that an auth service has just refused, so that whoever repeats one cannot hammer it.
inline constexpr std::size_t kRefusedTokensMost = 16'384;
inline constexpr std::chrono::milliseconds kRefusedFor{5'000};
// Of an auth service's answer: room for an identity with all its parts at their bounds.
inline constexpr std::size_t kAuthAnswerBytesMax = std::size_t{64} * 1024;
// Between two fetches that tokens with unknown keys ask for: anybody can send one.
inline constexpr std::chrono::milliseconds kUnknownKeyPause{10'000};
// After a fetch of keys that failed; doubles, but not past the usual interval.
inline constexpr std::chrono::milliseconds kJwksRetryFirst{1'000};
inline constexpr std::chrono::milliseconds kJwksRetryMost{30'000};

// A token travels in one line of the handshake, whose bound is kHandshakeLineBytesMax.
inline constexpr std::size_t kTokenBytesMax = 3584;
inline constexpr std::size_t kUserBytesMax = 128;
inline constexpr std::size_t kTenantBytesMax = 64;
inline constexpr std::size_t kRolesMost = 32;
inline constexpr std::size_t kPermissionsMost = 128;
inline constexpr std::size_t kRoleBytesMax = 64;
inline constexpr std::size_t kDisplayNameBytesMax = 128;
inline constexpr std::size_t kTokenIdBytesMax = 128;
// Objects and arrays inside each other in a token: claims of real issuers nest three or four.
inline constexpr std::size_t kTokenJsonDepthMax = 16;
// The last second of the year 9999: a time in a token past it is milliseconds, or a mistake.
inline constexpr std::int64_t kTokenTimeMost = 253'402'300'799;
// Keys that one token may make us try, each up to a millisecond.
inline constexpr std::size_t kKeysTriedMost = 8;
// RFC 7518 3.2: a secret is no shorter than the hash of HS256.
inline constexpr std::size_t kSecretBytesLeast = 32;
inline constexpr int kRsaBitsLeast = 2048;  // RFC 7518 3.3.
inline constexpr int kRsaBitsMost = 8192;   // Larger ones take milliseconds for each token.
// Of a key set, which may come from another host. Real ones have two to ten keys in 20 KiB.
inline constexpr std::size_t kKeySetKeysMost = 64;
inline constexpr std::size_t kKeySetBytesMax = 256 << 10;
inline constexpr std::size_t kKeyIdBytesMax = 256;
// Every handshake of a browser is held against each of them.
inline constexpr std::size_t kOriginsMost = 256;
// A host's name has at most 253 bytes; a scheme and a port come on top.
inline constexpr std::size_t kOriginBytesMax = 320;
// Of tokens and of users each: some 20 MB in all when full.
inline constexpr std::size_t kRevocationsMost = 100'000;
inline constexpr std::size_t kRevocationBytesMost = std::size_t{32} << 20;
// Users whose roles the server API has changed, and what they take: 600 bytes for each of them,
// where one user's may take 35 KB.
inline constexpr std::size_t kRoleChangesMost = 100'000;
inline constexpr std::size_t kRoleChangeBytesMost = std::size_t{64} << 20;
// Counters of failed attempts, in each of two rows: 1 MiB in all.
inline constexpr std::size_t kFailedAttemptSlots = 65'536;
inline constexpr std::chrono::minutes kLeewayMost{5};
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
// Rules of one event's schema. The largest, that of a chat message, has ten.
inline constexpr std::size_t kSchemaRulesMost = 16;
// Ids of messages that clients choose, so that a retry is known as one.
inline constexpr std::size_t kClientMessageIdBytesMax = 64;
// What one chat message may say, where the configuration does not, and carry beside it.
inline constexpr std::size_t kChatContentBytesDefault = std::size_t{64} << 10;
inline constexpr std::size_t kChatMetadataBytesMax = std::size_t{4} << 10;
// Of the key that a room's latest messages are kept by.
inline constexpr std::size_t kConflationKeyBytesMax = 128;
// Of the version of an event's schema, such as 1.0.
inline constexpr std::size_t kEventVersionBytesMax = 16;
// What a reader of events has room for before it has seen any; it doubles from there.
inline constexpr std::size_t kEventScratchBytesFirst = 4096;
inline constexpr std::size_t kEventPathsMost = 16;
inline constexpr std::size_t kEnvelopeKeyBytesMax = 32;
inline constexpr std::uint64_t kEventBytesLeast = 256;
inline constexpr std::uint64_t kEventBytesMost = std::uint64_t{16} << 20;
// What the gateway writes around what a client said, and the answer to it, with room to spare.
inline constexpr std::uint64_t kEventEnvelopeBytes = 1024;

// ---- rooms --------------------------------------------------------------------------------------

// What a client may ask of a room while it is being joined.
inline constexpr std::size_t kRoomStepsMost = 16;

// Of a room's name as clients say it: with the tenant behind it, it is one of the engine.
inline constexpr std::size_t kRoomNameTextMax = 128;
// Entries of one page of a list: of members, rooms, connections, messages.
inline constexpr std::uint32_t kPageEntriesDefault = 100;
inline constexpr std::uint32_t kPageEntriesMost = 1000;
// Where such a page goes on, as a client says it (app/rooms/place_cursor.h).
inline constexpr std::size_t kPlaceCursorBytesMax = 32;
// Of the messages of one page of a room's history.
inline constexpr std::size_t kHistoryPageBytesMax = std::size_t{512} << 10;
// A resume begins when no more than this part of the send queue is taken; then a history of the
// default size fits, and as much again of what is said meanwhile.
inline constexpr std::uint64_t kResumeMarkPart = 4;
// What a message costs its receiver's send queue beside its bytes, at most.
inline constexpr std::uint64_t kQueuedMessageCost = 64;
// Rooms in which one client may be typing at a time.
inline constexpr std::uint32_t kTypingPerClientMost = 8;

// Of the patterns of access rules; longer ones could fit no room, whose names have 255 bytes.
inline constexpr std::size_t kRoomPatternBytesMax = 255;
// A room's operations are each checked against all rules at worst.
inline constexpr std::size_t kAccessRulesMost = 256;
inline constexpr std::size_t kGranteesMost = 64;
// Questions that wait for the access service's answer, of all shards.
inline constexpr std::size_t kAccessQueueMost = 16'384;
// Answers of it that are remembered: at most some 400 bytes each.
inline constexpr std::size_t kAccessCacheMost = 65'536;
inline constexpr std::size_t kAccessAnswerBytesMax = std::size_t{4} << 10;
inline constexpr std::chrono::hours kAccessTtlMost{24};
// Events of one client that wait for it, and bytes of all on a shard. How many of a shard's is a
// setting, within these.
inline constexpr std::uint32_t kHeldPerClientMost = 64;
inline constexpr std::size_t kHeldBytesMost = std::size_t{8} << 20;
inline constexpr std::uint64_t kHeldEventsMost = 100'000;
inline constexpr std::uint64_t kHistoryMessagesMost = 100'000;
inline constexpr std::uint64_t kHistoryBytesMost = std::uint64_t{1} << 30;
inline constexpr std::uint64_t kHistoryTotalBytesMost = std::uint64_t{1} << 40;
inline constexpr std::uint64_t kPresenceMembersMost = 100'000;

// ---- clients ------------------------------------------------------------------------------------

// Clients that a turn looks at to change many of them, where most are passed over: some 50 ns each.
inline constexpr std::uint32_t kSweepCostPerTurn = 2048;
// How much of it one of several sweeps takes before the next has its go.
inline constexpr std::uint32_t kSweepCostPerGo = 512;
// A client that is told something and closed costs as much as so many that are looked at: 128 of
// them are a turn of a millisecond or two.
inline constexpr std::uint32_t kSweepChangeCost = 16;
// Sweeps of the server API that are under way at a time; more are refused.
inline constexpr std::uint32_t kSweepsMost = 128;
// Clients that are ended in a turn because their tokens have expired.
inline constexpr std::uint32_t kExpiriesPerTurn = 128;

static_assert(kSweepCostPerGo <= kSweepCostPerTurn && kSweepChangeCost <= kSweepCostPerGo);

// ---- delivery -----------------------------------------------------------------------------------

// Answers to senders that a shard owes.
inline constexpr std::uint32_t kAcksAwaitedMost = std::uint32_t{1} << 16;
// What may wait on a shard to be delivered in batches; more goes at once.
inline constexpr std::size_t kPacedBytesMax = std::size_t{8} << 20;
// Messages of a shard's clients whose receipts are counted, how many readers of each are told
// apart, and for how long.
inline constexpr std::uint32_t kReceiptsMost = std::uint32_t{1} << 14;
inline constexpr std::uint32_t kReceiptReadersMost = std::uint32_t{1} << 14;
inline constexpr std::chrono::minutes kReceiptsFor{10};
// Receipts of so long are told together.
inline constexpr std::chrono::milliseconds kReceiptPace{250};

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

// ---- upstream -----------------------------------------------------------------------------------

// Calls of one HttpClient that have no answer yet; with their bodies they are its memory.
inline constexpr std::size_t kUpstreamQueueMost = 16'384;
// Unless a call says otherwise.
inline constexpr std::size_t kUpstreamAnswerBytesMax = std::size_t{1024} * 1024;
// Of the header of an answer: as much as others allow.
inline constexpr std::size_t kUpstreamHeadBytesMax = std::size_t{64} * 1024;
// A breaker opens after so many failures in a row, or when more than half of a window failed.
inline constexpr std::uint32_t kBreakerFailuresInARow = 5;
inline constexpr std::uint32_t kBreakerWindow = 20;
inline constexpr std::chrono::milliseconds kBreakerPauseFirst{1'000};
inline constexpr std::chrono::milliseconds kBreakerPauseMost{30'000};

// ---- admin --------------------------------------------------------------------------------------

// How long a call of the server API waits for the shards.
inline constexpr std::chrono::milliseconds kControlTimeout{2000};
// Places of rooms or clients that one call of a listing looks at, and a shard in one turn of it.
inline constexpr std::uint32_t kPlacesLookedAt = std::uint32_t{1} << 14;
inline constexpr std::uint32_t kPlacesPerTurn = 1024;
// Tenants that metrics name; all others are one.
inline constexpr std::size_t kTenantsTold = 50;

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
inline constexpr std::size_t kAdminCursorBytesMax = 512;
inline constexpr std::size_t kConnectionIdBytesMax = 64;
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
static_assert(kPlaceCursorBytesMax <= kAdminCursorBytesMax, "what one tells is taken by the other");
static_assert(kIdempotencyAnswerBytesMax < kIdempotencyBytesMost);

// ---- telemetry ----------------------------------------------------------------------------------

// What `systemctl status` shows of a line; a notice is one datagram.
inline constexpr std::size_t kServiceStatusBytesMax = 512;

}  // namespace app
