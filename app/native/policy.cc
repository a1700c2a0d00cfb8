#include "app/native/policy.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "app/config/schema.h"

namespace app {

namespace {

// Settings of [auth] that an authenticator has no part in, or takes over while it runs.
constexpr std::array<std::string_view, 9> kSettingsOfOthers{
    "auth.guests",         "auth.guest_tenant",    "auth.guest_permissions",   "auth.origins",
    "auth.address_header", "auth.trusted_proxies", "auth.failures_per_minute", "auth.when_down",
    "auth.known_for"};

bool is_same(const SettingValue& one, const SettingValue& other) {
  return one.texts == other.texts && one.content_hash == other.content_hash;
}

bool asks_the_same(const Options& one, const Options& other) {
  return std::ranges::all_of(all_settings(), [&](const Setting& setting) {
    const bool matters =
        setting.path.starts_with("auth.") &&
        std::ranges::find(kSettingsOfOthers, setting.path) == kSettingsOfOthers.end();
    return !matters || is_same(one.values.of(setting.path), other.values.of(setting.path));
  });
}

}  // namespace

base::Result<std::shared_ptr<const Policy>> make_policy(Options options, const Policy* running) {
  auto origins = OriginList::make(options.auth.origins);
  if (!origins.ok()) return origins.error();
  std::shared_ptr<Authenticator> authenticator;
  if (running != nullptr && asks_the_same(*running->options, options)) {
    authenticator = running->authenticator;
    authenticator->set_when_down(options.auth.when_down, options.auth.known_for);
  } else {
    auto started = start_authenticator(options.auth);
    if (!started.ok()) return started.error();
    authenticator = started.take();
  }
  return std::make_shared<const Policy>(
      Policy{.options = std::make_shared<const Options>(std::move(options)),
             .authenticator = std::move(authenticator),
             .origins = origins.take()});
}

}  // namespace app
