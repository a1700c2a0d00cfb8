#include "app/admin/admin_mistakes.h"

#include <gtest/gtest.h>

#include <string>

#include "app/gateway_limits.h"

namespace app {
namespace {

const std::string kKey(kAdminKeyBytesLeast, 'k');

// The settings that are wrong, each with the number of its key.
std::string wrong(const AdminOptions& options) {
  std::string settings;
  for (const AdminMistake& mistake : admin_mistakes(options)) {
    if (!settings.empty()) settings += ' ';
    settings += std::string(mistake.setting).substr(std::string("admin.").size());
    if (mistake.key) settings += ' ' + std::to_string(*mistake.key);
    EXPECT_FALSE(mistake.what.empty());
  }
  return settings;
}

TEST(AdminMistakes, NothingIsWrongWithTheDefaults) { EXPECT_EQ(wrong({}), ""); }

TEST(AdminMistakes, WhoeverNeedsNoKeyIsOnThisHost) {
  for (const char* listen : {"127.0.0.1:1", "127.255.0.1:1", "[::1]:1"}) {
    EXPECT_EQ(wrong({.listen = listen}), "") << listen;
  }
  for (const char* listen : {"128.0.0.1:1", "0.0.0.0:1", ":1", "[::]:1", "[::2]:1", "[1::1]:1",
                             "[::ffff:127.0.0.1]:1", "nowhere"}) {
    EXPECT_EQ(wrong({.listen = listen}), "listen") << listen;
  }
  EXPECT_EQ(wrong({.listen = "0.0.0.0:1", .api_keys = {kKey}}), "");
  EXPECT_EQ(wrong({.listen = "0.0.0.0:1",
                   .certificate_file = "c",
                   .private_key_file = "k",
                   .client_authority_file = "a"}),
            "");
}

TEST(AdminMistakes, EachKeyIsLookedAt) {
  EXPECT_EQ(wrong({.api_keys = {"short", kKey, kKey + ' '}}), "api_key 0 api_key 2");
  AdminOptions many;
  many.api_keys.assign(kAdminKeysMost, kKey);
  EXPECT_EQ(wrong(many), "");
  many.api_keys.push_back(kKey);
  EXPECT_EQ(wrong(many), "api_key");
}

TEST(AdminMistakes, FilesGoTogether) {
  EXPECT_EQ(wrong({.certificate_file = "c", .private_key_file = "k"}), "");
  EXPECT_EQ(wrong({.certificate_file = "c"}), "certificate_file");
  EXPECT_EQ(wrong({.private_key_file = "k"}), "private_key_file");
  EXPECT_EQ(wrong({.client_authority_file = "a"}), "client_authority_file");
  EXPECT_EQ(wrong({.private_key_file = "k", .client_authority_file = "a"}),
            "private_key_file client_authority_file");
}

TEST(AdminMistakes, ThereAreThreadsButNotTooMany) {
  EXPECT_EQ(wrong({.threads = 0}), "threads");
  EXPECT_EQ(wrong({.threads = kAdminThreadsMost}), "");
  EXPECT_EQ(wrong({.threads = kAdminThreadsMost + 1}), "threads");
}

}  // namespace
}  // namespace app
