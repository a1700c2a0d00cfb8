// [auth].
#include "app/auth/given_keys.h"
#include "app/auth/identity.h"
#include "app/auth/origin_list.h"
#include "app/config/choice.h"
#include "app/config/read_options.h"
#include "app/config/service_settings.h"
#include "app/gateway_limits.h"
#include "protocol/http_text.h"

namespace app {

namespace {

void read_keys(SettingReader& reader, AuthOptions& auth) {
  auth.secret = reader.text("auth.secret");
  std::string of_file = reader.file_content("auth.secret_file");
  while (of_file.ends_with('\n') || of_file.ends_with('\r')) of_file.pop_back();
  if (!auth.secret.empty() && !of_file.empty()) {
    reader.fail("auth.secret_file", "there is auth.secret too; give one of them");
  }
  if (auth.secret.empty()) auth.secret = std::move(of_file);
  auth.keys_pem = reader.file_content("auth.keys_file");
  auth.jwks = reader.file_content("auth.jwks_file");
  auth.jwks_url = read_web_address(reader, "auth.jwks_url");
  auth.jwks_refresh = duration_as<std::chrono::milliseconds>(reader, "auth.jwks_refresh");
}

// What the configuration says of an identity is held to the same as what a token says.
std::string read_tenant(SettingReader& reader, std::string_view path) {
  std::string tenant = reader.text(path);
  if (tenant.empty() || mistake_of_tenant(tenant).empty()) return tenant;
  reader.fail(
      path, fmt::format("must have at most {} letters, digits, '-', '_' and '.'", kTenantBytesMax));
  return {};
}

void read_guests(SettingReader& reader, AuthOptions& auth) {
  auth.guests = reader.on("auth.guests");
  auth.guest_tenant = read_tenant(reader, "auth.guest_tenant");
  if (reader.said("auth.guest_tenant").empty()) {
    reader.fail("auth.guest_tenant", "must name a tenant");
  }
  auth.guest_permissions = reader.list("auth.guest_permissions");
  if (auth.guest_permissions.size() > kPermissionsMost) {
    reader.fail_quoted("auth.guest_permissions",
                       fmt::format("{} entries: must be at most {}", auth.guest_permissions.size(),
                                   kPermissionsMost));
  }
  for (const std::string& permission : auth.guest_permissions) {
    if (is_grant_name(permission)) continue;
    reader.fail_one("auth.guest_permissions", permission,
                    fmt::format("must be text (UTF-8) of at most {} bytes", kRoleBytesMax));
  }
}

void read_token_rules(SettingReader& reader, TokenRules& token) {
  token.algorithms = reader.choices("auth.algorithms");
  token.issuer = reader.text("auth.issuer");
  token.audiences = reader.list("auth.audiences");
  token.leeway = duration_as<std::chrono::seconds>(reader, "auth.leeway");
  token.expiry_required = reader.on("auth.expiry_required");
  token.default_tenant = read_tenant(reader, "auth.default_tenant");
  const auto claim = [&](std::string_view path) {
    std::string text = reader.text(path);
    if (text.empty()) reader.fail(path, "must name a claim");
    return text;
  };
  token.claims.user = claim("auth.claims.user");
  token.claims.tenant = claim("auth.claims.tenant");
  token.claims.display_name = claim("auth.claims.display_name");
  token.claims.roles = claim("auth.claims.roles");
  token.claims.permissions = claim("auth.claims.permissions");
  token.claims.type = claim("auth.claims.type");
}

void read_service(SettingReader& reader, AuthOptions& auth) {
  using std::chrono::milliseconds;
  auth.service_url = read_web_address(reader, "auth.service_url");
  auth.service_timeout = duration_as<milliseconds>(reader, "auth.service_timeout");
  auth.service_connections = reader.small_count("auth.service_connections");
  auth.service_cache_for = duration_as<milliseconds>(reader, "auth.service_cache_for");
  auth.when_down = meaning_of(kWhenDown, reader.choice("auth.when_down"));
  auth.known_for = duration_as<milliseconds>(reader, "auth.known_for");
}

void read_origins(SettingReader& reader, AuthOptions& auth) {
  auth.origins = reader.list("auth.origins");
  for (const std::string& origin : auth.origins) {
    const base::Result<OriginList> made = OriginList::make({origin});
    if (!made.ok()) reader.fail_quoted("auth.origins", made.error().message);
  }
}

void read_trusted_proxies(SettingReader& reader, AuthOptions& auth) {
  auth.trusted_proxies.clear();
  for (const std::string& text : reader.list("auth.trusted_proxies")) {
    const base::Result<AddressBlock> block = AddressBlock::parse(text);
    if (block.ok()) {
      auth.trusted_proxies.push_back(block.value());
    } else {
      reader.fail_one("auth.trusted_proxies", text, block.error().message);
    }
  }
}

// A gateway that asks for tokens it cannot check would let nobody in.
void check_mode(SettingReader& reader, const AuthOptions& auth) {
  const bool has_key = !auth.secret.empty() || !auth.keys_pem.empty() || !auth.jwks.empty() ||
                       !auth.jwks_url.empty();
  if (auth.mode == AuthMode::token && !has_key) {
    reader.fail("auth.mode",
                "needs a key: MILLRACE_AUTH_SECRET, auth.secret_file, auth.keys_file, "
                "auth.jwks_file or auth.jwks_url");
  }
  if (auth.mode == AuthMode::service && auth.service_url.empty()) {
    reader.fail("auth.mode", "needs auth.service_url");
  }
}

// As the start does it: what it would not start with, or would refuse every token for.
void check_keys(SettingReader& reader, const AuthOptions& auth) {
  for (const KeyMistake& mistake : read_given_keys(auth).mistakes) {
    if (!mistake.algorithm.empty()) {
      reader.fail_one(mistake.setting, mistake.algorithm, mistake.what);
      continue;
    }
    const bool of_file = mistake.setting == "auth.secret" && reader.said("auth.secret").empty();
    reader.fail(of_file ? "auth.secret_file" : mistake.setting, mistake.what);
  }
}

}  // namespace

void read_auth_options(SettingReader& reader, AuthOptions& auth) {
  auth.mode = meaning_of(kAuthModes, reader.choice("auth.mode"));
  read_keys(reader, auth);
  read_token_rules(reader, auth.token);
  read_service(reader, auth);
  read_guests(reader, auth);
  auth.address_header = reader.text("auth.address_header");
  if (!auth.address_header.empty() && !protocol::is_token(auth.address_header)) {
    reader.fail("auth.address_header",
                "must be the name of a header: letters, digits and !#$%&'*+-.^_`|~");
  }
  read_trusted_proxies(reader, auth);
  read_origins(reader, auth);
  auth.failures_per_minute = reader.small_count("auth.failures_per_minute");
  auth.threads = reader.small_count("auth.threads");
  check_mode(reader, auth);
  if (auth.mode == AuthMode::token) check_keys(reader, auth);
}

}  // namespace app
