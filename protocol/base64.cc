#include "protocol/base64.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/check.h"

namespace protocol {

namespace {

template <std::size_t size>
Base64Text<size> encode(const std::array<std::byte, size>& octets) noexcept {
  // OpenSSL writes a terminator that we do not want, so it writes into a longer array.
  std::array<unsigned char, std::tuple_size_v<Base64Text<size>> + 1> encoded;
  const auto* const input = reinterpret_cast<const unsigned char*>(octets.data());
  const int length = EVP_EncodeBlock(encoded.data(), input, static_cast<int>(size));
  Base64Text<size> text;
  CHECK(static_cast<std::size_t>(length) == text.size());
  std::ranges::copy_n(encoded.begin(), length, text.begin());
  return text;
}

bool is_base64_character(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

}  // namespace

Base64Text<16> encode_base64(const std::array<std::byte, 16>& octets) noexcept {
  return encode(octets);
}

Base64Text<20> encode_base64(const std::array<std::byte, 20>& octets) noexcept {
  return encode(octets);
}

bool is_base64_of_16(std::string_view text) noexcept {
  constexpr std::size_t kCharacters = 22;  // 128 bits, six each; padding makes it 24.
  return text.size() == kCharacters + 2 && text.substr(kCharacters) == "==" &&
         std::ranges::all_of(text.substr(0, kCharacters), is_base64_character);
}

}  // namespace protocol
