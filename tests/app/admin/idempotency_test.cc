#include "app/admin/idempotency.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "app/gateway_limits.h"

namespace app {
namespace {

using Verdict = Idempotency::Verdict;

constexpr Idempotency::Instant kStart{std::chrono::hours{1}};

Idempotency::Fingerprint request(const std::string& body = "{}") {
  return Idempotency::fingerprint("POST", "/api/v1/publish", body);
}

TEST(Idempotency, ASecondClaimGetsTheFirstAnswer) {
  Idempotency store;
  EXPECT_EQ(store.claim("k", request(), kStart).verdict, Verdict::carry_out);
  EXPECT_EQ(store.claim("k", request(), kStart).verdict, Verdict::in_progress);
  store.finish("k", {.status = 200, .body = "done"}, kStart);
  const auto replay = store.claim("k", request(), kStart);
  EXPECT_EQ(replay.verdict, Verdict::replay);
  EXPECT_EQ(replay.answer.body, "done");
}

TEST(Idempotency, AnotherRequestWithTheKeyIsToldSoEvenWhileTheFirstIsUnderWay) {
  Idempotency store;
  EXPECT_EQ(store.claim("k", request(), kStart).verdict, Verdict::carry_out);
  EXPECT_EQ(store.claim("k", request("{\"a\":1}"), kStart).verdict, Verdict::reused);
  store.finish("k", {}, kStart);
  EXPECT_EQ(store.claim("k", request("{\"a\":1}"), kStart).verdict, Verdict::reused);
}

TEST(Idempotency, TheFingerprintIsOfMethodTargetAndBody) {
  EXPECT_NE(Idempotency::fingerprint("POST", "/a", "b"),
            Idempotency::fingerprint("PUT", "/a", "b"));
  EXPECT_NE(Idempotency::fingerprint("POST", "/a", "b"),
            Idempotency::fingerprint("POST", "/", "ab"));
  EXPECT_EQ(Idempotency::fingerprint("POST", "/a", "b"),
            Idempotency::fingerprint("POST", "/a", "b"));
}

TEST(Idempotency, AKeyIsFreeAgainAfterItsAgeAndAfterFailure) {
  Idempotency store;
  EXPECT_EQ(store.claim("k", request(), kStart).verdict, Verdict::carry_out);
  store.forget("k");
  EXPECT_EQ(store.claim("k", request(), kStart).verdict, Verdict::carry_out);
  store.finish("k", {}, kStart);
  EXPECT_EQ(store.claim("k", request(), kStart + kIdempotencyAge - std::chrono::seconds(1)).verdict,
            Verdict::replay);
  EXPECT_EQ(store.claim("k", request("other"), kStart + kIdempotencyAge).verdict,
            Verdict::carry_out);
}

TEST(Idempotency, AnAnswerThatIsTooLongIsNotKeptButItsKeyIs) {
  Idempotency store;
  EXPECT_EQ(store.claim("k", request(), kStart).verdict, Verdict::carry_out);
  store.finish("k", {.body = std::string(kIdempotencyAnswerBytesMax + 1, 'x')}, kStart);
  EXPECT_EQ(store.claim("k", request(), kStart).verdict, Verdict::not_kept);
}

TEST(Idempotency, TheLeastRecentlyUsedKeyGoesButNoneThatIsUnderWay) {
  Idempotency store;
  EXPECT_EQ(store.claim("under way", request(), kStart).verdict, Verdict::carry_out);
  for (std::size_t i = 0; i < kIdempotencyKeysMost; ++i) {
    const std::string key = std::to_string(i);
    EXPECT_EQ(store.claim(key, request(), kStart).verdict, Verdict::carry_out);
    store.finish(key, {}, kStart);
  }
  EXPECT_EQ(store.size(), kIdempotencyKeysMost);
  EXPECT_EQ(store.claim("under way", request(), kStart).verdict, Verdict::in_progress);
  EXPECT_EQ(store.claim("1", request(), kStart).verdict, Verdict::replay);
  EXPECT_EQ(store.claim("0", request(), kStart).verdict, Verdict::carry_out);  // Was evicted.
}

TEST(Idempotency, TheBytesOfAllAnswersAreBounded) {
  Idempotency store;
  const ApiAnswer large{.body = std::string(kIdempotencyAnswerBytesMax, 'x')};
  const std::size_t fit = kIdempotencyBytesMost / kIdempotencyAnswerBytesMax;
  for (std::size_t i = 0; i < fit + 5; ++i) {
    const std::string key = std::to_string(i);
    EXPECT_EQ(store.claim(key, request(), kStart).verdict, Verdict::carry_out);
    store.finish(key, large, kStart);
  }
  EXPECT_EQ(store.size(), fit);
}

TEST(IdempotencyKey, HasPrintableCharactersOnly) {
  EXPECT_TRUE(is_idempotency_key("3f2a order 7"));
  EXPECT_TRUE(is_idempotency_key(std::string(kIdempotencyKeyBytesMax, 'k')));
  EXPECT_FALSE(is_idempotency_key(std::string(kIdempotencyKeyBytesMax + 1, 'k')));
  EXPECT_FALSE(is_idempotency_key(""));
  EXPECT_FALSE(is_idempotency_key("a\nb"));
  EXPECT_FALSE(is_idempotency_key("\xC3\xA9"));
}

}  // namespace
}  // namespace app
