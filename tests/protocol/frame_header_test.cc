#include "protocol/frame_header.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "tests/protocol/frame_builder.h"

namespace protocol {
namespace {

using Status = HeaderDecode::Status;
using tests::Bytes;
using tests::FrameShape;

HeaderDecode decode(const Bytes& input, Role role = Role::server) {
  FrameHeader header;
  return decode_frame_header(input, role, header);
}

void expect_violation(const Bytes& input, Violation expected, Role role = Role::server) {
  const HeaderDecode result = decode(input, role);
  EXPECT_EQ(result.status, Status::violation);
  EXPECT_EQ(name(result.violation), name(expected));
}

constexpr std::uint64_t kSizes[] = {0,      1,       125,     126,          127,
                                    0xFFFF, 0x10000, 0x10001, 0x123456789A, UINT64_MAX >> 1};

void expect_round_trip(const FrameHeader& written) {
  std::array<std::byte, base::kFrameHeaderBytesMax> wire;
  const std::size_t header_size = encode_frame_header(wire, written);
  EXPECT_EQ(header_size, frame_header_size(written.payload_size, written.masked));
  const auto encoded = std::span(wire).first(header_size);
  const FrameShape shape{.fin = written.fin,
                         .opcode = static_cast<std::uint8_t>(written.opcode),
                         .masked = written.masked};
  EXPECT_EQ(Bytes(encoded.begin(), encoded.end()), tests::header(shape, written.payload_size));

  FrameHeader read;
  const Role role = written.masked ? Role::server : Role::client;
  ASSERT_EQ(decode_frame_header(encoded, role, read).status, Status::complete);
  EXPECT_EQ(read.fin, written.fin);
  EXPECT_EQ(read.opcode, written.opcode);
  EXPECT_EQ(read.masked, written.masked);
  EXPECT_EQ(read.payload_size, written.payload_size);
  EXPECT_EQ(read.header_size, header_size);
  EXPECT_EQ(read.masking_key, written.masked ? written.masking_key : MaskingKey{});
}

TEST(FrameHeader, DecodesWhatItEncodes) {
  for (const std::uint64_t size : kSizes) {
    for (const Opcode opcode : {Opcode::continuation, Opcode::text, Opcode::binary}) {
      for (const bool fin : {false, true}) {
        FrameHeader header{.fin = fin, .opcode = opcode, .payload_size = size};
        expect_round_trip(header);
        header.masked = true;
        header.masking_key = std::bit_cast<MaskingKey>(tests::kKey);
        expect_round_trip(header);
      }
    }
  }
}

TEST(FrameHeader, EveryCutNeedsMore) {
  for (const std::uint64_t size : kSizes) {
    const Bytes whole = tests::header({}, size);
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
      const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
      EXPECT_EQ(decode(part).status, Status::need_more) << size << " cut at " << cut;
    }
  }
}

TEST(FrameHeader, EveryFirstOctetForBothRoles) {
  for (const Role role : {Role::server, Role::client}) {
    for (int octet = 0; octet < 256; ++octet) {
      const int opcode = octet & 0xF;
      const bool control = opcode >= 8;
      Violation expected = Violation::none;
      if (control && octet < 0x80) expected = Violation::control_fragmented;
      if (!is_known_opcode(static_cast<std::uint8_t>(opcode))) {
        expected = Violation::reserved_opcode;
      }
      if ((octet & 0x70) != 0) expected = Violation::reserved_bits_set;
      const Bytes alone = tests::bytes_of({octet});
      const Bytes whole = tests::bytes_of({octet, role == Role::server ? 0x80 : 0x00, 1, 2, 3, 4});
      if (expected == Violation::none) {
        EXPECT_EQ(decode(alone, role).status, Status::need_more) << octet;
        EXPECT_EQ(decode(whole, role).status, Status::complete) << octet;
      } else {
        expect_violation(alone, expected, role);
        expect_violation(whole, expected, role);
      }
    }
  }
}

TEST(FrameHeader, ClientsMaskAndServersDoNot) {
  expect_violation(tests::header({.masked = false}, 5), Violation::mask_missing);
  expect_violation(tests::header({.masked = true}, 5), Violation::mask_forbidden, Role::client);
}

TEST(FrameHeader, LengthsHaveOneForm) {
  expect_violation(tests::header({.length_octets = 2}, 125), Violation::length_not_minimal);
  expect_violation(tests::header({.length_octets = 2}, 0), Violation::length_not_minimal);
  expect_violation(tests::header({.length_octets = 8}, 125), Violation::length_not_minimal);
  expect_violation(tests::header({.length_octets = 8}, 0xFFFF), Violation::length_not_minimal);
  EXPECT_EQ(decode(tests::header({.length_octets = 2}, 126)).status, Status::complete);
  EXPECT_EQ(decode(tests::header({.length_octets = 8}, 0x10000)).status, Status::complete);
}

TEST(FrameHeader, TheHighestBitOfALengthIsZero) {
  expect_violation(tests::header({}, std::uint64_t{1} << 63), Violation::length_too_large);
  expect_violation(tests::header({}, UINT64_MAX), Violation::length_too_large);
}

TEST(FrameHeader, ControlFramesAreShort) {
  for (const int opcode : {0x8, 0x9, 0xA}) {
    const FrameShape shape{.opcode = static_cast<std::uint8_t>(opcode)};
    EXPECT_EQ(decode(tests::header(shape, 125)).status, Status::complete);
    expect_violation(tests::header(shape, 126), Violation::control_too_long);
    expect_violation(tests::header(shape, 0x10000), Violation::control_too_long);
    // Known from the second octet, before the length is there.
    expect_violation(tests::bytes_of({0x80 | opcode, 0xFE}), Violation::control_too_long);
  }
}

TEST(FrameHeaderDeathTest, EncodingNonsenseIsOurBug) {
  std::array<std::byte, 14> wire;
  EXPECT_DEATH(encode_frame_header(std::span(wire).first(1), {}), "CHECK failed");
  const FrameHeader fragmented_ping{.fin = false, .opcode = Opcode::ping};
  EXPECT_DEATH(encode_frame_header(wire, fragmented_ping), "CHECK failed");
}

}  // namespace
}  // namespace protocol
