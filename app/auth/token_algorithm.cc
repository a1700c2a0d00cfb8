#include "app/auth/token_algorithm.h"

#include <algorithm>
#include <array>
#include <utility>

namespace app {

namespace {

constexpr std::array<std::pair<std::string_view, KeyKind>, 9> kAlgorithms{{
    {"HS256", KeyKind::secret},
    {"HS384", KeyKind::secret},
    {"HS512", KeyKind::secret},
    {"RS256", KeyKind::rsa},
    {"RS384", KeyKind::rsa},
    {"RS512", KeyKind::rsa},
    {"ES256", KeyKind::ec256},
    {"ES384", KeyKind::ec384},
    {"ES512", KeyKind::ec521},
}};

}  // namespace

std::optional<KeyKind> key_kind_of(std::string_view algorithm) noexcept {
  const auto* const found =
      std::ranges::find(kAlgorithms, algorithm, &std::pair<std::string_view, KeyKind>::first);
  if (found == kAlgorithms.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> algorithm_names() {
  std::vector<std::string> names;
  names.reserve(kAlgorithms.size());
  for (const auto& [name, kind] : kAlgorithms) names.emplace_back(name);
  return names;
}

bool key_takes(const Key& key, std::string_view algorithm) noexcept {
  return key_kind_of(algorithm) == key.kind &&
         (key.algorithm.empty() || key.algorithm == algorithm);
}

}  // namespace app
