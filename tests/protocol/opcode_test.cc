#include "protocol/opcode.h"

#include <gtest/gtest.h>

#include <set>

namespace protocol {
namespace {

TEST(Opcode, KnownAreExactlyTheSixOfTheRfc) {
  const std::set<int> known = {0x0, 0x1, 0x2, 0x8, 0x9, 0xA};
  for (int value = 0; value < 256; ++value) {
    EXPECT_EQ(is_known_opcode(static_cast<std::uint8_t>(value)), known.contains(value)) << value;
  }
}

TEST(Opcode, ControlIsTheUpperHalf) {
  for (int value = 0; value < 16; ++value) {
    EXPECT_EQ(is_control_opcode(static_cast<std::uint8_t>(value)), value >= 8) << value;
  }
  EXPECT_TRUE(is_control(Opcode::close));
  EXPECT_TRUE(is_control(Opcode::ping));
  EXPECT_TRUE(is_control(Opcode::pong));
  EXPECT_FALSE(is_control(Opcode::continuation));
}

TEST(Opcode, OnlyTextAndBinaryOpenMessages) {
  for (const Opcode opcode : {Opcode::continuation, Opcode::close, Opcode::ping, Opcode::pong}) {
    EXPECT_FALSE(opens_message(opcode));
  }
  EXPECT_TRUE(opens_message(Opcode::text));
  EXPECT_TRUE(opens_message(Opcode::binary));
}

}  // namespace
}  // namespace protocol
