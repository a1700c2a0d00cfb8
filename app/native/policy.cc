#include "app/native/policy.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "app/config/schema.h"
#include "app/rooms/access_service.h"

namespace app {

namespace {

// Settings of [auth] that an authenticator has no part in, or takes over while it runs.
constexpr std::array<std::string_view, 9> kSettingsOfOthers{
    "auth.guests",         "auth.guest_tenant",    "auth.guest_permissions",   "auth.origins",
    "auth.address_header", "auth.trusted_proxies", "auth.failures_per_minute", "auth.when_down",
    "auth.known_for"};

// Of rooms.access_, likewise.
constexpr std::array<std::string_view, 3> kSettingsBesideAuthority{
    "rooms.access_when_down", "rooms.access_known_for", "rooms.access_waiting"};

bool is_same(const SettingValue& one, const SettingValue& other) {
  return one.texts == other.texts && one.content_hash == other.content_hash;
}

// Whether the settings that begin so are the same, but for some.
bool says_the_same(const Options& one, const Options& other, std::string_view beginning,
                   std::span<const std::string_view> others) {
  return std::ranges::all_of(all_settings(), [&](const Setting& setting) {
    const bool matters = setting.path.starts_with(beginning) &&
                         std::ranges::find(others, setting.path) == others.end();
    return !matters || is_same(one.values.of(setting.path), other.values.of(setting.path));
  });
}

base::Result<std::shared_ptr<RoomAuthority>> make_authority(const Options& options,
                                                            const Policy* running) {
  if (!options.access.asks_service()) return std::shared_ptr<RoomAuthority>();
  const AccessServiceOptions& service = options.access_service;
  if (running != nullptr && running->authority != nullptr &&
      says_the_same(*running->options, options, "rooms.access_", kSettingsBesideAuthority)) {
    running->authority->set_when_down(service.when_down, service.known_for);
    return running->authority;
  }
  if (const base::Status checked = check_url(service.url); !checked.ok()) {
    return base::Error{"rooms.access_url: " + checked.error().message};
  }
  return std::shared_ptr<RoomAuthority>(std::make_shared<AccessService>(service));
}

}  // namespace

bool Policy::is_quiet() const {
  return authenticator->counts().waiting == 0 &&
         (authority == nullptr || authority->counts().waiting == 0);
}

// Who decides about rooms goes on through a reload that leaves its settings as they were.
bool Policy::admits_like(const Policy& other) const {
  return authority == other.authority && options->access == other.options->access;
}

base::Result<std::shared_ptr<const Policy>> make_policy(Options options, const Policy* running) {
  auto origins = OriginList::make(options.auth.origins);
  if (!origins.ok()) return origins.error();
  std::shared_ptr<Authenticator> authenticator;
  if (running != nullptr && says_the_same(*running->options, options, "auth.", kSettingsOfOthers)) {
    authenticator = running->authenticator;
    authenticator->set_when_down(options.auth.when_down, options.auth.known_for);
  } else {
    auto started = start_authenticator(options.auth);
    if (!started.ok()) return started.error();
    authenticator = started.take();
  }
  auto authority = make_authority(options, running);
  if (!authority.ok()) return authority.error();
  return std::make_shared<const Policy>(
      Policy{.options = std::make_shared<const Options>(std::move(options)),
             .authenticator = std::move(authenticator),
             .origins = origins.take(),
             .authority = authority.take()});
}

}  // namespace app
