#include "engine/io/tag.h"

#include <gtest/gtest.h>

#include <set>

namespace engine {
namespace {

TEST(Tag, EveryKindComesBack) {
  for (std::uint8_t kind = 0; kind < kOperationKindCount; ++kind) {
    const Tag tag{static_cast<OperationKind>(kind), 7, 9};
    EXPECT_EQ(unpack_tag(pack_tag(tag)), tag);
  }
}

TEST(Tag, SlotAndGenerationKeepTheirBits) {
  for (const std::uint32_t slot : {0U, 1U, 0xFFFFU, 0x10000U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
    for (const std::uint32_t generation : {0U, 1U, 0x800000U, kGenerationMask}) {
      const Tag tag{OperationKind::send, slot, generation};
      EXPECT_EQ(unpack_tag(pack_tag(tag)), tag);
    }
  }
}

TEST(Tag, OnlyTheLowBitsOfAGenerationTravel) {
  const Tag tag{OperationKind::receive, 3, 0xAB000005};
  EXPECT_EQ(unpack_tag(pack_tag(tag)).generation, 0x000005U);
  EXPECT_EQ(unpack_tag(pack_tag(tag)).kind, OperationKind::receive);
}

TEST(Tag, DifferentTagsPackDifferently) {
  std::set<std::uint64_t> packed;
  for (std::uint8_t kind = 0; kind < kOperationKindCount; ++kind) {
    for (std::uint32_t slot = 0; slot < 8; ++slot) {
      for (std::uint32_t generation = 0; generation < 8; ++generation) {
        packed.insert(pack_tag({static_cast<OperationKind>(kind), slot, generation}));
      }
    }
  }
  EXPECT_EQ(packed.size(), kOperationKindCount * 64U);
}

}  // namespace
}  // namespace engine
