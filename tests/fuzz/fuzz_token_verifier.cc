// Whoever is let in had a signature that fits, and is somebody that the gateway can bear.
// Layout: 0 and the text of a token, or 1 and a header, a line feed and a payload, which are signed
// here so that the fuzzer gets to the claims; in both, the secret is 32 times 's'.
#include "app/auth/token_verifier.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "app/auth/base64url.h"
#include "base/check.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

constexpr std::int64_t kNow = 1'800'000'000;
const std::string kSecret(32, 's');

std::string encode_base64url(std::string_view octets) {
  std::string text(4 * (octets.size() / 3 + 1) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(octets.data()),
                                   static_cast<int>(octets.size()));
  text.resize(static_cast<std::size_t>(size));
  std::erase(text, '=');
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::string sign(std::string_view text, const EVP_MD* hash) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
  unsigned int size = 0;
  CHECK(HMAC(hash, kSecret.data(), static_cast<int>(kSecret.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), octets.data(),
             &size) != nullptr);
  return {octets.begin(), octets.begin() + size};
}

std::string signed_here(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view payload = text.substr(std::min(end + 1, text.size()));
  const std::string parts = encode_base64url(text.substr(0, end)) + "." + encode_base64url(payload);
  return parts + "." + encode_base64url(sign(parts, EVP_sha256()));
}

bool is_signed(std::string_view token) {
  const std::size_t dot = token.rfind('.');
  CHECK(dot != std::string_view::npos);
  const auto signature = app::decode_base64url(token.substr(dot + 1));
  const std::string_view parts = token.substr(0, dot);
  return signature == sign(parts, EVP_sha256()) || signature == sign(parts, EVP_sha384()) ||
         signature == sign(parts, EVP_sha512());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tests::FuzzInput input(data, size);
  const bool sign_it = input.octet() == 1;
  const std::vector<std::byte> rest = input.rest();
  const std::string text(reinterpret_cast<const char*>(rest.data()), rest.size());
  const std::string token = sign_it ? signed_here(text) : text;
  const app::TokenVerifier verifier(
      {}, std::make_shared<app::KeySet>(app::KeySet::from_secret(kSecret).take()));
  const app::AuthResult result = verifier.verify(token, kNow);
  if (const auto* failure = std::get_if<app::AuthFailure>(&result)) {
    CHECK(*failure != app::AuthFailure::none);
    return 0;
  }
  const auto& identity = std::get<app::Identity>(result);
  CHECK(is_signed(token));
  CHECK(app::mistake_of(identity).empty());
  CHECK(identity.expires_at > kNow - 30);
  return 0;
}
