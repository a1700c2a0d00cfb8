#include "app/events/error_code.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace app {
namespace {

// Clients compare these texts, so that a changed one breaks them.
TEST(ErrorCodeTest, NamesAreThoseOfTheProtocol) {
  EXPECT_EQ(name(ErrorCode::auth_failed), "AUTH_FAILED");
  EXPECT_EQ(name(ErrorCode::permission_denied), "PERMISSION_DENIED");
  EXPECT_EQ(name(ErrorCode::room_access_denied), "ROOM_ACCESS_DENIED");
  EXPECT_EQ(name(ErrorCode::rate_limited), "RATE_LIMITED");
  EXPECT_EQ(name(ErrorCode::connection_lost), "CONNECTION_LOST");
  EXPECT_EQ(name(ErrorCode::protocol_error), "PROTOCOL_ERROR");
  EXPECT_EQ(name(ErrorCode::server_error), "SERVER_ERROR");
  EXPECT_EQ(name(ErrorCode::client_error), "CLIENT_ERROR");
}

TEST(ErrorCodeTest, EachHasItsOwnName) {
  std::set<std::string_view> names;
  for (std::uint8_t i = 0; i < kErrorCodeCount; ++i) names.insert(name(static_cast<ErrorCode>(i)));
  EXPECT_EQ(names.size(), kErrorCodeCount);
}

}  // namespace
}  // namespace app
