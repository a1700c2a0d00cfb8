#include "app/clients/connection_id.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/prng.h"

namespace app {
namespace {

// Without anything behind it, so that a reader that goes too far is seen by the sanitizer.
std::optional<ConnectionId> parse_exactly(std::string_view text) {
  const std::vector<char> copy(text.begin(), text.end());
  return parse_connection_id({copy.data(), copy.size()});
}

TEST(ConnectionId, IsReadAsItWasWritten) {
  base::Prng prng(7);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t some = prng.next();
    const ConnectionId id{.shard = static_cast<std::uint32_t>(some >> (48 + some % 16)),
                          .session = {.slot = static_cast<std::uint32_t>(prng.next() >> 40),
                                      .generation = static_cast<std::uint32_t>(prng.next())}};
    EXPECT_EQ(parse_exactly(text(id)), id) << text(id);
  }
  EXPECT_EQ(text(ConnectionId{.shard = 0, .session = {.slot = 0x1F4, .generation = 3}}),
            "c0-1f4-3");
}

TEST(ConnectionId, BoundsAreRead) {
  EXPECT_TRUE(parse_exactly("cffff-ffffffff-ffffffff"));
  EXPECT_FALSE(parse_exactly("c10000-0-0"));
  EXPECT_FALSE(parse_exactly("c0-100000000-0"));
  EXPECT_FALSE(parse_exactly("c0-0-100000000"));
}

TEST(ConnectionId, NothingElseIsOne) {
  constexpr std::array<std::string_view, 27> kOthers{
      "",        "c",       "c0",      "c0-",      "c0-1",    "c0-1-",   "-0-1-3",
      "0-1-3",   "C0-1-3",  "c0-1-3-", "c0-1-3-4", "c0-1-3 ", " c0-1-3", "c0 -1-3",
      "c0--1-3", "c-0-1-3", "c+0-1-3", "c0x0-1-3", "c00-1-3", "c0-01-3", "c0-1-03",
      "c0-1F-3", "c0-1-A",  "c0_1_3",  "c0-1-3\n", "r0-1-3",  "cg-1-3"};
  for (const std::string_view other : kOthers) EXPECT_FALSE(parse_exactly(other)) << other;
  EXPECT_FALSE(parse_exactly(std::string_view("c0-1-3\0", 7)));
  EXPECT_FALSE(parse_exactly(std::string_view("c0\0-1-3", 7)));
}

// Whatever is read is what would be written: two texts are never one connection.
TEST(ConnectionId, MutationsAreOnlyReadIfTheyAreIds) {
  base::Prng prng(11);
  constexpr std::string_view kBytes = "c0123456789abcdefABCDEFgxr-+ _.\x01\xff";
  int read = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string candidate = "c1-2a-b3";
    for (std::uint64_t changes = prng.below(4); changes > 0; --changes) {
      const std::size_t at = prng.below(candidate.size());
      const char other = kBytes[prng.below(kBytes.size())];
      switch (prng.below(3)) {
        case 0:
          candidate[at] = other;
          break;
        case 1:
          candidate.insert(at, 1, other);
          break;
        default:
          candidate.erase(at, candidate.size() > 1 ? 1 : 0);
          break;
      }
    }
    if (const auto id = parse_exactly(candidate)) {
      ++read;
      EXPECT_EQ(text(*id), candidate);
    }
  }
  EXPECT_GT(read, 1000);
}

}  // namespace
}  // namespace app
