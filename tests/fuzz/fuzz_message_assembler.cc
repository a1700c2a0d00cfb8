// Whatever the peer sends, and however it is cut, the assembler says the same, keeps its limits and
// touches nothing but its input. Layout: role, limit, seed of the cuts (4), then the stream.
#include <algorithm>
#include <string>

#include "base/check.h"
#include "base/limits.h"
#include "base/prng.h"
#include "protocol/message_assembler.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/support/for_each_split.h"

namespace {

using protocol::MessageAssembler;
using protocol::MessageEvent;

struct Said {
  MessageEvent::Kind kind;
  protocol::Violation violation;
  protocol::CloseCode close_code;
  std::vector<std::byte> payload;

  friend bool operator==(const Said&, const Said&) = default;
};

struct Run {
  std::vector<Said> events;
  bool idle = false;

  friend bool operator==(const Run&, const Run&) = default;
};

Run run(MessageAssembler assembler, tests::Pieces pieces, std::size_t message_bytes_max) {
  Run result;
  std::size_t received = 0;
  for (tests::Bytes& piece : pieces) {
    received += piece.size();
    std::span<std::byte> input(piece);
    for (;;) {
      const MessageEvent event = assembler.next(input);
      CHECK(event.payload.size() <= message_bytes_max);
      CHECK(assembler.buffer_bytes() <= std::max<std::size_t>(2 * received, 64));
      if (event.kind == MessageEvent::Kind::need_more) break;
      result.events.push_back({event.kind,
                               event.violation,
                               event.close_code,
                               {event.payload.begin(), event.payload.end()}});
      if (event.kind == MessageEvent::Kind::violation) return result;
    }
    CHECK(input.empty());
  }
  result.idle = assembler.idle();
  return result;
}

tests::Pieces random_pieces(std::span<const std::byte> stream, std::uint64_t seed) {
  base::Prng prng(seed);
  const std::uint64_t longest = std::uint64_t{1} << prng.below(10);
  std::vector<std::size_t> cuts;
  for (std::size_t at = 0; at < stream.size(); at += 1 + prng.below(longest)) cuts.push_back(at);
  return tests::cut(stream, cuts);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tests::FuzzInput input(data, size);
  const auto role = input.octet() % 2 == 0 ? protocol::Role::server : protocol::Role::client;
  const std::size_t message_bytes_max = base::kMessageBytesLeast + input.octet() * 16;
  const std::uint64_t seed = input.word();
  const std::vector<std::byte> stream = input.rest();
  const Run whole =
      run(MessageAssembler(role, message_bytes_max), tests::cut(stream, {}), message_bytes_max);
  const Run split = run(MessageAssembler(role, message_bytes_max), random_pieces(stream, seed),
                        message_bytes_max);
  CHECK(whole == split);
  return 0;
}
