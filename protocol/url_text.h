// URL text: the parts of a path or query, and what they say without their escapes: "%2F" is "/".
//
// Pure functions, any thread. Each part is decoded by itself, after the text was taken apart, so an
// escaped slash or ampersand never divides. What is decoded is never longer than its input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace protocol {

// What a plus sign stands for: a space in the queries that forms make, itself in a path.
enum class PlusIs : std::uint8_t { plus, space };

// Nothing when an escape is not % and two hex digits.
std::optional<std::string> decode_percents(std::string_view text, PlusIs plus);

// A parameter of a query, not yet decoded. The value of a bare name is "".
struct QueryPair {
  std::string_view text;  // As it was sent: "room=lobby".
  std::string_view name;
  std::string_view value;
};

// Takes the next pair off the front of a query that is not empty. "&&" has an empty one inside.
QueryPair next_query_pair(std::string_view& query) noexcept;

}  // namespace protocol
