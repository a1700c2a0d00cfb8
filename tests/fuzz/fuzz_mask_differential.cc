// All ways of masking agree with the byte-by-byte definition, in one piece and in two, at any
// alignment. Layout: key (4), offset (4), where to cut (1), alignment (1), then the payload.
#include <algorithm>

#include "base/check.h"
#include "protocol/cpu_features.h"
#include "protocol/mask.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using protocol::apply_mask;
namespace detail = protocol::detail;

std::uint32_t turned_word(std::array<std::byte, 4> key, std::uint64_t offset) {
  return detail::turned(detail::key_word(key), offset);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tests::FuzzInput input(data, size);
  const auto key = std::bit_cast<std::array<std::byte, 4>>(input.word());
  const std::uint64_t offset = input.word();
  const std::size_t cut = input.octet();
  const std::size_t alignment = input.octet() % 32;
  const std::vector<std::byte> payload = input.rest();
  std::vector<std::byte> expected = payload;
  detail::apply_mask_scalar(expected, key, offset);

  // The payload ends where the block does, so that a sanitizer sees a byte too many.
  std::vector<std::byte> block(alignment + payload.size());
  const std::span<std::byte> actual = std::span(block).subspan(alignment);
  const auto check = [&](auto mask) {
    std::ranges::copy(payload, actual.begin());
    mask();
    CHECK(std::ranges::equal(actual, expected));
  };
  check([&] { apply_mask(actual, key, offset); });
  check([&] {
    const std::size_t first = cut % (payload.size() + 1);
    apply_mask(actual.first(first), key, offset);
    apply_mask(actual.subspan(first), key, offset + first);
  });
  if (payload.size() >= 16) {
    check([&] { detail::apply_mask_baseline(actual, turned_word(key, offset)); });
  }
  if (payload.size() >= 32 && detail::kCpuHasAvx2) {
    check([&] { detail::apply_mask_avx2(actual, turned_word(key, offset)); });
  }
  return 0;
}
