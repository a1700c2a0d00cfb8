#include "loadgen/native/hs256_token.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/check.h"

namespace loadgen {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kDigestBytes = 32;  // Of SHA-256.
constexpr unsigned kDigitBits = 6;
constexpr unsigned kDigitMask = 63;
constexpr unsigned kOctetBits = 8;

const unsigned char* octets_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Without padding, as tokens have it (RFC 7515 2).
void append_base64url(std::string& out, std::string_view octets) {
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char octet : octets) {
    held = held << kOctetBits | static_cast<unsigned char>(octet);
    bits += kOctetBits;
    while (bits >= kDigitBits) {
      bits -= kDigitBits;
      out += kAlphabet[held >> bits & kDigitMask];
    }
  }
  if (bits > 0) out += kAlphabet[held << (kDigitBits - bits) & kDigitMask];
}

}  // namespace

std::string mint_hs256_token(std::string_view claims_json, std::string_view secret) {
  std::string token;
  append_base64url(token, R"({"alg":"HS256","typ":"JWT"})");
  token += '.';
  append_base64url(token, claims_json);
  std::array<unsigned char, kDigestBytes> digest{};
  unsigned size = 0;
  const unsigned char* made = HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                                   octets_of(token), token.size(), digest.data(), &size);
  CHECK(made != nullptr && size == digest.size());
  token += '.';
  append_base64url(token, {reinterpret_cast<const char*>(digest.data()), digest.size()});
  return token;
}

}  // namespace loadgen
