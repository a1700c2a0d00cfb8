// Base64: the two fixed sizes that the opening handshake encodes, without allocating (RFC 4648 4).
//
// Sixteen octets of a client's key become 24 characters, twenty octets of a SHA-1 become 28. Pure
// functions over OpenSSL's encoder, for any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace protocol {

template <std::size_t size>
using Base64Text = std::array<char, (size + 2) / 3 * 4>;

Base64Text<16> encode_base64(const std::array<std::byte, 16>& octets) noexcept;
Base64Text<20> encode_base64(const std::array<std::byte, 20>& octets) noexcept;

// Whether the text is base64 of exactly sixteen octets.
bool is_base64_of_16(std::string_view text) noexcept;

}  // namespace protocol
