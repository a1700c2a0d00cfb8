// TokenDigest: what a token is remembered by, so that memory never holds the token itself.
//
// HMAC-SHA-256 under a key that is new with each TokenHasher: nobody outside can choose tokens that
// meet in one bucket of a table, nor recognise a token in a dump. Any thread, about a microsecond.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace app {

struct TokenDigest {
  std::array<std::uint8_t, 32> bytes{};

  bool operator==(const TokenDigest&) const = default;
};

struct TokenDigestHash {
  std::size_t operator()(const TokenDigest& digest) const noexcept;
};

class TokenHasher {
 public:
  TokenHasher();

  TokenDigest digest(std::string_view token) const;

 private:
  std::array<std::uint8_t, 32> key_{};
};

}  // namespace app
