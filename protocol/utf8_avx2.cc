// The UTF-8 validation of Keiser and Lemire, "Validating UTF-8 in less than one instruction per
// byte" (2021), with 32-byte vectors. Compiled for AVX2 whatever the program is compiled for;
// called only where the processor has it. The names of the error classes are theirs.
#include "protocol/utf8.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define MILLRACE_TARGET_AVX2 [[gnu::target("avx2")]]

namespace protocol::detail {

namespace {

// Each bit is one way in which two neighbouring bytes are wrong. Three tables, looked up by the
// high and the low half of the first byte and by the high half of the second, each say which ways
// are still possible; a way that all three allow has happened.
constexpr std::uint8_t kTooShort = 1 << 0;      // A lead, then no continuation.
constexpr std::uint8_t kTooLong = 1 << 1;       // ASCII, then a continuation.
constexpr std::uint8_t kOverlong3 = 1 << 2;     // E0, then less than A0.
constexpr std::uint8_t kTooLarge = 1 << 3;      // F4, then 90 or more; F5 and above.
constexpr std::uint8_t kSurrogate = 1 << 4;     // ED, then A0 or more.
constexpr std::uint8_t kOverlong2 = 1 << 5;     // C0 or C1.
constexpr std::uint8_t kTooLarge1000 = 1 << 6;  // F5 and above, then less than 90.
constexpr std::uint8_t kOverlong4 = 1 << 6;     // F0, then less than 90.
constexpr std::uint8_t kTwoConts = 1 << 7;      // Two continuations: wrong unless expected.
// Ways that the low half of the first byte does not decide.
constexpr std::uint8_t kCarry = kTooShort | kTooLong | kTwoConts;

struct Tables {
  std::uint8_t first_high[16];
  std::uint8_t first_low[16];
  std::uint8_t second_high[16];
};

constexpr std::uint8_t kSecondLowest =
    kTooLong | kOverlong2 | kTwoConts | kOverlong3 | kTooLarge1000 | kOverlong4;
constexpr std::uint8_t kSecond90 = kTooLong | kOverlong2 | kTwoConts | kOverlong3 | kTooLarge;
constexpr std::uint8_t kSecondA0 = kTooLong | kOverlong2 | kTwoConts | kSurrogate | kTooLarge;
constexpr std::uint8_t kAboveF4 = kCarry | kTooLarge | kTooLarge1000;

alignas(16) constexpr Tables kTables = {
    .first_high = {kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong, kTooLong,
                   kTwoConts, kTwoConts, kTwoConts, kTwoConts, kTooShort | kOverlong2, kTooShort,
                   kTooShort | kOverlong3 | kSurrogate,
                   kTooShort | kTooLarge | kTooLarge1000 | kOverlong4},
    .first_low = {kCarry | kOverlong3 | kOverlong2 | kOverlong4, kCarry | kOverlong2, kCarry,
                  kCarry, kCarry | kTooLarge, kAboveF4, kAboveF4, kAboveF4, kAboveF4, kAboveF4,
                  kAboveF4, kAboveF4, kAboveF4, kAboveF4 | kSurrogate, kAboveF4, kAboveF4},
    .second_high = {kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort,
                    kTooShort, kSecondLowest, kSecond90, kSecondA0, kSecondA0, kTooShort, kTooShort,
                    kTooShort, kTooShort},
};

// A character must not begin in the last bytes of a block that ends the text, unless it ends there:
// a byte above these bounds is a lead whose continuations would come after.
alignas(32) constexpr std::uint8_t kLastLeads[32] = {
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,      255,      255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0xF0 - 1, 0xE0 - 1, 0xC0 - 1};

struct State {
  __m256i error;
  __m256i previous;    // The block before, for the characters that cross into this one.
  __m256i incomplete;  // Not zero when the block before ends within a character.
};

MILLRACE_TARGET_AVX2 inline __m256i load(const void* from) noexcept {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

MILLRACE_TARGET_AVX2 inline __m256i look_up(const std::uint8_t (&table)[16],
                                            __m256i nibbles) noexcept {
  const __m128i half = _mm_load_si128(static_cast<const __m128i*>(static_cast<const void*>(table)));
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(half), nibbles);
}

MILLRACE_TARGET_AVX2 inline __m256i high_nibbles(__m256i bytes) noexcept {
  return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
}

// The block moved on by `count` bytes, the end of the previous block moved in.
template <int count>
MILLRACE_TARGET_AVX2 inline __m256i shifted_in(__m256i block, __m256i previous) noexcept {
  const __m256i crossing = _mm256_permute2x128_si256(previous, block, 0x21);
  return _mm256_alignr_epi8(block, crossing, 16 - count);
}

MILLRACE_TARGET_AVX2 inline void check_block(State& state, __m256i block) noexcept {
  if (_mm256_movemask_epi8(block) == 0) {  // ASCII: wrong only if a character was open.
    state.error = _mm256_or_si256(state.error, state.incomplete);
    state.previous = block;
    state.incomplete = _mm256_setzero_si256();
    return;
  }
  const __m256i before1 = shifted_in<1>(block, state.previous);
  const __m256i low_nibbles = _mm256_and_si256(before1, _mm256_set1_epi8(0x0F));
  const __m256i first = _mm256_and_si256(look_up(kTables.first_high, high_nibbles(before1)),
                                         look_up(kTables.first_low, low_nibbles));
  const __m256i pairs = _mm256_and_si256(first, look_up(kTables.second_high, high_nibbles(block)));
  // The third byte of three and the third and fourth of four must be continuations that follow a
  // continuation: there, and only there, kTwoConts is right.
  const __m256i before2 = shifted_in<2>(block, state.previous);
  const __m256i before3 = shifted_in<3>(block, state.previous);
  const __m256i third = _mm256_subs_epu8(before2, _mm256_set1_epi8(0xE0 - 0x80));
  const __m256i fourth = _mm256_subs_epu8(before3, _mm256_set1_epi8(0xF0 - 0x80));
  const __m256i two_conts =
      _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(static_cast<char>(0x80)));
  state.error = _mm256_or_si256(state.error, _mm256_xor_si256(two_conts, pairs));
  state.incomplete = _mm256_subs_epu8(block, load(kLastLeads));
  state.previous = block;
}

}  // namespace

MILLRACE_TARGET_AVX2 bool is_valid_utf8_avx2(std::span<const std::byte> text) noexcept {
  State state{_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256()};
  std::size_t at = 0;
  for (; at + sizeof(__m256i) <= text.size(); at += sizeof(__m256i)) {
    check_block(state, load(text.data() + at));
  }
  if (at < text.size() && text.size() >= 2 * sizeof(__m256i)) {
    // The last block, which overlaps what has been judged, after the one that is in front of it.
    state.previous = load(text.data() + text.size() - 2 * sizeof(__m256i));
    check_block(state, load(text.data() + text.size() - sizeof(__m256i)));
  } else if (at < text.size()) {
    // The rest, followed by zeros: ASCII, so a character that the end cuts is an error there.
    alignas(32) std::byte rest[sizeof(__m256i)] = {};
    std::memcpy(rest, text.data() + at, text.size() - at);
    check_block(state, load(rest));
  }
  state.error = _mm256_or_si256(state.error, state.incomplete);
  return _mm256_testz_si256(state.error, state.error) != 0;
}

}  // namespace protocol::detail

#else

namespace protocol::detail {

bool is_valid_utf8_avx2(std::span<const std::byte> text) noexcept {
  return is_valid_utf8_scalar(text);
}

}  // namespace protocol::detail

#endif
