#include "loadgen/native/token_secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace loadgen {
namespace {

constexpr const char* kVariable = "MILLRACE_LOAD_TOKEN_SECRET";

class TokenSecretTest : public testing::Test {
 protected:
  void SetUp() override { unsetenv(kVariable); }
  void TearDown() override {
    unsetenv(kVariable);
    std::filesystem::remove(file_);
  }

  base::Result<std::string> read(const std::string& content) {
    std::ofstream(file_, std::ios::binary) << content;
    return read_token_secret(file_);
  }

  std::string file_ = testing::TempDir() + "token_secret_test_" + std::to_string(getpid());
};

TEST_F(TokenSecretTest, ComesFromAFileWithoutItsLineEnd) {
  setenv(kVariable, "of the environment", 1);
  EXPECT_EQ(read("a secret\n").value(), "a secret");
  EXPECT_EQ(read("a secret\r\n").value(), "a secret");
  EXPECT_EQ(read(" a\nsecret").value(), " a\nsecret");
}

TEST_F(TokenSecretTest, ElseFromTheEnvironment) {
  setenv(kVariable, "of the environment", 1);
  EXPECT_EQ(read_token_secret("").value(), "of the environment");
}

TEST_F(TokenSecretTest, IsMissedWhereThereIsNone) {
  EXPECT_THAT(read_token_secret("").error().message, testing::HasSubstr(kVariable));
  EXPECT_THAT(read_token_secret("/nowhere").error().message, testing::HasSubstr("cannot be read"));
  EXPECT_FALSE(read("\n").ok());
  EXPECT_FALSE(read(std::string(kTokenSecretBytesMax + 1, 'x')).ok());
  EXPECT_TRUE(read(std::string(kTokenSecretBytesMax, 'x')).ok());
}

}  // namespace
}  // namespace loadgen
