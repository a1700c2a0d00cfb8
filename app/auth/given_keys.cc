#include "app/auth/given_keys.h"

#include <algorithm>

#include "app/auth/token_algorithm.h"

namespace app {

namespace {

// Adds what `text` makes, if there is any.
void add_keys(GivenKeys& given, std::string_view setting, const std::string& text,
              base::Result<KeySet> (*read)(std::string_view)) {
  if (text.empty()) return;
  const base::Result<KeySet> made = read(text);
  if (made.ok()) return given.keys.add(made.value());
  given.mistakes.push_back({.setting = setting, .what = made.error().message});
}

// Tokens of an algorithm that no key takes would all be refused.
void check_algorithms(GivenKeys& given, const std::vector<std::string>& algorithms) {
  for (const std::string& algorithm : algorithms) {
    const bool is_served = std::ranges::any_of(
        given.keys.keys(), [&](const Key& key) { return key_takes(key, algorithm); });
    if (is_served) continue;
    given.mistakes.push_back({.setting = "auth.algorithms",
                              .algorithm = algorithm,
                              .what = "none of the keys that are given can check it"});
  }
}

}  // namespace

GivenKeys read_given_keys(const AuthOptions& options) {
  GivenKeys given;
  add_keys(given, "auth.secret", options.secret, &KeySet::from_secret);
  add_keys(given, "auth.keys_file", options.keys_pem, &KeySet::from_pem);
  add_keys(given, "auth.jwks_file", options.jwks, &KeySet::from_jwks);
  const bool are_all = given.mistakes.empty() && options.jwks_url.empty() && !given.keys.empty();
  if (are_all) check_algorithms(given, options.token.algorithms);
  return given;
}

}  // namespace app
