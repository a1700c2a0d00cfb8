#include "protocol/message_assembler.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/protocol/event_recorder.h"
#include "tests/protocol/frame_builder.h"

namespace protocol {
namespace {

using tests::Bytes;
using tests::bytes_of;
using tests::Events;
using tests::events_of;
using tests::frame;
using tests::joined;
using tests::Pieces;
using tests::record;

constexpr std::uint8_t kContinuation = 0;
constexpr std::uint8_t kText = 1;
constexpr std::uint8_t kBinary = 2;
constexpr std::uint8_t kClose = 8;
constexpr std::uint8_t kPing = 9;
constexpr std::uint8_t kPong = 10;

// The examples of RFC 6455 5.7, octet by octet.

TEST(MessageAssemblerRfc, UnmaskedText) {
  const Bytes input = bytes_of({0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f});
  EXPECT_EQ(events_of(input, Role::client), Events{"text Hello"});
}

TEST(MessageAssemblerRfc, MaskedText) {
  const Bytes input = bytes_of({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58});
  EXPECT_EQ(events_of(input, Role::server), Events{"text Hello"});
}

TEST(MessageAssemblerRfc, FragmentedUnmaskedText) {
  const Bytes input = bytes_of({0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f});
  EXPECT_EQ(events_of(input, Role::client), Events{"text Hello"});
}

TEST(MessageAssemblerRfc, UnmaskedPingAndMaskedPong) {
  const Bytes ping = bytes_of({0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f});
  EXPECT_EQ(events_of(ping, Role::client), Events{"ping Hello"});
  const Bytes pong = bytes_of({0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58});
  EXPECT_EQ(events_of(pong, Role::server), Events{"pong Hello"});
}

TEST(MessageAssemblerRfc, LongBinary) {
  Bytes medium = bytes_of({0x82, 0x7E, 0x01, 0x00});
  medium.resize(medium.size() + 256, std::byte{'m'});
  EXPECT_EQ(events_of(medium, Role::client), Events{"binary " + std::string(256, 'm')});
  Bytes large = bytes_of({0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0});
  large.resize(large.size() + 65536, std::byte{'l'});
  MessageAssembler assembler(Role::client, 1 << 20);
  EXPECT_EQ(record(assembler, {large}), Events{"binary " + std::string(65536, 'l')});
}

// Messages.

TEST(MessageAssembler, TakesMessagesOneAfterTheOther) {
  const Bytes input = joined({frame({.opcode = kText}, "one"), frame({.opcode = kBinary}, "two"),
                              frame({.opcode = kText}, ""), frame({.opcode = kPing}, ""),
                              frame({.opcode = kText}, "caf\xC3\xA9")});
  EXPECT_EQ(events_of(input),
            (Events{"text one", "binary two", "text ", "ping ", "text caf\xC3\xA9"}));
}

TEST(MessageAssembler, TakesEveryLengthUpTo300InPlace) {
  for (std::size_t size = 0; size <= 300; ++size) {
    const std::string payload(size, static_cast<char>('a' + size % 26));
    Bytes input = frame({.opcode = size % 2 == 0 ? kText : kBinary}, payload);
    MessageAssembler assembler(Role::server, 1 << 20);
    std::span<std::byte> rest(input);
    const MessageEvent event = assembler.next(rest);
    EXPECT_EQ(tests::text_of(event.payload), payload);
    EXPECT_TRUE(rest.empty());
    EXPECT_EQ(event.payload.data(), input.data() + input.size() - size) << "not in place";
    EXPECT_EQ(assembler.buffer_bytes(), 0u);
    EXPECT_TRUE(assembler.idle());
  }
}

// What is wholly there is taken at once. However it is cut, it says the same.
TEST(MessageAssembler, AMediumMessageIsTheSameInOnePieceAndInTwo) {
  const auto medium = [](std::size_t size, char octet) {
    return frame({.opcode = kText}, std::string(size, octet));
  };
  Bytes padded_length = medium(126, 'p');
  padded_length[3] = std::byte{125};  // Not its shortest form.
  Bytes reserved_bit = medium(200, 'r');
  reserved_bit[0] |= std::byte{0x40};
  for (const Bytes& input : {joined({medium(126, 'a'), medium(4096, 'b')}),
                             joined({medium(300, 'c'), medium(4097, 'd')}), medium(200, '\xFF'),
                             padded_length, reserved_bit}) {
    MessageAssembler whole(Role::server, 4096);
    const Events events = record(whole, {input});
    for (std::size_t cut = 1; cut < input.size(); cut += cut < 200 ? 1 : 97) {
      MessageAssembler cut_up(Role::server, 4096);
      const auto at = input.begin() + static_cast<std::ptrdiff_t>(cut);
      ASSERT_EQ(record(cut_up, {Bytes(input.begin(), at), Bytes(at, input.end())}), events) << cut;
    }
  }
}

TEST(MessageAssembler, JoinsFragments) {
  const Bytes input =
      joined({frame({.fin = false, .opcode = kText}, "caf\xC3"),
              frame({.fin = false, .opcode = kContinuation}, ""),
              frame({.opcode = kContinuation}, "\xA9!"),
              frame({.fin = false, .opcode = kBinary}, ""), frame({.opcode = kContinuation}, "")});
  EXPECT_EQ(events_of(input), (Events{"text caf\xC3\xA9!", "binary "}));
}

TEST(MessageAssembler, LetsControlFramesThroughBetweenFragments) {
  const Bytes input = joined(
      {frame({.fin = false, .opcode = kText}, "one "), frame({.opcode = kPing}, "are you there?"),
       frame({.fin = false, .opcode = kContinuation}, "two "), frame({.opcode = kPong}, ""),
       frame({.opcode = kPing}, "again"), frame({.opcode = kContinuation}, "three")});
  EXPECT_EQ(events_of(input),
            (Events{"ping are you there?", "pong ", "ping again", "text one two three"}));
}

TEST(MessageAssembler, JoinsManyFragmentsOfManySizes) {
  std::vector<Bytes> frames;
  std::string expected;
  for (std::size_t i = 0; i < 200; ++i) {
    const std::string piece(i, static_cast<char>('a' + i % 26));
    expected += piece;
    const std::uint8_t opcode = i == 0 ? kBinary : kContinuation;
    frames.push_back(frame({.fin = i == 199, .opcode = opcode}, piece));
  }
  const Bytes input = joined(frames);
  for (std::size_t step = 1; step < input.size(); step = step * 3 + 1) {
    std::vector<std::size_t> cuts;
    for (std::size_t at = step; at < input.size(); at += step) cuts.push_back(at);
    MessageAssembler assembler(Role::server, 1 << 20);
    EXPECT_EQ(record(assembler, tests::cut(input, cuts)), Events{"binary " + expected});
  }
}

// Close.

TEST(MessageAssembler, ClosesWithCodeAndReason) {
  EXPECT_EQ(events_of(frame({.opcode = kClose}, "")), Events{"close 1005 "});
  EXPECT_EQ(events_of(frame({.opcode = kClose}, "\x03\xE8")), Events{"close 1000 "});
  EXPECT_EQ(events_of(frame({.opcode = kClose},
                            "\x03\xE9"
                            "bye")),
            Events{"close 1001 bye"});
  const std::string longest(123, 'r');
  EXPECT_EQ(events_of(frame({.opcode = kClose}, "\x0F\xA0" + longest)),
            Events{"close 4000 " + longest});
}

TEST(MessageAssembler, DiscardsWhatFollowsAClose) {
  const Bytes input = joined(
      {frame({.opcode = kClose}, "\x03\xE8"), frame({}, "too late"), bytes_of({0xFF, 0xFF, 0xFF})});
  EXPECT_EQ(events_of(input), Events{"close 1000 "});
}

TEST(MessageAssembler, JudgesEveryCloseCode) {
  for (std::uint32_t code = 0; code <= 0xFFFF; ++code) {
    const std::string payload = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    Bytes input = frame({.opcode = kClose}, payload);
    std::span<std::byte> rest(input);
    MessageAssembler assembler(Role::server, 1 << 20);
    const MessageEvent event = assembler.next(rest);
    if (is_valid_on_wire(static_cast<std::uint16_t>(code))) {
      ASSERT_EQ(event.kind, MessageEvent::Kind::close) << code;
      ASSERT_EQ(static_cast<std::uint32_t>(event.close_code), code);
    } else {
      ASSERT_EQ(event.violation, Violation::close_code_invalid) << code;
    }
  }
}

TEST(MessageAssembler, ClosesWithinAMessage) {
  const Bytes input = joined(
      {frame({.fin = false, .opcode = kText}, "half"), frame({.opcode = kClose}, "\x03\xE8")});
  EXPECT_EQ(events_of(input), Events{"close 1000 "});
}

// Violations; the test of violation.h provokes each of them, here is what is particular.

TEST(MessageAssembler, GivesWhatCameBeforeAViolation) {
  const Bytes input = joined({frame({}, "fine"), frame({.reserved_bits = 4}, "compressed?")});
  EXPECT_EQ(events_of(input), (Events{"text fine", "violation reserved_bits_set 1002"}));
}

TEST(MessageAssembler, RepeatsItsViolation) {
  MessageAssembler assembler(Role::server, 1 << 20);
  Bytes wrong = frame({.masked = false}, "x");
  std::span<std::byte> input(wrong);
  EXPECT_EQ(assembler.next(input).violation, Violation::mask_missing);
  EXPECT_FALSE(assembler.idle());
  Bytes right = frame({}, "hello");
  for (int i = 0; i < 3; ++i) {
    input = right;
    EXPECT_EQ(tests::describe(assembler.next(input)), "violation mask_missing 1002");
  }
  assembler.reset();
  input = right;
  EXPECT_EQ(tests::describe(assembler.next(input)), "text hello");
}

TEST(MessageAssembler, RefusesBadTextAsSoonAsItIsThere) {
  // The frame announces 100 bytes; the third of them settles it.
  Bytes input = tests::header({.opcode = kText}, 100);
  for (const int octet : {'a' ^ 0x37, 0xED ^ 0xFA, 0xA0 ^ 0x21}) {
    input.push_back(static_cast<std::byte>(octet));
  }
  EXPECT_EQ(events_of(input), Events{"violation text_not_utf8 1007"});
}

TEST(MessageAssembler, RefusesTextThatEndsWithinACharacter) {
  EXPECT_EQ(events_of(frame({}, "caf\xC3")), Events{"violation text_not_utf8 1007"});
  const Bytes fragmented =
      joined({frame({.fin = false}, "caf"), frame({.opcode = kContinuation}, "\xC3")});
  EXPECT_EQ(events_of(fragmented), Events{"violation text_not_utf8 1007"});
}

TEST(MessageAssembler, TakesAnyBytesAsBinary) {
  EXPECT_EQ(events_of(frame({.opcode = kBinary}, "\xFF\xC0\x80")), Events{"binary \xFF\xC0\x80"});
}

TEST(MessageAssembler, EnforcesItsLimitFromTheHeader) {
  constexpr std::uint64_t kLimit = 200;
  const std::string exactly(kLimit, 'x');
  EXPECT_EQ(events_of(frame({}, exactly), Role::server, kLimit), Events{"text " + exactly});
  EXPECT_EQ(events_of(tests::header({}, kLimit + 1), Role::server, kLimit),
            Events{"violation message_too_big 1009"});
  EXPECT_EQ(events_of(tests::header({}, UINT64_MAX >> 1), Role::server, kLimit),
            Events{"violation message_too_big 1009"});
}

TEST(MessageAssembler, EnforcesItsLimitOverFragments) {
  constexpr std::uint64_t kLimit = 200;
  const std::string half(kLimit / 2, 'x');
  const Bytes right = joined({frame({.fin = false}, half), frame({.opcode = kPing}, half),
                              frame({.opcode = kContinuation}, half)});
  EXPECT_EQ(events_of(right, Role::server, kLimit),
            (Events{"ping " + half, "text " + half + half}));
  const Bytes wrong = joined({frame({.fin = false}, half), frame({.opcode = kPing}, half),
                              tests::header({.opcode = kContinuation}, kLimit / 2 + 1)});
  EXPECT_EQ(events_of(wrong, Role::server, kLimit),
            (Events{"ping " + half, "violation message_too_big 1009"}));
}

// Memory.

TEST(MessageAssembler, DoesNotTrustAnnouncedLengths) {
  MessageAssembler assembler(Role::server, base::kMessageBytesMost);
  Bytes input = tests::header({.opcode = kBinary}, base::kMessageBytesMost);
  input.resize(input.size() + 1000);
  EXPECT_EQ(record(assembler, {input}), Events{});
  EXPECT_FALSE(assembler.idle());
  EXPECT_GE(assembler.buffer_bytes(), 1000u);
  EXPECT_LE(assembler.buffer_bytes(), 2000u);
}

TEST(MessageAssembler, IsIdleBetweenMessagesAndGivesItsBufferBack) {
  MessageAssembler assembler(Role::server, 1 << 20);
  EXPECT_TRUE(assembler.idle());
  const Bytes input = frame({.opcode = kBinary}, std::string(100, 'x'));
  const std::size_t cuts[] = {50};
  Pieces pieces = tests::cut(input, cuts);
  std::span<std::byte> first(pieces[0]);
  EXPECT_EQ(assembler.next(first).kind, MessageEvent::Kind::need_more);
  EXPECT_FALSE(assembler.idle());
  std::span<std::byte> second(pieces[1]);
  EXPECT_EQ(assembler.next(second).payload.size(), 100u);
  EXPECT_TRUE(assembler.idle());
  EXPECT_GT(assembler.buffer_bytes(), 0u);
  assembler.reset();
  EXPECT_EQ(assembler.buffer_bytes(), 0u);
  EXPECT_TRUE(assembler.idle());
}

TEST(MessageAssembler, MovesInTheMiddleOfAMessage) {
  const Bytes input = frame({}, "hello world");
  for (std::size_t at = 1; at < input.size(); ++at) {
    const std::size_t cuts[] = {at};
    const Pieces pieces = tests::cut(input, cuts);
    MessageAssembler from(Role::server, 1 << 20);
    EXPECT_EQ(record(from, {pieces[0]}), Events{});
    MessageAssembler to(std::move(from));
    MessageAssembler assigned(Role::client, 125);
    assigned = std::move(to);
    EXPECT_EQ(record(assigned, {pieces[1]}), Events{"text hello world"});
  }
}

TEST(MessageAssembler, TakesEmptyInput) {
  MessageAssembler assembler(Role::server, 1 << 20);
  std::span<std::byte> nothing;
  EXPECT_EQ(assembler.next(nothing).kind, MessageEvent::Kind::need_more);
  EXPECT_TRUE(assembler.idle());
}

TEST(MessageAssemblerDeathTest, ALimitOutOfBoundsIsOurBug) {
  EXPECT_DEATH(MessageAssembler(Role::server, 124), "CHECK failed");
  EXPECT_DEATH(MessageAssembler(Role::server, (std::uint64_t{1} << 30) + 1), "CHECK failed");
}

}  // namespace
}  // namespace protocol
