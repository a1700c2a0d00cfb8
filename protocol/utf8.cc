#include "protocol/utf8.h"

#include <algorithm>
#include <array>

#include "protocol/cpu_features.h"

namespace protocol {

namespace {

// The automaton of RFC 3629 4: what may come next. A state is the position of its six bits in a row
// of the table, so that one step is a load and a shift (the next state is in the row of the byte).
constexpr std::uint8_t kAccept = 0;      // A character may begin, the text may end.
constexpr std::uint8_t kReject = 6;      // Nothing mends it.
constexpr std::uint8_t kOneMore = 12;    // One continuation byte, 80 to BF.
constexpr std::uint8_t kTwoMore = 18;    // Two of them.
constexpr std::uint8_t kThreeMore = 24;  // Three of them.
constexpr std::uint8_t kAfterE0 = 30;    // A0 to BF, then one more: below are overlong forms.
constexpr std::uint8_t kAfterED = 36;    // 80 to 9F, then one more: above are surrogates.
constexpr std::uint8_t kAfterF0 = 42;    // 90 to BF, then two more: below are overlong forms.
constexpr std::uint8_t kAfterF4 = 48;    // 80 to 8F, then two more: above is nothing.

constexpr std::uint64_t kStateMask = 63;

constexpr std::uint8_t after_first_byte(std::uint32_t byte) {
  if (byte < 0x80) return kAccept;
  if (byte < 0xC2 || byte > 0xF4) return kReject;
  if (byte < 0xE0) return kOneMore;
  if (byte == 0xE0) return kAfterE0;
  if (byte == 0xED) return kAfterED;
  if (byte < 0xF0) return kTwoMore;
  if (byte == 0xF0) return kAfterF0;
  return byte == 0xF4 ? kAfterF4 : kThreeMore;
}

constexpr std::uint64_t row_of(std::uint32_t byte) {
  const auto move = [byte](std::uint8_t from, std::uint32_t low, std::uint32_t high,
                           std::uint8_t to) {
    return std::uint64_t{byte >= low && byte <= high ? to : kReject} << from;
  };
  return std::uint64_t{after_first_byte(byte)} << kAccept | std::uint64_t{kReject} << kReject |
         move(kOneMore, 0x80, 0xBF, kAccept) | move(kTwoMore, 0x80, 0xBF, kOneMore) |
         move(kThreeMore, 0x80, 0xBF, kTwoMore) | move(kAfterE0, 0xA0, 0xBF, kOneMore) |
         move(kAfterED, 0x80, 0x9F, kOneMore) | move(kAfterF0, 0x90, 0xBF, kTwoMore) |
         move(kAfterF4, 0x80, 0x8F, kTwoMore);
}

constexpr auto kRows = [] {
  std::array<std::uint64_t, 256> rows{};
  for (std::uint32_t byte = 0; byte < rows.size(); ++byte) rows[byte] = row_of(byte);
  return rows;
}();

constexpr std::uint64_t step(std::uint64_t state, std::byte byte) noexcept {
  return kRows[static_cast<std::size_t>(byte)] >> (state & kStateMask);
}

// How many bytes at the front are ASCII for certain: a multiple of the word.
std::size_t ascii_prefix(std::span<const std::byte> text) noexcept {
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof(word));
    if ((word & detail::kHighBits) != 0) break;
  }
  return at;
}

// Runs the automaton over the text and returns its state.
std::uint8_t run(std::uint8_t from, std::span<const std::byte> text) noexcept {
  std::uint64_t state = from;
  while (!text.empty()) {
    if (state == kAccept) {
      text = text.subspan(ascii_prefix(text));
    }
    const std::size_t size = std::min(text.size(), sizeof(std::uint64_t));
    for (const std::byte byte : text.first(size)) state = step(state, byte);
    state &= kStateMask;
    if (state == kReject) return kReject;
    text = text.subspan(size);
  }
  return static_cast<std::uint8_t>(state);
}

// How many bytes there are without a character that the end of the text cuts. Only the last three
// bytes can belong to one; whether they are valid is not judged here.
std::size_t size_of_whole_characters(std::span<const std::byte> text) noexcept {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<std::uint32_t>(text[text.size() - back]);
    if (byte < 0x80) break;
    if (byte < 0xC0) continue;
    const std::size_t character_size = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    return character_size > back ? text.size() - back : text.size();
  }
  return text.size();
}

// Below this the automaton is as fast as preparing vectors.
constexpr std::size_t kVectorBytesLeast = 16;

}  // namespace

bool detail::is_valid_utf8_scalar(std::span<const std::byte> text) noexcept {
  return run(kAccept, text) == kAccept;
}

bool detail::is_valid_utf8_long(std::span<const std::byte> text) noexcept {
  if (kCpuHasAvx2 && text.size() >= kVectorBytesLeast) return is_valid_utf8_avx2(text);
  return is_valid_utf8_scalar(text);
}

bool Utf8Validator::feed(std::span<const std::byte> piece) noexcept {
  static_assert(Utf8Validator::kAccept == protocol::kAccept);
  // First the character that the last piece left open, byte by byte; then, if the piece is long,
  // all whole characters at once; then what is left.
  while (state_ != kAccept && !piece.empty()) {
    state_ = run(state_, piece.first(1));
    if (state_ == kReject) return false;
    piece = piece.subspan(1);
  }
  if (piece.size() >= kVectorBytesLeast) {
    const std::size_t size = size_of_whole_characters(piece);
    if (!is_valid_utf8(piece.first(size))) {
      state_ = kReject;
      return false;
    }
    piece = piece.subspan(size);
  }
  state_ = run(state_, piece);
  return state_ != kReject;
}

}  // namespace protocol
