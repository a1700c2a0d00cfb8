// All ways of judging UTF-8 agree with the plain decoder of the tests, in one piece and in two.
// Layout: where to cut (1), then the text.
#include "base/check.h"
#include "protocol/cpu_features.h"
#include "protocol/utf8.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/protocol/utf8_reference.h"
#include "tests/support/for_each_split.h"

namespace {

bool in_two_pieces(std::span<const std::byte> text, std::size_t at) {
  const std::size_t cuts[] = {at};
  const tests::Pieces pieces = tests::cut(text, cuts);
  protocol::Utf8Validator validator;
  return validator.feed(pieces[0]) && validator.feed(pieces[1]) && validator.complete();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tests::FuzzInput input(data, size);
  const std::size_t at = input.octet();
  const std::vector<std::byte> text = input.rest();
  const bool expected = tests::reference_is_valid_utf8(text);
  CHECK(protocol::is_valid_utf8(text) == expected);
  CHECK(protocol::detail::is_valid_utf8_scalar(text) == expected);
  CHECK(in_two_pieces(text, at % (text.size() + 1)) == expected);
  if (protocol::detail::kCpuHasAvx2) {
    CHECK(protocol::detail::is_valid_utf8_avx2(text) == expected);
  }
  return 0;
}
