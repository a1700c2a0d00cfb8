#include "loadgen/proc_text.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace loadgen {

std::string read_proc_file(const std::string& path) {
  constexpr std::size_t kChunkBytes = 8192;
  std::string text;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return text;
  std::array<char, kChunkBytes> chunk{};
  ssize_t count = 0;
  while ((count = read(file, chunk.data(), chunk.size())) > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(count));
  }
  close(file);
  return text;
}

std::uint64_t parse_proc_number(std::string_view text) {
  const std::size_t digit = text.find_first_of("0123456789");
  if (digit == std::string_view::npos) return 0;
  std::uint64_t number = 0;
  std::from_chars(text.data() + digit, text.data() + text.size(), number);
  return number;
}

std::uint64_t proc_field_bytes(std::string_view text, std::string_view name) {
  constexpr std::uint64_t kKilo = 1024;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with(name)) return parse_proc_number(line.substr(name.size())) * kKilo;
    at = end + 1;
  }
  return 0;
}

}  // namespace loadgen
