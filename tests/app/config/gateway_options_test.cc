#include <fmt/format.h>
#include <gmock/gmock.h>

#include "app/config/options.h"
#include "app/config/setting_value.h"
#include "app/gateway_limits.h"
#include "app/telemetry/served_paths.h"
#include "tests/app/admin/certificates.h"
#include "tests/app/auth/token_mint.h"
#include "tests/app/config/config_said.h"

namespace app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class GatewayOptions : public ConfigTest {};

TEST_F(GatewayOptions, TheSecretMayComeFromAFile) {
  const std::string secret = write("secret", "0123456789abcdef0123456789abcdef\r\n");
  const AuthOptions auth =
      options_of_file("auth.mode = 'token'\nauth.secret_file = '" + secret + "'").auth;
  EXPECT_EQ(auth.mode, AuthMode::token);
  EXPECT_EQ(auth.secret, "0123456789abcdef0123456789abcdef");
}

TEST_F(GatewayOptions, TokensNeedAKeyAndAServiceItsAddress) {
  EXPECT_EQ(mistakes_of({"--auth-mode", "token"}),
            "--auth-mode token: needs a key: MILLRACE_AUTH_SECRET, auth.secret_file, "
            "auth.keys_file, auth.jwks_file or auth.jwks_url\n");
  EXPECT_EQ(mistakes_of({"--auth-mode", "service"}),
            "--auth-mode service: needs auth.service_url\n");
  EXPECT_EQ(mistakes_of({"--auth-mode", "token", "--auth-jwks-url", "https://x/keys"}), "none");
  EXPECT_EQ(mistakes_of({"--auth-mode", "service", "--auth-service-url", "ftp://x"}),
            "--auth-service-url ftp://x: must begin with https:// or http://\n");
}

// A configuration that is good is one that the gateway starts with.
TEST_F(GatewayOptions, KeysAreOnesThatTokensCanBeCheckedWith) {
  const std::string short_one =
      "the secret of HS256, HS384 and HS512 must have 32 bytes at least "
      "(RFC 7518 3.2); this one has 5\n";
  EXPECT_EQ(mistakes_of_file("auth.mode = 'token'\nauth.secret = 'short'\n"),
            "FILE:2:15: auth.secret = ***: " + short_one);
  const std::string secret = write("secret", "short\n");
  EXPECT_EQ(mistakes_of({"--auth-mode", "token", "--auth-secret-file", secret}),
            "--auth-secret-file secret: " + short_one);
  const std::string garbage = write("garbage", "garbage");
  EXPECT_EQ(mistakes_of({"--auth-mode", "token", "--auth-keys-file", garbage}),
            "--auth-keys-file garbage: there is no PEM block: -----BEGIN PUBLIC KEY----- is "
            "missing\n");
  EXPECT_THAT(mistakes_of({"--auth-mode", "token", "--auth-jwks-file", garbage}),
              HasSubstr("--auth-jwks-file garbage: "));
  EXPECT_EQ(mistakes_of({"--auth-keys-file", garbage}), "none") << "of no use, and not looked at";
  EXPECT_THAT(mistakes_of({"--auth-mode", "token", "--auth-jwks-url", "http://"}),
              HasSubstr("--auth-jwks-url http://: must "));
  EXPECT_EQ(mistakes_of({"--auth-mode", "token", "--auth-jwks-url", "http://me:secret@host/"}),
            "--auth-jwks-url ***: must not contain a user or a password\n");
}

TEST_F(GatewayOptions, AlgorithmsAreThoseOfTheKeys) {
  const std::string toml = "auth.mode = 'token'\nauth.secret = '" + std::string(32, 's') +
                           "'\nauth.algorithms = ['HS256', 'RS256']\n";
  EXPECT_EQ(mistakes_of_file(toml),
            "FILE:3:19: auth.algorithms = \"RS256\": none of the keys that are given can check "
            "it\n");
  EXPECT_EQ(mistakes_of_file(toml + "auth.jwks_url = 'https://id.example.com/keys'\n"), "none")
      << "who knows what is there";
  const std::string keys = write("keys.pem", tests::shared_key(KeyKind::rsa).public_pem);
  EXPECT_EQ(mistakes_of_file(toml + "auth.keys_file = '" + keys + "'\n"), "none");
}

TEST_F(GatewayOptions, AllOfAuth) {
  const std::string keys = write("keys.pem", "-----BEGIN PUBLIC KEY-----\n");
  const std::string jwks = write("keys.json", "{\"keys\":[]}");
  const AuthOptions auth = options_of_file("[auth]\nmode = 'service'\nkeys_file = '" + keys +
                                           "'\njwks_file = '" + jwks + R"('
jwks_url = "https://id.example.com/keys"
jwks_refresh = "1m"
algorithms = ["RS256", "ES256"]
issuer = "https://id.example.com"
audiences = ["chat"]
leeway = "5s"
expiry_required = false
default_tenant = ""
service_url = "http://127.0.0.1:1/verify"
service_timeout = "1s"
service_connections = 2
service_cache_for = "0s"
when_down = "admit_known"
known_for = "10m"
guests = true
guest_tenant = "public"
guest_permissions = ["chat:read"]
origins = ["https://app.example.com", "https://*.example.com", "http://localhost:3000", "null"]
failures_per_minute = 0
address_header = "X-Real-IP"
trusted_proxies = ["192.0.2.7", "2001:db8::/32"]
threads = 2
[auth.claims]
user = "uid"
)")
                               .auth;
  EXPECT_EQ(auth.mode, AuthMode::service);
  EXPECT_THAT(auth.keys_pem, HasSubstr("PUBLIC KEY"));
  EXPECT_EQ(auth.jwks, "{\"keys\":[]}");
  EXPECT_EQ(auth.jwks_refresh, std::chrono::minutes{1});
  EXPECT_THAT(auth.token.algorithms, ElementsAre("RS256", "ES256"));
  EXPECT_EQ(auth.token.issuer, "https://id.example.com");
  EXPECT_EQ(auth.token.leeway, std::chrono::seconds{5});
  EXPECT_FALSE(auth.token.expiry_required);
  EXPECT_EQ(auth.token.default_tenant, "");
  EXPECT_EQ(auth.token.claims.user, "uid");
  EXPECT_EQ(auth.token.claims.tenant, "tenantId");
  EXPECT_EQ(auth.service_timeout, std::chrono::seconds{1});
  EXPECT_EQ(auth.service_connections, 2U);
  EXPECT_EQ(auth.service_cache_for, std::chrono::seconds{0});
  EXPECT_EQ(auth.when_down, WhenServiceIsDown::admit_known);
  EXPECT_EQ(auth.known_for, std::chrono::minutes{10});
  EXPECT_TRUE(auth.guests);
  EXPECT_EQ(auth.guest_tenant, "public");
  EXPECT_THAT(auth.guest_permissions, ElementsAre("chat:read"));
  EXPECT_EQ(auth.origins.size(), 4U);
  EXPECT_EQ(auth.failures_per_minute, 0U);
  EXPECT_EQ(auth.address_header, "X-Real-IP");
  ASSERT_EQ(auth.trusted_proxies.size(), 2U);
  EXPECT_EQ(auth.trusted_proxies[0].text(), "192.0.2.7/32");
  EXPECT_EQ(auth.trusted_proxies[1].text(), "2001:db8::/32");
  EXPECT_EQ(auth.threads, 2U);
}

TEST_F(GatewayOptions, WhatWouldBeCutOffIsAMistake) {
  EXPECT_EQ(mistakes_of({"--auth-leeway", "1500ms"}),
            "--auth-leeway 1500ms: must be whole seconds\n");
  EXPECT_EQ(mistakes_of({"--auth-service-timeout", "100500us"}),
            "--auth-service-timeout 100500us: must be whole milliseconds\n");
}

TEST_F(GatewayOptions, OriginsHaveNoPath) {
  EXPECT_EQ(mistakes_of({"--auth-origins", "app.example.com"}),
            "--auth-origins the origin 'app.example.com': it does not begin with https:// or "
            "another\n");
  EXPECT_THAT(mistakes_of({"--auth-origins", "https://a", "--auth-origins", "https://a/b"}),
              HasSubstr("'https://a/b': an origin is a scheme, a host and a port, with no slash"));
  EXPECT_EQ(mistakes_of({"--auth-origins", "capacitor://localhost"}), "none");
}

TEST_F(GatewayOptions, TrustedProxiesAreNetworks) {
  EXPECT_EQ(mistakes_of({"--auth-trusted-proxies", "proxy.example.com"}),
            "--auth-trusted-proxies proxy.example.com: must be such as 10.0.0.0/8 or "
            "2001:db8::/32\n");
  EXPECT_THAT(mistakes_of({"--auth-trusted-proxies", "10.0.0.0/8,10.0.0.0/40"}),
              HasSubstr("10.0.0.0/40: must end with a number of bits, up to /32"));
}

TEST_F(GatewayOptions, AServerApiForEverybodyIsRefused) {
  for (const char* listen : {"0.0.0.0:9001", "[::]:9001", "192.0.2.1:9001", ":9001"}) {
    EXPECT_EQ(mistakes_of({"--admin", listen}),
              std::string("--admin ") + listen +
                  ": anybody could command the gateway: give admin.api_keys_file or "
                  "admin.client_authority_file, or listen on an address of this host alone, such "
                  "as 127.0.0.1:9001\n");
  }
  EXPECT_EQ(mistakes_of({"--admin", "127.0.0.1:0"}), "none");
  EXPECT_EQ(mistakes_of({"--admin", "[::1]:0"}), "none");
  const std::string keys =
      write("keys", "# the first\n  0123456789abcdef  # of a\n\n0123456789ABCDEF\r\n");
  EXPECT_THAT(options_of({"--admin", "0.0.0.0:0", "--admin-api-keys-file", keys}).admin.api_keys,
              ElementsAre("0123456789abcdef", "0123456789ABCDEF"));
  const std::string empty = write("empty", "# none yet\n");
  EXPECT_THAT(mistakes_of({"--admin", "0.0.0.0:0", "--admin-api-keys-file", empty}),
              HasSubstr("anybody could command"));
}

// They become part of rooms' names, and are told to services: what no token may say is no better in
// a file.
TEST_F(GatewayOptions, TenantsAndPermissionsOfGuestsAreThoseThatTokensMayName) {
  const std::string name(kTenantBytesMax, 't');
  const std::string allowed = ": must have at most 64 letters, digits, '-', '_' and '.'\n";
  EXPECT_EQ(options_of({"--auth-guest-tenant", name}).auth.guest_tenant, name);
  EXPECT_EQ(options_of({"--auth-default-tenant", ""}).auth.token.default_tenant, "");
  EXPECT_EQ(mistakes_of_file("[auth]\nguest_tenant = \"a b\"\ndefault_tenant = \"\u00e4\"\n"),
            "FILE:2:16: auth.guest_tenant = \"a b\"" + allowed +
                "FILE:3:18: auth.default_tenant = \"\u00e4\"" + allowed);
  EXPECT_EQ(mistakes_of({"--auth-guest-tenant", name + "t"}),
            "--auth-guest-tenant " + name + "t" + allowed);
  EXPECT_EQ(mistakes_of({"--auth-guest-tenant", std::string(300, 'x')}),
            "--auth-guest-tenant " + quotable(std::string(300, 'x')) + allowed);
  EXPECT_EQ(mistakes_of({"--auth-guest-tenant", ""}), "--auth-guest-tenant : must name a tenant\n");
  const std::string permission(kRoleBytesMax, 'p');
  EXPECT_EQ(options_of({"--auth-guest-permissions", permission}).auth.guest_permissions,
            std::vector{permission});
  EXPECT_EQ(
      mistakes_of(
          {"--auth-guest-permissions", "good", "--auth-guest-permissions", permission + "p"}),
      "--auth-guest-permissions " + permission + "p: must be text (UTF-8) of at most 64 bytes\n");
  std::string many = "[auth]\nguest_permissions = [";
  for (std::size_t i = 0; i <= kPermissionsMost; ++i) many += "'p',";
  EXPECT_EQ(mistakes_of_file(many + "]\n"),
            "FILE:2:21: auth.guest_permissions = 129 entries: must be at most 128\n");
}

TEST_F(GatewayOptions, CertificatesOfTheServerApi) {
  const std::string pem = write("x.pem", "pem");
  EXPECT_EQ(mistakes_of({"--admin-certificate-file", pem}),
            "--admin-certificate-file x.pem: needs admin.private_key_file\n");
  EXPECT_EQ(mistakes_of({"--admin-private-key-file", pem}),
            "--admin-private-key-file x.pem: needs admin.certificate_file\n");
  EXPECT_EQ(mistakes_of({"--admin-client-authority-file", pem}),
            "--admin-client-authority-file x.pem: needs admin.certificate_file\n");
  EXPECT_EQ(mistakes_of({"--admin-certificate-file", "/nowhere", "--admin-private-key-file", pem}),
            "--admin-certificate-file /nowhere: cannot be read: No such file or directory\n");
  const tests::Certificates files;
  const auto with = [&](const std::string& certificate, const std::string& key,
                        const std::string& authority) {
    return mistakes_of({"--admin", "0.0.0.0:0", "--admin-certificate-file", certificate,
                        "--admin-private-key-file", key, "--admin-client-authority-file",
                        authority});
  };
  const std::string certificate = files.file("server.pem");
  const std::string key = files.file("server.key");
  EXPECT_EQ(with(certificate, key, certificate), "none");
  EXPECT_THAT(with(pem, key, certificate),
              HasSubstr("--admin-certificate-file x.pem: holds no certificate as PEM: "));
  EXPECT_THAT(with(certificate, pem, certificate),
              HasSubstr("--admin-private-key-file x.pem: holds no private key of that "));
  EXPECT_THAT(with(certificate, files.file("client.key"), certificate),
              HasSubstr("holds no private key of that certificate as PEM: "));
  EXPECT_THAT(with(certificate, key, pem),
              HasSubstr("--admin-client-authority-file x.pem: holds no certificate as PEM: "));
}

TEST_F(GatewayOptions, KeysOfTheServerApiAreToldByTheirPlace) {
  const std::string good = "0123456789abcdef";
  const std::string keys = write("keys", good + "\nshort\nshorter\n");
  const std::string toml = "[admin]\napi_keys_file = '" + keys + "'\napi_key = ['" + good + "'";
  const std::string of_file =
      "FILE:2:17: admin.api_keys_file = \"keys\": an API key has at least 16 characters\n";
  EXPECT_EQ(mistakes_of_file(toml + "]\n"), of_file);
  EXPECT_EQ(mistakes_of_file(toml + ", 'a', 'b']\n"),
            of_file + "FILE:3:11: admin.api_key = ***: an API key has at least 16 characters\n");
  std::string many;
  for (std::size_t i = 0; i <= kAdminKeysMost; ++i) many += good + "\n";
  EXPECT_EQ(mistakes_of({"--admin-api-keys-file", write("many", many)}),
            "--admin-api-keys-file many: at most 64 keys\n");
}

TEST_F(GatewayOptions, NativeEventsHaveAPathOfTheirOwn) {
  for (const std::string_view path : kServedPaths) {
    EXPECT_EQ(mistakes_of({"--events-paths", std::string(path)}),
              fmt::format("--events-paths {}: is served already, as something else\n", path));
  }
  EXPECT_EQ(mistakes_of({"--events-paths", "/ready"}), "none") << "is of the server API alone";
}

TEST_F(GatewayOptions, AnEventIsNoLargerThanAMessage) {
  EXPECT_EQ(options_of({"--max-message", "1KiB"}).limits.message_bytes, 1024U);
  EXPECT_EQ(options_of({}).limits.message_bytes, LimitOptions{}.message_bytes);
}

// A sender gets its message and the answer at once, and is not to be closed for that.
TEST_F(GatewayOptions, AnEventFitsIntoTheSendQueue) {
  EXPECT_EQ(options_of({"--send-queue", "4KiB"}).limits.message_bytes, 3072U);
  EXPECT_EQ(
      options_of({"--send-queue", "66KiB", "--limits-message-bytes", "65KiB"}).limits.message_bytes,
      65U << 10U);
  EXPECT_EQ(mistakes_of({"--send-queue", "64KiB", "--limits-message-bytes", "64KiB"}),
            "--limits-message-bytes 64KiB: server.send_queue, of 64KiB, must hold such a message "
            "and 1KiB more\n");
  EXPECT_EQ(options_of({"--max-message", "1KiB", "--send-queue", "4KiB", "--limits-message-bytes",
                        "64KiB"})
                .limits.message_bytes,
            1024U);
}

TEST_F(GatewayOptions, NoKeyOfTheEnvelopeIsCalledAsTheNumberOfAnEvent) {
  for (const char* key : {"event", "data", "request_id", "version"}) {
    EXPECT_THAT(mistakes_of_file(fmt::format("events.{}_key = 'seq'", key)),
                testing::HasSubstr(fmt::format("events.{}_key", key)));
  }
}

TEST_F(GatewayOptions, AHeaderHasAName) {
  EXPECT_EQ(options_of({"--auth-address-header", "X-Real-IP"}).auth.address_header, "X-Real-IP");
  for (const char* wrong : {"X Y", "X-Real-IP:", "H\u00e9"}) {
    EXPECT_THAT(mistakes_of({"--auth-address-header", wrong}),
                testing::HasSubstr("must be the name of a header"));
  }
}

}  // namespace
}  // namespace app
