// ResumeText: the reason of a 1013 close frame: up to which number a slow reader was given a room's
// messages, so that it can ask for what follows.
//
//   slow: last=12345                              in one room
//   slow: last=12345 room=a; last=17 room=b%20c   in several
//
// Names are percent-encoded (RFC 3986 2.1), so that the reason is UTF-8 whatever they are. Threads:
// any, no state but the text. Bound: the memory it is given; entries that do not fit are left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace engine {

class ResumeText {
 public:
  explicit ResumeText(std::span<char> into) : into_(into) {}

  // Adds an entry, whole or not at all. A name may be left out.
  bool add(std::uint64_t last, std::string_view room);
  std::size_t size() const noexcept { return size_; }

 private:
  std::span<char> into_;
  std::size_t size_ = 0;
};

}  // namespace engine
