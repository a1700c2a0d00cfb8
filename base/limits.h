// Limits: every bound of the project, in one file, with the relations between them proven.
//
// A number that stops something from growing is defined here and nowhere else, each with the reason
// for its size; the static_asserts below say which of them depend on which. Limits that an operator
// may move have a default, a least and a most; the others are fixed by a standard or by our design.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace base {

// ---- WebSocket framing (RFC 6455) ---------------------------------------------------------------

// A control frame's payload fits the seven-bit length (RFC 6455 5.5).
inline constexpr std::size_t kControlPayloadBytesMax = 125;
// Two octets, an eight-octet length and the masking key (RFC 6455 5.2).
inline constexpr std::size_t kFrameHeaderBytesMax = 14;
inline constexpr std::size_t kControlFrameBytesMax = 2 + 4 + kControlPayloadBytesMax;
// A close frame's code takes two octets of its payload (RFC 6455 5.5.1).
inline constexpr std::size_t kCloseReasonBytesMax = 123;

static_assert(kFrameHeaderBytesMax == 2 + sizeof(std::uint64_t) + 4);
static_assert(kCloseReasonBytesMax == kControlPayloadBytesMax - sizeof(std::uint16_t));

// The largest reassembled message; more is refused with close code 1009 (RFC 6455 7.4.1).
inline constexpr std::uint64_t kMessageBytesDefault = std::uint64_t{1} << 20;
inline constexpr std::uint64_t kMessageBytesLeast = 125;
inline constexpr std::uint64_t kMessageBytesMost = std::uint64_t{1} << 30;

static_assert(kMessageBytesLeast <= kMessageBytesDefault);
static_assert(kMessageBytesDefault <= kMessageBytesMost);
static_assert(kMessageBytesLeast >= kControlPayloadBytesMax,
              "the assembler's short path admits every seven-bit length without asking the limit");
static_assert(kMessageBytesMost + kControlPayloadBytesMax <= UINT32_MAX,
              "the assembler counts gathered bytes in 32 bits, a control frame on top included");

// The least that the assembler allocates when it must gather: one cache line.
inline constexpr std::uint32_t kGatherBytesLeast = 64;

// ---- Opening handshake (HTTP/1.1) ---------------------------------------------------------------

// One line of the handshake: room for a token in the query and for long cookies.
inline constexpr std::size_t kHandshakeLineBytesMax = 4096;
inline constexpr std::size_t kHandshakeHeadersMax = 64;
// The whole head, from the request line to the empty line.
inline constexpr std::size_t kHandshakeBytesMax = std::size_t{16} << 10;

// What a refused client is asked to wait, unless the caller of write_response() knows better.
inline constexpr std::uint32_t kRetryAfterSecondsDefault = 5;

static_assert(kHandshakeLineBytesMax <= kHandshakeBytesMax);
static_assert(kHandshakeHeadersMax * sizeof("a:\r\n") < kHandshakeBytesMax,
              "the count of headers is a bound of its own, not implied by the bytes");

// ---- The ring of a shard ------------------------------------------------------------------------

// Staged operations before the driver submits by itself; small, so that the entries stay cached.
inline constexpr std::uint32_t kSubmissionQueueEntries = 1024;
// Multishot operations complete many times for one submission; overflow is slow, never lossy.
inline constexpr std::uint32_t kCompletionQueueEntries = 8192;
// Completions that one turn takes; the rest waits for the next turn.
inline constexpr std::uint32_t kCompletionsPerTurn = 1024;
// So many that have come end the wait for more (DriverOptions::gather).
inline constexpr std::uint32_t kGatherEnough = 16;
// Receive buffers of a ring: shared by its connections, held only while bytes are being parsed. The
// kernel is offered no more of them than bursts have needed, so the rest costs address space only.
inline constexpr std::uint32_t kReceiveBuffersDefault = 256;
// As many small ones beside them, for connections whose receives never fill one: they lie so close
// together that few pages hold all that a turn receives.
inline constexpr std::uint32_t kSmallReceiveBufferBytes = 2048;
inline constexpr std::uint32_t kReceiveBuffersLeast = 16;
inline constexpr std::uint32_t kReceiveBuffersMost = 32768;
// A large message that is wholly inside one is not gathered; of each buffer only the pages that
// something was received into have memory.
inline constexpr std::uint32_t kReceiveBufferBytesDefault = std::uint32_t{128} << 10;
inline constexpr std::uint32_t kReceiveBufferBytesLeast = 512;
inline constexpr std::uint32_t kReceiveBufferBytesMost = std::uint32_t{1} << 20;
inline constexpr std::uint32_t kListenBacklog = 65535;
// Descriptors per ring that the kernel allows (IORING_MAX_FIXED_FILES); where the open-file limit
// is lower, a ring holds as many as that.
inline constexpr std::uint32_t kDescriptorsPerRingMost = std::uint32_t{1} << 20;
inline constexpr std::uint32_t kDescriptorsPerShardMost = std::uint32_t{1} << 24;
// Of several rings one takes new connections while it has more places than this left: as many as
// may be on their way to it meanwhile.
inline constexpr std::uint32_t kRingPlacesAhead = 256;
// Receive buffers that a ring offers to begin with (a kernel since 6.13 fills 20 before it asks),
// and after how many offers it looks whether it needs as many.
inline constexpr std::uint32_t kReceiveBuffersOffered = 32;
inline constexpr std::uint32_t kReceiveBuffersPeriod = 4096;
// Never more of them than so many bytes, by what lately came in one, but at least a few: what a
// turn receives is read and sent on from a core's own cache.
inline constexpr std::uint32_t kReceiveBytesOffered = std::uint32_t{384} << 10;
inline constexpr std::uint32_t kReceiveBuffersOfferedLeast = 4;

static_assert(kCompletionsPerTurn <= kCompletionQueueEntries);
static_assert(kSubmissionQueueEntries * 4 <= kCompletionQueueEntries,
              "a full submission queue and its multishots fit the completion queue");
static_assert(kReceiveBuffersDefault <= kReceiveBuffersMost, "buffer ids have 15 bits");

// ---- Connections --------------------------------------------------------------------------------

inline constexpr std::uint64_t kConnectionsDefault = 10'000;
inline constexpr std::uint64_t kConnectionsMost = 16'000'000;
// Accepts that a shard keeps under way per listener: what a crowd can take of one turn.
inline constexpr std::uint32_t kAcceptsPerTurn = 32;
// Handshakes that a shard begins per second, and how many of them at once after a lull. Over that
// connections are refused with 503, of which so many may be under way; over that they wait in the
// listening socket's queue.
inline constexpr std::uint64_t kHandshakesPerSecondPerShardDefault = 20'000;
inline constexpr std::uint64_t kHandshakesPerSecondMost = 100'000'000;
inline constexpr std::uint64_t kHandshakeBurstsPerSecond =
    4;  // A burst is a quarter of a second's.
inline constexpr std::uint32_t kEarlyRefusalsMost = 256;
// A client refused early is asked to come back when those refused before it can be in, in 1 to so
// many seconds; for want of memory, within so many, so that not all do at once.
inline constexpr std::uint32_t kRetryAfterSecondsMost = 32;
inline constexpr std::uint32_t kRetryForMemorySecondsMost = 8;
static_assert(kRetryForMemorySecondsMost <= kRetryAfterSecondsMost);
// What a shard may hold beyond its share of the connections, where a single ring would not hold all
// of them: this part of the share, and this many.
inline constexpr std::uint32_t kShardSlackPart = 8;
inline constexpr std::uint32_t kShardDescriptorsSpare = 1024;
// Descriptors beyond the connection limit, so that refusals can be told with a 503.
inline constexpr std::uint32_t kRefusalDescriptors = 512;
// A shard is sent connections that others accepted while it holds no more than the average and this
// part of it, or this many, more.
inline constexpr std::uint32_t kRelocationSlackPart = 32;
inline constexpr std::uint32_t kRelocationSlackLeast = 64;
// A connection that was silent for so long waits on a poll instead of a receive.
inline constexpr Duration kParkAfterDefault = std::chrono::seconds{10};
// What may wait for one slow reader before it is closed with 1013.
inline constexpr std::uint64_t kSendQueueBytesDefault = std::uint64_t{1} << 20;
inline constexpr std::uint64_t kSendQueueBytesLeast = std::uint64_t{4} << 10;
inline constexpr std::uint64_t kSendQueueBytesMost = std::uint64_t{1} << 29;
// Pieces of one vectored send (the kernel's UIO_MAXIOV is 1024; 8 are copied without allocating).
inline constexpr std::uint32_t kSendSegmentsMax = 63;
// A send takes no further piece once it has so many bytes: what a control frame may have to wait
// for. One piece may be larger, for the frames of one message are not torn apart.
inline constexpr std::uint64_t kSendBytesInFlightMost = std::uint64_t{128} << 10;
// Pieces of all vectored sends of a turn; the sends beyond wait for the next turn.
inline constexpr std::uint32_t kSendSegmentsPerTurn = 16384;
// Idle blocks that a shard keeps for reuse, per size of block.
inline constexpr std::uint64_t kPayloadIdleBytesMax = std::uint64_t{4} << 20;

static_assert(kEarlyRefusalsMost + kAcceptsPerTurn < kRefusalDescriptors,
              "early refusals leave descriptors for those past the connection limit");
static_assert(kSendQueueBytesLeast > 2 * (kFrameHeaderBytesMax + kControlPayloadBytesMax),
              "a ping and a close always fit");
static_assert(kSendSegmentsMax <= kSendSegmentsPerTurn);
static_assert(kSendQueueBytesMost <= UINT32_MAX, "a queue counts its bytes in 32 bits");

// ---- Sessions -----------------------------------------------------------------------------------

// Connects of a shard's that have no answer yet.
inline constexpr std::uint32_t kConnectsMax = std::uint32_t{1} << 16;
// Control frames wait in front of data, whatever the send queue's limit; of pongs beyond so much
// only the newest waits, as RFC 6455 5.5.3 allows.
inline constexpr std::uint64_t kControlQueueBytesMax = std::uint64_t{16} << 10;
inline constexpr Duration kHandshakeTimeoutDefault = std::chrono::seconds{10};
inline constexpr Duration kCloseTimeoutDefault = std::chrono::seconds{5};
inline constexpr Duration kHeartbeatIntervalDefault = std::chrono::seconds{30};
// A shard that looks after its deadlines so late was not run, and its peers are not to blame: for a
// moment nobody is dropped for silence.
inline constexpr Duration kShardStall = std::chrono::milliseconds{500};
inline constexpr Duration kStallExcuse = std::chrono::seconds{1};
inline constexpr Duration kDrainGraceDefault = std::chrono::seconds{10};
inline constexpr Duration kTimeoutLeast = std::chrono::milliseconds{100};
inline constexpr Duration kTimeoutMost = std::chrono::hours{24};
// After a refusal or a violation, how long to read on: closing over unread bytes resets the
// connection, and the peer might never see the answer.
inline constexpr Duration kLingerTime = std::chrono::milliseconds{500};
// After an early refusal: most clients have sent their request by then, or will have soon.
inline constexpr Duration kEarlyRefusalLinger = std::chrono::milliseconds{100};
// Parts of the memory budget at which something is done about it (see MemoryLevel), how far below a
// level ends again, and how often a shard looks.
inline constexpr std::uint64_t kMemoryRefusePercent = 80;
inline constexpr std::uint64_t kMemoryConflatePercent = 90;
inline constexpr std::uint64_t kMemoryClosePercent = 100;
inline constexpr std::uint64_t kMemorySlackPercent = 5;
inline constexpr Duration kMemoryLookPause = std::chrono::milliseconds{1};
// A shard that holds this part of the limit more than when it looked last looks again soon.
inline constexpr std::uint64_t kMemoryMuchPart = 64;
// Near the limit a shard whose parcels are more than this part of its share reads nothing.
inline constexpr std::uint64_t kMemoryParcelsPart = 4;
// Of so many sessions per look the one that holds most is closed, if that frees so much at least.
inline constexpr std::uint32_t kMemorySweepSlots = 16384;
inline constexpr std::uint64_t kMemoryCloseLeast = 4096;
inline constexpr std::uint64_t kMemoryBudgetLeast = std::uint64_t{16} << 20;
inline constexpr std::uint64_t kMemoryBudgetMost = std::uint64_t{1} << 50;
// Of the host's memory, or of what its control group may have, the budget is this part: the kernel
// needs as much for the sockets.
inline constexpr std::uint64_t kMemoryBudgetHostPart = 2;
// Receive buffers come on top of it; unless more are asked for, all of them are this part at most.
inline constexpr std::uint64_t kReceiveBuffersBudgetPart = 4;
// A sweep comes in this many steps per interval, or in steps of so many slots where those are more,
// but not more often than the pause.
inline constexpr std::uint32_t kSweepSteps = 64;
inline constexpr std::uint32_t kSweepSlotsPerStep = 64;
inline constexpr Duration kSweepPauseLeast = std::chrono::milliseconds{10};

static_assert(kTimeoutLeast / kSweepSteps < kSweepPauseLeast, "the pause bounds short intervals");
static_assert(kCloseTimeoutDefault < kDrainGraceDefault, "a drain lets close handshakes finish");

// ---- Lanes between shards -----------------------------------------------------------------------

// Small, because there are shards x shards of them; what does not fit waits at its sender.
inline constexpr std::uint32_t kLaneEntries = 256;
// Messages that a turn takes from each lane, so that a busy one starves nobody.
inline constexpr std::uint32_t kLaneMessagesPerTurn = 256;
// Idle parcels that a shard keeps for reuse, per capacity.
inline constexpr std::uint64_t kParcelIdleBytesMax = std::uint64_t{1} << 20;
inline constexpr std::uint32_t kShardsMost = 256;
// A shard's time slice where shards outnumber processors.
inline constexpr Duration kCrowdedSlice = std::chrono::microseconds{200};

static_assert(kLaneMessagesPerTurn <= kLaneEntries);

// ---- Work per turn ------------------------------------------------------------------------------

// Received chunks, and bytes in them, that a turn hands to sessions (but no more bytes than a part
// of one send queue, for members of rooms take nothing before the turn ends), and deliveries that
// it fans out: as many sends as take half a millisecond or so, because whoever speaks meanwhile
// waits so long. A connection that ends costs the kernel 20 us in the turn that closes it.
inline constexpr std::uint32_t kReceivesPerTurn = 1024;
inline constexpr std::uint32_t kEndsPerTurn = 64;
// While so many chunks wait for their turn, parked connections that have something are not read:
// what is read holds a buffer.
inline constexpr std::uint32_t kReceivesAhead = 64;
inline constexpr std::uint64_t kReceivedBytesPerTurn = std::uint64_t{1} << 20;
inline constexpr std::uint64_t kReceivedSendQueuePart = 2;
inline constexpr std::uint32_t kDeliveriesPerTurn = 128;
// Where rooms share members a turn grows up to so many deliveries, as long as this part of them at
// least shares another's send.
inline constexpr std::uint32_t kDeliveriesPerTurnMost = 4096;
inline constexpr std::uint32_t kSharedSendsPart = 16;
// Deliveries of one room before the next room has its go.
inline constexpr std::uint32_t kDeliveriesPerRoomGo = 16;
// Connections that the heartbeat sweep visits per turn at most.
inline constexpr std::uint32_t kSweepPerTurn = 256;

static_assert(kDeliveriesPerRoomGo <= kDeliveriesPerTurn);
static_assert(kDeliveriesPerTurn <= kDeliveriesPerTurnMost);

// ---- Rooms --------------------------------------------------------------------------------------

inline constexpr std::size_t kRoomNameBytesMax = 255;
// Rooms that one request for the raw endpoint may name.
inline constexpr std::size_t kRoomsPerRequestMost = 64;
// A batch of a room's messages grows in payloads of so much, so that small ones share a send.
inline constexpr std::uint32_t kBatchPayloadBytes = 4000;
// Messages that wait for their fan-out, over all rooms of a shard, before it stops reading.
inline constexpr std::uint64_t kFanOutBacklogBytesMax = std::uint64_t{8} << 20;
inline constexpr std::uint32_t kRoomsPerShardMost = std::uint32_t{1} << 18;
// Of rooms that have had messages in hand, the records that a shard keeps for reuse.
inline constexpr std::size_t kRoomWorkIdleMost = 1024;
inline constexpr std::size_t kPolicyRulesMost = 256;
// Messages of a shard's publishers whose answers are not complete yet.
inline constexpr std::uint32_t kAnswersAwaitedMost = std::uint32_t{1} << 16;
// What may wait for a member of a `latest` room before it is given newest values only, and for one
// of an `ephemeral` room before messages are dropped for it.
inline constexpr std::uint64_t kConflateAboveBytesDefault = std::uint64_t{64} << 10;
inline constexpr std::uint64_t kDropAboveBytesDefault = std::uint64_t{16} << 10;
// Keys whose newest values a room keeps on a shard while somebody lags.
inline constexpr std::uint32_t kKeysPerRoomDefault = 1024;
inline constexpr std::uint32_t kKeysPerRoomMost = std::uint32_t{1} << 20;

// What the home of a room keeps of its messages, for members that come back; what all rooms of a
// shard keep together; and for how long.
inline constexpr std::uint32_t kHistoryMessagesMost = std::uint32_t{1} << 16;
inline constexpr std::uint64_t kHistoryRoomBytesDefault = std::uint64_t{256} << 10;
inline constexpr std::uint64_t kHistoryTotalBytesDefault = std::uint64_t{256} << 20;
// Old messages that a turn forgets at most.
inline constexpr std::uint32_t kHistoryForgottenPerTurn = 512;
// Ids of messages that a home remembers, so that a retry is not taken for another message, and for
// how long it does.
inline constexpr std::size_t kMessageIdBytesMax = 255;
inline constexpr std::uint32_t kMessageIdsMost = std::uint32_t{1} << 16;
inline constexpr Duration kMessageIdsFor = std::chrono::minutes{5};
// One in so many messages has its way measured.
inline constexpr std::uint32_t kMessagesPerSample = 64;
// Rooms of a shard that are looked at to find its largest.
inline constexpr std::uint32_t kRoomsRanked = std::uint32_t{1} << 14;
// Rooms are counted by how many members they have, by power of two; the last place is for all from
// half a million on.
inline constexpr std::size_t kRoomSizeOctaves = 21;
// The digits of the largest number of a message.
inline constexpr std::uint32_t kNumberTextBytes = 20;

// ---- Embedding ----------------------------------------------------------------------------------

// Tasks from other threads that may wait for one shard (millrace/server.h), and those that a turn
// runs.
inline constexpr std::uint32_t kPostedTasksDefault = std::uint32_t{1} << 16;
inline constexpr std::uint32_t kPostedTasksPerTurn = 256;

// ---- Measuring ----------------------------------------------------------------------------------

// The longest latency a histogram tells apart; longer ones are counted as saturated.
inline constexpr std::uint64_t kHistogramNanosecondsMax = std::uint64_t{3600} * 1'000'000'000;

static_assert(kHistogramNanosecondsMax < std::uint64_t{1} << 42,
              "the histogram's buckets cover 42 octaves");

}  // namespace base
