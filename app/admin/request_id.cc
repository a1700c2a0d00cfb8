#include "app/admin/request_id.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "app/gateway_limits.h"

namespace app {

namespace {

bool is_harmless(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

}  // namespace

std::string request_id(std::string_view of_caller) {
  const bool fits = !of_caller.empty() && of_caller.size() <= kRequestIdBytesMax;
  if (fits && std::ranges::all_of(of_caller, is_harmless)) return std::string(of_caller);
  std::array<unsigned char, 8> bytes{};
  // Without randomness the id is all zeros, which is no reason to refuse the request.
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) bytes.fill(0);
  std::string id;
  for (const unsigned char byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    id += kDigits[byte >> 4U];
    id += kDigits[byte & 15U];
  }
  return id;
}

}  // namespace app
