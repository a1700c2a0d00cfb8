// Message: what every message of a load run carries, so that whoever receives it can judge it.
//
//   0  magic      4   "MRLD"
//   4  room       4   for an echo: the number of the connection
//   8  publisher  4   its number among the members of the room
//  12  check      4   over the stamp, the seed and the size of the message
//  16  sequence   8   0, 1, 2 ... per publisher
//  24  intended   8   when it was to be sent, nanoseconds of the monotonic clock
//  32  padding        follows from the check, so that every octet is verified
//
// In network byte order. As text, each octet is two hexadecimal digits. Pure functions of the seed:
// any thread. Bound: no message is shorter than kStampBytes. What was changed, cut, extended or
// made up on the way does not pass read().
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace loadgen {

inline constexpr std::size_t kStampBytes = 32;
inline constexpr std::size_t kTextPerByte = 2;

struct Stamp {
  std::uint32_t room = 0;
  std::uint32_t publisher = 0;
  std::uint64_t sequence = 0;
  std::int64_t intended_ns = 0;

  friend bool operator==(const Stamp&, const Stamp&) = default;
};

class MessageCodec {
 public:
  explicit MessageCodec(std::uint64_t seed) noexcept : seed_(seed) {}

  // Fills the whole of `message`, which has at least kStampBytes.
  void write(std::span<std::byte> message, const Stamp& stamp) const noexcept;
  // False when `message` is not, octet for octet, what write() wrote with this seed.
  [[nodiscard]] bool read(std::span<const std::byte> message, Stamp& stamp) const noexcept;

  // The same as text. `text` has kTextPerByte for each byte of a message, and `scratch` has room
  // for that message.
  void write_text(std::span<std::byte> text, const Stamp& stamp,
                  std::span<std::byte> scratch) const noexcept;
  [[nodiscard]] bool read_text(std::span<const std::byte> text, Stamp& stamp,
                               std::span<std::byte> scratch) const noexcept;

 private:
  std::uint64_t digest(const Stamp& stamp, std::size_t size) const noexcept;

  std::uint64_t seed_;
};

}  // namespace loadgen
