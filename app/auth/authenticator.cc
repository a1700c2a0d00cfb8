#include "app/auth/authenticator.h"

#include <fmt/format.h>

#include <atomic>
#include <string_view>
#include <utility>

#include "app/auth/auth_service.h"
#include "app/auth/given_keys.h"
#include "app/auth/token_authenticator.h"
#include "app/gateway_limits.h"
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

base::Status check_setting(std::string_view setting, const std::string& url) {
  const base::Status checked = check_url(url);
  if (checked.ok()) return {};
  return base::Error{fmt::format("auth.{}: {}", setting, checked.error().message)};
}

Started start_token(const AuthOptions& options) {
  GivenKeys given = read_given_keys(options);
  if (!given.mistakes.empty()) {
    const KeyMistake& mistake = given.mistakes.front();
    return base::Error{fmt::format("{}{}{}: {}", mistake.setting,
                                   mistake.algorithm.empty() ? "" : " ", mistake.algorithm,
                                   mistake.what)};
  }
  if (options.jwks_url.empty() && given.keys.empty()) {
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
  return Started(std::make_unique<TokenAuthenticator>(options, std::move(given.keys)));
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
