#include "loadgen/native/native_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loadgen/native/hs256_token.h"

namespace loadgen {
namespace {

// Two tenants of three rooms with two clients at home in each.
LoadOptions options() {
  LoadOptions options;
  options.scenario = ScenarioKind::native;
  options.target.path = "/ws";
  options.rooms = 6;
  options.members = 4;
  options.rooms_each = 2;
  options.connections = 12;
  options.rate = 10;
  options.native = {.secret = "secret", .expires_at = 99, .tenants = 2};
  options.groups = plan_groups(options);
  return options;
}

TEST(NativeNames, EachTenantHasClientsAndRoomsOfItsOwn) {
  const LoadOptions all = options();
  ASSERT_EQ(all.groups.size(), 2);
  for (const ClientGroup& tenant : all.groups) {
    EXPECT_EQ(tenant.clients, 6);
    EXPECT_EQ(tenant.rooms, 3);
    EXPECT_EQ(tenant.rate, 5);
  }
  EXPECT_EQ(all.groups[1].first_client, 6);
  EXPECT_EQ(all.groups[1].first_room, 3);
}

TEST(NativeNames, RoomsOfAllTenantsAreNamedAlike) {
  const LoadOptions all = options();
  EXPECT_EQ(native_room(all.groups[0], 2), "r2");
  EXPECT_EQ(native_room(all.groups[1], 5), "r2");
  EXPECT_TRUE(is_native_room("r2", all.groups[1], 5));
  EXPECT_FALSE(is_native_room("r02", all.groups[1], 5));
  EXPECT_FALSE(is_native_room("r", all.groups[1], 3));
  EXPECT_FALSE(is_native_room("r20", all.groups[1], 5));
  EXPECT_TRUE(is_native_user(native_user(4'294'967'295), 4'294'967'295));
  EXPECT_FALSE(is_native_user("u1", 2));
}

TEST(NativeNames, AClientIntroducesItselfWithATokenOfItsOwn) {
  LoadOptions all = options();
  const std::string token = mint_hs256_token(R"({"sub":"u8","tenantId":"t1","exp":99})", "secret");
  EXPECT_EQ(native_request_path(all, 8), "/ws?near=r1&tenant=t1&token=" + token);
  all.native.near = false;
  all.target.path = "/ws?x=1";
  EXPECT_EQ(native_request_path(all, 8), "/ws?x=1&token=" + token);
}

}  // namespace
}  // namespace loadgen
