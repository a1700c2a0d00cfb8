// TextPen: writes the pieces of one text into room that is made for all of them at once: a piece
// then costs little more than its bytes.
//
// The room is a string that grows to the longest text and is used again for the next: its size says
// nothing, text() is what has been written. Bound: the bytes that the caller announced, which the
// pieces keep, or it is a failed CHECK; what must be escaped may be longer. One thread.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/json_text.h"

namespace base {

class TextPen {
 public:
  // The first piece goes to the front of the room, whatever was there.
  TextPen(std::string& room, std::size_t bytes_most)
      : TextPen(room, place_in(room, 0, bytes_most)) {}
  TextPen(const TextPen&) = delete;
  TextPen& operator=(const TextPen&) = delete;

  // Inlined always, as a call of one piece would have the pen in memory for all.
  [[gnu::always_inline]] void write(std::string_view text) {
    CHECK(text.size() <= static_cast<std::size_t>(end_ - at_));
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  // What stands between the quotes of a JSON string. What is not UTF-8 becomes U+FFFD.
  void write_json_escaped(std::string_view text) {
    if (json_plain_size(text) == text.size()) [[likely]] {
      write(text);
    } else {
      const Place place = write_escaped(room_, {at_, end_}, text);
      at_ = place.at;
      end_ = place.end;
    }
  }
  void write_spaces(std::size_t count) {
    CHECK(count <= static_cast<std::size_t>(end_ - at_));
    std::memset(at_, ' ', count);
    at_ += count;
  }

  std::size_t size() const noexcept { return static_cast<std::size_t>(at_ - room_.data()); }
  // What has been written; holds until the room is used again.
  std::span<char> text() const noexcept { return {room_.data(), size()}; }

 private:
  struct Place {
    char* at;
    char* end;
  };

  TextPen(std::string& room, Place place) : room_(room), at_(place.at), end_(place.end) {}

  static Place place_in(std::string& room, std::size_t at, std::size_t bytes) {
    if (room.size() < at + bytes) room.resize(at + bytes);
    return {room.data() + at, room.data() + at + bytes};
  }
  // Is told and tells where the pen is, instead of being its member: a pen that nothing points to
  // is kept in registers while it writes.
  [[gnu::noinline]] static Place write_escaped(std::string& room, Place place,
                                               std::string_view text) {
    CHECK(text.size() <= static_cast<std::size_t>(place.end - place.at));
    const std::size_t left = static_cast<std::size_t>(place.end - place.at) - text.size();
    room.resize(static_cast<std::size_t>(place.at - room.data()));
    append_json_escaped(room, text);
    return place_in(room, room.size(), left);
  }

  std::string& room_;
  char* at_;
  char* end_;
};

}  // namespace base
