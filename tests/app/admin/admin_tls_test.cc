// The server API over TLS, and with client certificates: who gets in, and what is said at start
// about files that do not fit.
#include "app/admin/tls_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <variant>

#include "tests/app/admin/certificates.h"
#include "tests/app/admin/raw_http_client.h"
#include "tests/app/admin/running_admin.h"

namespace app {
namespace {

using testing::StartsWith;
using tests::RunningAdmin;

class AdminTls : public testing::Test {
 protected:
  AdminOptions options(bool mutual) const {
    AdminOptions options;
    options.listen = "127.0.0.1:0";
    options.certificate_file = files.file("server.pem");
    options.private_key_file = files.file("server.key");
    if (mutual) options.client_authority_file = files.file("authority.pem");
    return options;
  }

  // The status of /api/v1/rooms, 0 if there was no answer; `who` names a client certificate.
  int status(RunningAdmin& admin, const std::string& who = "", const std::string& key = "") {
    admin.start();
    const std::string certificate = who.empty() ? "" : files.file(who + ".pem");
    const std::string private_key = who.empty() ? "" : files.file(who + ".key");
    httplib::SSLClient client("127.0.0.1", admin.server->port(), certificate, private_key);
    client.set_ca_cert_path(files.file("authority.pem").c_str());
    client.set_connection_timeout(5);
    client.set_read_timeout(5);
    const httplib::Result result = client.Get("/api/v1/rooms", {{"X-API-Key", key}});
    return result ? result->status : 0;
  }

  tests::Certificates files;
};

TEST_F(AdminTls, ServesHttpsToThoseWithAKey) {
  AdminOptions with_key = options(false);
  with_key.api_keys = {tests::kKey};
  RunningAdmin admin(with_key);
  EXPECT_EQ(status(admin, "", tests::kKey), 200);
  EXPECT_EQ(status(admin, "", "wrong"), 401);
}

TEST_F(AdminTls, ACertificateOfTheAuthorityLetsIn) {
  AdminOptions everywhere = options(true);
  everywhere.listen = "0.0.0.0:0";  // Which needs keys or, as here, a client authority.
  RunningAdmin admin(everywhere);
  EXPECT_EQ(status(admin, "client"), 200);
  EXPECT_EQ(status(admin), 0);
  EXPECT_EQ(status(admin, "stranger"), 0);
  EXPECT_EQ(status(admin, "client"), 200);
}

TEST_F(AdminTls, WithBothAKeyIsNeededToo) {
  AdminOptions both = options(true);
  both.api_keys = {tests::kKey};
  RunningAdmin admin(both);
  EXPECT_EQ(status(admin, "client"), 401);
  EXPECT_EQ(status(admin, "client", tests::kKey), 200);
}

TEST_F(AdminTls, LargeAnswersAndBodiesPass) {
  AdminOptions with_key = options(false);
  with_key.api_keys = {tests::kKey};
  RunningAdmin admin(with_key);
  admin.control.events.events = {{1, "\"" + std::string(3'000'000, 'x') + "\""}};
  admin.start();
  httplib::SSLClient client("127.0.0.1", admin.server->port());
  client.set_ca_cert_path(files.file("authority.pem").c_str());
  client.set_keep_alive(true);
  const httplib::Headers key{{"X-API-Key", tests::kKey}};
  const auto history = client.Get("/api/v1/rooms/acme/r/history", key);
  ASSERT_TRUE(history);
  EXPECT_GT(history->body.size(), 3'000'000U);
  const auto posted = client.Post("/api/v1/broadcast", key,
                                  R"({"event":"e","data":")" + std::string(1'000'000, 'x') + "\"}",
                                  "application/json");
  ASSERT_TRUE(posted);
  EXPECT_EQ(posted->status, 200);
}

TEST_F(AdminTls, WhoeverDoesNotShakeHandsHoldsUpNobodyAndNoStop) {
  AdminOptions two_threads = options(false);
  two_threads.api_keys = {tests::kKey};
  two_threads.threads = 2;
  RunningAdmin admin(two_threads);
  admin.start();
  tests::RawHttpClient silent(admin.server->port());
  tests::RawHttpClient plain(admin.server->port());
  plain.send("GET /health HTTP/1.1\r\n\r\n");
  plain.read_to_end();
  EXPECT_EQ(status(admin, "", tests::kKey), 200);
  const auto begun = std::chrono::steady_clock::now();
  admin.server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(1));
}

TEST_F(AdminTls, SaysWhichFileDoesNotFit) {
  const auto mistake = [](const AdminOptions& options) {
    const TlsMade made = make_tls_context(options);
    const auto* found = std::get_if<TlsMistake>(&made);
    return found == nullptr ? "none" : std::string(found->setting) + " " + found->what;
  };
  AdminOptions wrong = options(true);
  wrong.certificate_file = "/nowhere";
  EXPECT_THAT(mistake(wrong), StartsWith("admin.certificate_file holds no certificate"));
  wrong = options(true);
  wrong.private_key_file = files.file("client.key");
  EXPECT_THAT(mistake(wrong), StartsWith("admin.private_key_file holds no private key of that"));
  wrong = options(true);
  wrong.client_authority_file = "/nowhere";
  EXPECT_THAT(mistake(wrong), StartsWith("admin.client_authority_file holds no certificate"));
  EXPECT_EQ(mistake(options(true)), "none");
}

}  // namespace
}  // namespace app
