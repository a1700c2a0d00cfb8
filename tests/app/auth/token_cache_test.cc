#include "app/auth/token_cache.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kUnix = 1'700'000'000;

class TokenCacheTest : public testing::Test {
 protected:
  void confirm(std::string_view token, std::int64_t expires_at = 0) {
    Identity identity{.user = "user of " + std::string(token), .tenant = "t"};
    identity.expires_at = expires_at;
    cache_.confirm(hasher_.digest(token), std::move(identity), now_);
  }
  std::string user(std::string_view token, base::Duration age_max = seconds{60},
                   std::int64_t unix_seconds = kUnix) {
    const Identity* const found = cache_.find(hasher_.digest(token), age_max, now_, unix_seconds);
    return found == nullptr ? "" : found->user;
  }

  TokenHasher hasher_;
  TokenCache cache_{3};
  base::Instant now_{seconds{5}};
};

TEST_F(TokenCacheTest, KnowsWhomATokenSpeaksForWhileThatIsFresh) {
  confirm("one");
  EXPECT_EQ(user("one"), "user of one");
  EXPECT_EQ(user("two"), "");
  now_ += seconds{60} - milliseconds{1};
  EXPECT_EQ(user("one"), "user of one");
  now_ += milliseconds{1};
  EXPECT_EQ(user("one"), "");
  EXPECT_EQ(user("one", seconds{3600}), "user of one");  // It still knows, for whoever asks so.
  confirm("one");
  EXPECT_EQ(user("one"), "user of one");
  EXPECT_EQ(user("one", seconds{0}), "");
}

TEST_F(TokenCacheTest, NeverKnowsLongerThanTheIdentityLasts) {
  confirm("one", kUnix + 10);
  EXPECT_EQ(user("one", seconds{60}, kUnix + 9), "user of one");
  EXPECT_EQ(user("one", seconds{60}, kUnix + 10), "");
  EXPECT_EQ(cache_.size(), 0U);
}

TEST_F(TokenCacheTest, ForgetsTheOneUnusedForLongestWhenItIsFull) {
  confirm("one");
  confirm("two");
  confirm("three");
  EXPECT_EQ(user("one"), "user of one");
  confirm("four");
  EXPECT_EQ(user("two"), "");
  EXPECT_EQ(user("one"), "user of one");
  EXPECT_EQ(user("three"), "user of three");
  EXPECT_EQ(user("four"), "user of four");
  EXPECT_EQ(cache_.size(), 3U);
}

TEST_F(TokenCacheTest, ForgetsWhatItIsTold) {
  confirm("one");
  cache_.forget(hasher_.digest("one"));
  cache_.forget(hasher_.digest("never seen"));
  EXPECT_EQ(user("one"), "");
}

TEST(TokenHasher, GivesTheSameDigestForTheSameTokenAlone) {
  const TokenHasher hasher;
  EXPECT_EQ(hasher.digest("token"), hasher.digest("token"));
  std::set<std::array<std::uint8_t, 32>> digests;
  for (const char* token : {"", "t", "token", "tokeN", "token "}) {
    digests.insert(hasher.digest(token).bytes);
  }
  EXPECT_EQ(digests.size(), 5U);
}

TEST(TokenHasher, HasAKeyOfItsOwn) {
  EXPECT_NE(TokenHasher().digest("token"), TokenHasher().digest("token"));
}

}  // namespace
}  // namespace app
