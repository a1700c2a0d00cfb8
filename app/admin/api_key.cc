#include "app/admin/api_key.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "app/gateway_limits.h"
#include "base/check.h"
#include "protocol/http_text.h"

namespace app {

ApiKeys::ApiKeys(const std::vector<std::string>& keys) {
  CHECK(keys.size() <= kAdminKeysMost);
  digests_.reserve(keys.size());
  for (const std::string& key : keys) digests_.push_back(digest(key));
}

ApiKeys::Digest ApiKeys::digest(std::string_view key) noexcept {
  Digest digest{};
  // A view's bytes, as the library wants to see them.
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  return digest;
}

std::optional<std::size_t> ApiKeys::find(std::string_view key) const noexcept {
  const Digest presented = digest(key);
  std::size_t found = digests_.size();
  for (std::size_t i = 0; i < digests_.size(); ++i) {
    // No early end: which of the keys it is would show in the time.
    if (CRYPTO_memcmp(presented.data(), digests_[i].data(), presented.size()) == 0) found = i;
  }
  if (found == digests_.size()) return std::nullopt;
  return found;
}

static_assert(kAdminKeyBytesLeast == 16 && kAdminKeyBytesMax == 256,
              "the sentences below say the bounds");

std::string_view mistake_of_key(std::string_view key) noexcept {
  if (key.size() < kAdminKeyBytesLeast) return "an API key has at least 16 characters";
  if (key.size() > kAdminKeyBytesMax) return "an API key has at most 256 characters";
  for (const char c : key) {
    // A percent sign is read as an escape on its way through the HTTP library.
    if (c <= ' ' || c > '~' || c == '%') {
      return "an API key is of printable ASCII without spaces and percent signs";
    }
  }
  return {};
}

std::string_view presented_key(std::string_view authorization, std::string_view api_key) noexcept {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() > kScheme.size() &&
      protocol::equal_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) {
    return protocol::trim(authorization.substr(kScheme.size()));
  }
  return protocol::trim(api_key);
}

}  // namespace app
