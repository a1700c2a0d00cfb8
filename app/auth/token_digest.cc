#include "app/auth/token_digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstring>

#include "base/check.h"

namespace app {

std::size_t TokenDigestHash::operator()(const TokenDigest& digest) const noexcept {
  std::size_t start = 0;
  std::memcpy(&start, digest.bytes.data(), sizeof(start));
  return start;
}

TokenHasher::TokenHasher() { CHECK(RAND_bytes(key_.data(), static_cast<int>(key_.size())) == 1); }

TokenDigest TokenHasher::digest(std::string_view token) const {
  TokenDigest digest;
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(token.data());
  CHECK(HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), bytes, token.size(),
             digest.bytes.data(), &size) != nullptr);
  CHECK(size == digest.bytes.size());
  return digest;
}

}  // namespace app
