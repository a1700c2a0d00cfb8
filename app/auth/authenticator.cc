#include "app/auth/authenticator.h"

#include <fmt/format.h>

#include <atomic>
#include <string_view>
#include <utility>

#include "app/auth/auth_service.h"
#include "app/auth/key_set.h"
#include "app/auth/token_authenticator.h"
#include "app/config/gateway_limits.h"
#include "app/upstream/http_call.h"

namespace app {

namespace {

using Started = base::Result<std::unique_ptr<Authenticator>>;

// Where everybody is a guest there is nobody to find.
class NoAuthenticator final : public Authenticator {
 public:
  void ask(std::string /*token*/, Answer answer) override {
    asked_.fetch_add(1, std::memory_order_relaxed);
    answer(AuthFailure::missing);
  }
  AuthenticatorCounts counts() const override {
    return {.asked = asked_.load(std::memory_order_relaxed)};
  }

 private:
  std::atomic<std::uint64_t> asked_ = 0;
};

// Adds what `text` makes, if there is any.
base::Status add_keys(KeySet& keys, std::string_view setting, const std::string& text,
                      base::Result<KeySet> (*read)(std::string_view)) {
  if (text.empty()) return {};
  const base::Result<KeySet> made = read(text);
  // Without the text: it may be secret.
  if (!made.ok()) return base::Error{fmt::format("auth.{}: {}", setting, made.error().message)};
  keys.add(made.value());
  return {};
}

base::Status check_setting(std::string_view setting, const std::string& url) {
  const base::Status checked = check_url(url);
  if (checked.ok()) return {};
  return base::Error{fmt::format("auth.{} {}: {}", setting, url, checked.error().message)};
}

Started start_token(const AuthOptions& options) {
  KeySet keys;
  if (auto added = add_keys(keys, "secret", options.secret, &KeySet::from_secret); !added.ok()) {
    return added.error();
  }
  if (auto added = add_keys(keys, "keys_pem", options.keys_pem, &KeySet::from_pem); !added.ok()) {
    return added.error();
  }
  if (auto added = add_keys(keys, "jwks", options.jwks, &KeySet::from_jwks); !added.ok()) {
    return added.error();
  }
  if (options.jwks_url.empty() && keys.empty()) {
    return base::Error{"auth: tokens need a key: a secret, public keys, a key set, or its URL"};
  }
  if (!options.jwks_url.empty()) {
    if (auto checked = check_setting("jwks_url", options.jwks_url); !checked.ok()) {
      return checked.error();
    }
  }
  if (options.threads == 0 || options.threads > kAuthThreadsMost) {
    return base::Error{fmt::format("auth.threads {}: must be a whole number from 1 to {}",
                                   options.threads, kAuthThreadsMost)};
  }
  return Started(std::make_unique<TokenAuthenticator>(options, std::move(keys)));
}

Started start_service(const AuthOptions& options) {
  if (auto checked = check_setting("service_url", options.service_url); !checked.ok()) {
    return checked.error();
  }
  return Started(std::make_unique<AuthService>(options));
}

}  // namespace

Started start_authenticator(const AuthOptions& options) {
  switch (options.mode) {
    case AuthMode::none:
      return Started(std::make_unique<NoAuthenticator>());
    case AuthMode::token:
      return start_token(options);
    case AuthMode::service:
      return start_service(options);
  }
  return base::Error{"auth.mode: none, token or service"};
}

}  // namespace app
