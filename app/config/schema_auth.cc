// Who may connect: [auth], and [[access]] for what they may do in rooms.
#include "app/auth/auth_options.h"
#include "app/auth/token_algorithm.h"
#include "app/config/schema.h"
#include "app/config/setting_makers.h"
#include "app/gateway_limits.h"
#include "base/limits.h"

namespace app {

namespace {

std::vector<std::string> texts_of(const std::vector<AddressBlock>& blocks) {
  std::vector<std::string> texts;
  for (const AddressBlock& block : blocks) texts.push_back(block.text());
  return texts;
}

void add_keys(SettingMaker& make, const AuthOptions& standard) {
  make.choice("auth.mode", kAuthModes, standard.mode,
              "how it is known who connects: not at all, by a JWT, or by asking a service");
  make.text("auth.secret", standard.secret, "that HS256, HS384 and HS512 tokens are signed with")
      .secret();
  make.file("auth.secret_file", "the file that holds the secret; a line end after it is dropped");
  make.file("auth.keys_file", "public keys or certificates as PEM, one after the other");
  make.file("auth.jwks_file", "a JSON Web Key Set");
  make.text("auth.jwks_url", standard.jwks_url, "where the key set is fetched from");
  make.duration("auth.jwks_refresh", standard.jwks_refresh,
                {std::chrono::seconds{10}, base::kTimeoutMost},
                "how often the key set is fetched anew");
}

void add_tokens(SettingMaker& make, const TokenRules& standard) {
  make.some_of("auth.algorithms", algorithm_names(), standard.algorithms,
               "that tokens may be signed with; none named: those that fit the keys");
  make.text("auth.issuer", standard.issuer, "that tokens must name; empty: any");
  make.texts("auth.audiences", standard.audiences, "one of which tokens must name; none: any");
  make.duration("auth.leeway", standard.leeway, {{}, kLeewayMost},
                "by how much clocks may differ when a token's times are judged");
  make.on_off("auth.expiry_required", standard.expiry_required, "refuse tokens that never expire");
  make.text("auth.default_tenant", standard.default_tenant,
            "of tokens that name none, written as guest_tenant; empty: those are refused");
  make.text("auth.claims.user", standard.claims.user, "the claim that names the user");
  make.text("auth.claims.tenant", standard.claims.tenant, "the claim that names the tenant");
  make.text("auth.claims.display_name", standard.claims.display_name,
            "the claim that others see as the user's name");
  make.text("auth.claims.roles", standard.claims.roles, "the claim that lists roles");
  make.text("auth.claims.permissions", standard.claims.permissions,
            "the claim that lists permissions");
  make.text("auth.claims.type", standard.claims.type,
            "the claim that says employee, guest or supervisor");
}

void add_service(SettingMaker& make, const AuthOptions& standard) {
  make.text("auth.service_url", standard.service_url,
            "the auth service, asked with POST {\"token\": ...}");
  make.duration("auth.service_timeout", standard.service_timeout, kTimeouts,
                "for its answer, once it is its turn to be asked");
  make.count("auth.service_connections", standard.service_connections, {1, kServiceConnectionsMost},
             "to it at one time");
  make.duration("auth.service_cache_for", standard.service_cache_for, {{}, base::kTimeoutMost},
                "how long its answer for a token is believed; 0s: not at all");
  make.choice("auth.when_down", kWhenDown, standard.when_down,
              "while it does not answer: let nobody in, or whoever had the same token lately");
  make.duration("auth.known_for", standard.known_for, kTimeouts, "how long ago that may be");
}

void add_others(SettingMaker& make, const AuthOptions& standard) {
  make.on_off("auth.guests", standard.guests, "whoever has no token is a guest");
  make.text("auth.guest_tenant", standard.guest_tenant,
            "the tenant of guests: up to 64 letters, digits, '-', '_' and '.'");
  make.texts("auth.guest_permissions", standard.guest_permissions,
             "of guests: up to 128, of 64 bytes each");
  make.texts("auth.origins", standard.origins,
             "pages that may connect, such as https://app.example.com or https://*.example.com; "
             "none: any");
  make.text("auth.address_header", standard.address_header,
            "the field in which a proxy says the client's address, such as X-Forwarded-For or "
            "Forwarded; without it a client's address is its connection's");
  make.texts("auth.trusted_proxies", texts_of(standard.trusted_proxies),
             "addresses and networks from which that field is believed");
  make.count("auth.failures_per_minute", standard.failures_per_minute, {0, kFailuresPerMinuteMost},
             "that one address may have before it is answered with 429; 0: no limit");
  make.count("auth.threads", standard.threads, {1, kAuthThreadsMost}, "that check tokens");
}

void add_access(SettingMaker& make) {
  make.access("access.pattern",
              "the rooms of this rule: a name, in which * is any text, and {user} and {tenant} "
              "are the asker's own; the first rule that fits decides");
  const auto add = [&](std::string path, std::string help) {
    make.access(std::move(path), std::move(help)).list();
  };
  add("access.create",
      "who of those that may join it may ask for it with chat:room:create, as each of role:NAME, "
      "permission:NAME, type:TYPE, * for everybody, or service for whom rooms.access_url lets; a "
      "room comes to be by joining, too: where that is not wanted, join must be narrower");
  add("access.join", "who may join it");
  add("access.send", "who may send to it");
  add("access.history",
      "who may read what was said, and be given what it missed when it comes back");
  add("access.presence", "who may see who is there");
}

}  // namespace

void add_auth_settings(std::vector<Setting>& settings) {
  const AuthOptions standard;
  SettingMaker make(settings, SettingMaker::TakesEffect::at_reload);
  add_keys(make, standard);
  add_tokens(make, standard.token);
  add_service(make, standard);
  add_others(make, standard);
  add_access(make);
}

}  // namespace app
