#include "engine/room/resume_text.h"

#include <cstring>
#include <string>

namespace engine {

namespace {

bool is_unreserved(char character) noexcept {
  const bool letter =
      (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
  const bool digit = character >= '0' && character <= '9';
  return letter || digit || std::string_view("-._~:/").find(character) != std::string_view::npos;
}

void append_encoded(std::string& text, std::string_view name) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char character : name) {
    if (is_unreserved(character)) {
      text += character;
      continue;
    }
    const auto octet = static_cast<std::uint8_t>(character);
    text += '%';
    text += kDigits[octet >> 4U];
    text += kDigits[octet & 0x0FU];
  }
}

}  // namespace

bool ResumeText::add(std::uint64_t last, std::string_view room) {
  std::string entry = size_ == 0 ? "slow: last=" : "; last=";
  entry += std::to_string(last);
  if (!room.empty()) {
    entry += " room=";
    append_encoded(entry, room);
  }
  if (entry.size() > into_.size() - size_) return false;
  std::memcpy(into_.data() + size_, entry.data(), entry.size());
  size_ += entry.size();
  return true;
}

}  // namespace engine
