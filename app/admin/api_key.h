// ApiKeys: the keys of the server API, compared so that neither time nor length tells anything.
//
// A key is kept as its SHA-256 only, and a presented one is compared with every digest to its end.
// Immutable after construction, hence for any thread. Bounds: kAdminKeysMost keys, each of
// kAdminKeyBytesLeast to kAdminKeyBytesMax bytes.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace app {

class ApiKeys {
 public:
  explicit ApiKeys(const std::vector<std::string>& keys);

  bool empty() const noexcept { return digests_.empty(); }
  // Which of the keys it is; nothing: none.
  std::optional<std::size_t> find(std::string_view key) const noexcept;

 private:
  using Digest = std::array<unsigned char, 32>;

  static Digest digest(std::string_view key) noexcept;

  std::vector<Digest> digests_;
};

// What is wrong with a configured key, without repeating it; empty: nothing.
std::string_view mistake_of_key(std::string_view key) noexcept;

// The key of `Authorization: Bearer KEY`, or failing that of `X-API-Key: KEY`; empty: none.
std::string_view presented_key(std::string_view authorization, std::string_view api_key) noexcept;

}  // namespace app
