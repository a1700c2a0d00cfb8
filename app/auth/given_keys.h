// Given keys: the keys for tokens that the configuration itself holds, and what is wrong with them.
//
// Of AuthOptions: the secret, the keys as PEM, the key set of a file, and whether they can check
// the algorithms that are asked for; those of a URL are not known yet. Read alike when a
// configuration is checked and when the gateway starts. Pure, any thread; an RSA key takes some
// milliseconds. Bounds: those of KeySet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/auth/auth_options.h"
#include "app/auth/key_set.h"

namespace app {

struct KeyMistake {
  std::string_view setting{};  // "auth.keys_file"; "auth.secret" wherever the secret came from.
  std::string algorithm{};     // The entry, where the setting is the list of them.
  std::string what{};          // Never with the text itself: it may be secret.
};

struct GivenKeys {
  KeySet keys{};
  std::vector<KeyMistake> mistakes{};
};

GivenKeys read_given_keys(const AuthOptions& options);

}  // namespace app
