// Who may connect: [auth], and [[access]] for what they may do in rooms.
#include "app/auth/auth_options.h"
#include "app/config/gateway_limits.h"
#include "app/config/schema.h"
#include "base/duration_text.h"
#include "base/limits.h"

namespace app {

namespace {

template <typename T>
std::uint64_t nanoseconds(T duration) {
  return static_cast<std::uint64_t>(base::Duration(duration).count());
}

std::string text_of(const std::vector<AddressBlock>& blocks) {
  std::string text;
  for (const AddressBlock& block : blocks) {
    if (!text.empty()) text += ',';
    text += block.text();
  }
  return text;
}

// All of [auth] may change while the gateway runs.
class Adder {
 public:
  explicit Adder(std::vector<Setting>& settings) : settings_(settings) {}

  Setting& add(std::string path, SettingKind kind, std::string standard, std::string help) {
    settings_.push_back({.path = std::move(path),
                         .kind = kind,
                         .help = std::move(help),
                         .standard = std::move(standard),
                         .is_reloadable = true});
    return settings_.back();
  }
  void text(std::string path, std::string standard, std::string help) {
    add(std::move(path), SettingKind::text, std::move(standard), std::move(help));
  }
  void file(std::string path, std::string help) {
    add(std::move(path), SettingKind::file, "", std::move(help));
  }
  void list(std::string path, std::string help) { list(std::move(path), "", std::move(help)); }
  void list(std::string path, std::string standard, std::string help) {
    add(std::move(path), SettingKind::text, std::move(standard), std::move(help)).is_list = true;
  }
  void choice(std::string path, std::string standard, std::vector<std::string> choices,
              std::string help) {
    add(std::move(path), SettingKind::choice, std::move(standard), std::move(help)).choices =
        std::move(choices);
  }
  void on_off(std::string path, bool standard, std::string help) {
    add(std::move(path), SettingKind::on_off, standard ? "true" : "false", std::move(help));
  }
  void count(std::string path, std::uint64_t standard, std::uint64_t least, std::uint64_t most,
             std::string help) {
    Setting& added =
        add(std::move(path), SettingKind::count, std::to_string(standard), std::move(help));
    added.least = least;
    added.most = most;
  }
  template <typename T>
  void duration(std::string path, T standard, base::Duration least, base::Duration most,
                std::string help) {
    Setting& added = add(std::move(path), SettingKind::duration, base::format_duration(standard),
                         std::move(help));
    added.least = nanoseconds(least);
    added.most = nanoseconds(most);
  }

 private:
  std::vector<Setting>& settings_;
};

void add_keys(Adder& adder, const AuthOptions& standard) {
  adder.choice("auth.mode", "none", {"none", "token", "service"},
               "how it is known who connects: not at all, by a JWT, or by asking a service");
  adder
      .add("auth.secret", SettingKind::text, "",
           "that HS256, HS384 and HS512 tokens are signed "
           "with")
      .is_secret = true;
  adder.file("auth.secret_file", "the file that holds the secret; a line end after it is dropped");
  adder.file("auth.keys_file", "public keys or certificates as PEM, one after the other");
  adder.file("auth.jwks_file", "a JSON Web Key Set");
  adder.text("auth.jwks_url", "", "where the key set is fetched from");
  adder.duration("auth.jwks_refresh", standard.jwks_refresh, std::chrono::seconds{10},
                 base::kTimeoutMost, "how often the key set is fetched anew");
}

void add_tokens(Adder& adder, const TokenRules& standard) {
  Setting& algorithms = adder.add("auth.algorithms", SettingKind::choice, "",
                                  "that tokens may be signed with; none named: those that fit the "
                                  "keys");
  algorithms.choices = {"HS256", "HS384", "HS512", "RS256", "RS384",
                        "RS512", "ES256", "ES384", "ES512"};
  algorithms.is_list = true;
  adder.text("auth.issuer", standard.issuer, "that tokens must name; empty: any");
  adder.list("auth.audiences", "one of which tokens must name; none: any");
  adder.duration("auth.leeway", standard.leeway, base::Duration{}, kLeewayMost,
                 "by how much clocks may differ when a token's times are judged");
  adder.on_off("auth.expiry_required", standard.expiry_required, "refuse tokens that never expire");
  adder.text("auth.default_tenant", standard.default_tenant,
             "of tokens that name none, written as guest_tenant; empty: those are refused");
  adder.text("auth.claims.user", standard.claims.user, "the claim that names the user");
  adder.text("auth.claims.tenant", standard.claims.tenant, "the claim that names the tenant");
  adder.text("auth.claims.display_name", standard.claims.display_name,
             "the claim that others see as the user's name");
  adder.text("auth.claims.roles", standard.claims.roles, "the claim that lists roles");
  adder.text("auth.claims.permissions", standard.claims.permissions,
             "the claim that lists permissions");
  adder.text("auth.claims.type", standard.claims.type,
             "the claim that says employee, guest or supervisor");
}

void add_service(Adder& adder, const AuthOptions& standard) {
  adder.text("auth.service_url", "", "the auth service, asked with POST {\"token\": ...}");
  adder.duration("auth.service_timeout", standard.service_timeout, base::kTimeoutLeast,
                 base::kTimeoutMost, "for its answer, once it is its turn to be asked");
  adder.count("auth.service_connections", standard.service_connections, 1, kServiceConnectionsMost,
              "to it at one time");
  adder.duration("auth.service_cache_for", standard.service_cache_for, base::Duration{},
                 base::kTimeoutMost, "how long its answer for a token is believed; 0s: not at all");
  adder.choice("auth.when_down", "refuse", {"refuse", "admit_known"},
               "while it does not answer: let nobody in, or whoever had the same token lately");
  adder.duration("auth.known_for", standard.known_for, base::kTimeoutLeast, base::kTimeoutMost,
                 "how long ago that may be");
}

void add_others(Adder& adder, const AuthOptions& standard) {
  adder.on_off("auth.guests", standard.guests, "whoever has no token is a guest");
  adder.text("auth.guest_tenant", standard.guest_tenant,
             "the tenant of guests: up to 64 letters, digits, '-', '_' and '.'");
  adder.list("auth.guest_permissions", "of guests: up to 128, of 64 bytes each");
  adder.list("auth.origins",
             "pages that may connect, such as https://app.example.com or https://*.example.com; "
             "none: any");
  adder.text("auth.address_header", standard.address_header,
             "the field in which a proxy says the client's address, such as X-Forwarded-For or "
             "Forwarded; without it a client's address is its connection's");
  adder.list("auth.trusted_proxies", text_of(standard.trusted_proxies),
             "addresses and networks from which that field is believed");
  adder.count("auth.failures_per_minute", standard.failures_per_minute, 0, kFailuresPerMinuteMost,
              "that one address may have before it is answered with 429; 0: no limit");
  adder.count("auth.threads", standard.threads, 1, kAuthThreadsMost, "that check tokens");
}

void add_access(Adder& adder) {
  const auto add = [&](std::string key, std::string help) -> Setting& {
    return adder.add("access." + std::move(key), SettingKind::access, "", std::move(help));
  };
  add("pattern",
      "the rooms of this rule: a name, in which * is any text, and {user} and {tenant} "
      "are the asker's own; the first rule that fits decides");
  add("create",
      "who of those that may join it may make such a room, as each of role:NAME, "
      "permission:NAME, type:TYPE, * for everybody, or service for whom rooms.access_url lets")
      .is_list = true;
  add("join", "who may join it").is_list = true;
  add("send", "who may send to it").is_list = true;
  add("history", "who may read what was said, and be given what it missed when it comes back")
      .is_list = true;
  add("presence", "who may see who is there").is_list = true;
}

}  // namespace

void add_auth_settings(std::vector<Setting>& settings) {
  const AuthOptions standard;
  Adder adder(settings);
  add_keys(adder, standard);
  add_tokens(adder, standard.token);
  add_service(adder, standard);
  add_others(adder, standard);
  add_access(adder);
}

}  // namespace app
