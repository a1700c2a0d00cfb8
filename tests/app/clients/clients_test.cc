#include "app/clients/clients.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/prng.h"

namespace app {
namespace {

Identity identity_of(std::string user, std::string tenant = "acme", std::int64_t expires_at = 0) {
  return {.user = std::move(user), .tenant = std::move(tenant), .expires_at = expires_at};
}

class ClientsTest : public testing::Test {
 protected:
  ClientHandle add(const Identity& identity) {
    const ClientHandle handle = clients_.add({});
    clients_.identify(handle, identity, share(identity));
    return handle;
  }
  void renew(ClientHandle handle, const Identity& identity) {
    clients_.renew(handle, identity, share(identity));
  }
  static SharedGrants share(const Identity& identity) {
    return std::make_shared<const Grants>(grants_of(identity));
  }
  std::vector<ClientHandle> of_user(std::string_view user, std::string_view tenant = "acme") {
    std::vector<ClientHandle> found;
    clients_.for_user(tenant, user, [&](ClientHandle handle, Client& client) {
      EXPECT_EQ(client.user, user);
      EXPECT_EQ(client.grants->tenant, tenant);
      found.push_back(handle);
    });
    return found;
  }
  std::vector<ClientHandle> expire(std::int64_t now) {
    std::vector<ClientHandle> expired;
    clients_.expire(now, UINT32_MAX,
                    [&](ClientHandle handle, Client&) { expired.push_back(handle); });
    return expired;
  }

  Clients clients_;
};

TEST_F(ClientsTest, AUserIsOfATenant) {
  const ClientHandle one = add(identity_of("ann"));
  const ClientHandle two = add(identity_of("ann"));
  add(identity_of("ann", "other"));
  clients_.remove(one);
  EXPECT_EQ(of_user("ann"), std::vector{two});
  clients_.remove(two);
  EXPECT_TRUE(of_user("ann").empty());
  EXPECT_EQ(of_user("ann", "other").size(), 1U);
}

TEST_F(ClientsTest, WhoIsNotKnownYetIsNobodys) {
  const ClientHandle asked = clients_.add({});
  EXPECT_EQ(clients_.size(), 1U);
  EXPECT_TRUE(clients_.by_tenant().empty());
  clients_.remove(asked);
  EXPECT_EQ(clients_.size(), 0U);
}

TEST_F(ClientsTest, TheChainHoldsInAnyOrderOfLeaving) {
  base::Prng prng(3);
  std::vector<std::pair<std::string, ClientHandle>> there;
  for (int i = 0; i < 5000; ++i) {
    const std::string user = "u" + std::to_string(prng.below(4));
    if (there.size() < 20 || (there.size() < 60 && prng.below(2) == 0)) {
      there.emplace_back(user, add(identity_of(user)));
    } else {
      const std::size_t at = prng.below(there.size());
      clients_.remove(there[at].second);
      there.erase(there.begin() + static_cast<std::ptrdiff_t>(at));
    }
    std::vector<ClientHandle> expected;
    for (const auto& [name, handle] : there) {
      if (name == user) expected.push_back(handle);
    }
    std::vector<ClientHandle> found = of_user(user);
    const auto by_index = [](ClientHandle a, ClientHandle b) { return a.index < b.index; };
    std::ranges::sort(expected, by_index);
    std::ranges::sort(found, by_index);
    ASSERT_EQ(found, expected);
  }
}

// A collision of 64 bits cannot be had here, but its chain can: two whose hashes are the same, and
// whose grants name different tenants.
TEST_F(ClientsTest, UsersOfOneHashAreToldApart) {
  const std::uint64_t ann = hash_user("acme", "ann");
  EXPECT_NE(ann, hash_user("acme", "bob"));
  EXPECT_NE(ann, hash_user("ann", "acme"));
  EXPECT_NE(hash_user("a", "bc"), hash_user("ab", "c"));
  const ClientHandle one = add(identity_of("ann"));
  const ClientHandle other = clients_.add({});
  clients_.identify(other, identity_of("ann", "acme"), share(identity_of("ann", "other")));
  EXPECT_EQ(of_user("ann"), std::vector{one});
  clients_.remove(one);
  EXPECT_EQ(clients_.newest_of(ann), other) << "it hangs in the chain still";
  EXPECT_TRUE(of_user("ann").empty());
  clients_.remove(other);
  EXPECT_FALSE(clients_.newest_of(ann));
}

TEST_F(ClientsTest, TenantsAreCounted) {
  const ClientHandle one = add(identity_of("ann"));
  const ClientHandle two = add(identity_of("bob"));
  const ClientHandle other = add(identity_of("ann", "other"));
  EXPECT_EQ(clients_.by_tenant().at("acme"), 2U);
  EXPECT_EQ(clients_.by_tenant().at("other"), 1U);
  clients_.remove(two);
  clients_.remove(other);
  EXPECT_EQ(clients_.by_tenant().at("acme"), 1U);
  EXPECT_FALSE(clients_.by_tenant().contains("other"));
  clients_.remove(one);
  EXPECT_TRUE(clients_.by_tenant().empty());
}

TEST_F(ClientsTest, TokensEndInTheirOrderAndAtTheSecond) {
  EXPECT_EQ(clients_.next_expiry(), INT64_MAX);
  const ClientHandle late = add(identity_of("ann", "acme", 30));
  const ClientHandle soon = add(identity_of("bob", "acme", 10));
  add(identity_of("never"));
  const ClientHandle between = add(identity_of("eve", "acme", 20));
  EXPECT_EQ(clients_.next_expiry(), 10);
  EXPECT_TRUE(expire(9).empty());
  EXPECT_EQ(expire(10), std::vector{soon});
  EXPECT_EQ(expire(30), (std::vector{between, late}));
  EXPECT_EQ(clients_.next_expiry(), INT64_MAX);
}

TEST_F(ClientsTest, ARenewedTokenEndsOnceAndByItsLastWord) {
  const ClientHandle ann = add(identity_of("ann", "acme", 10));
  renew(ann, identity_of("ann", "acme", 20));
  renew(ann, identity_of("ann", "acme", 10));
  renew(ann, identity_of("ann", "acme", 20));
  EXPECT_TRUE(expire(19).empty());
  EXPECT_EQ(expire(20), std::vector{ann});
  renew(ann, identity_of("ann", "acme", 40));
  renew(ann, identity_of("ann", "acme", 0));
  EXPECT_TRUE(expire(100).empty()) << "now it never ends";
}

TEST_F(ClientsTest, WhoLeftOrCameInItsPlaceDoesNotExpire) {
  const ClientHandle gone = add(identity_of("ann", "acme", 10));
  clients_.remove(gone);
  const ClientHandle next = add(identity_of("bob", "acme", 20));
  EXPECT_EQ(next.index, gone.index);
  EXPECT_TRUE(expire(10).empty());
  EXPECT_EQ(expire(20), std::vector{next});
}

TEST_F(ClientsTest, ExpiriesAreBoundedByWhoIsThere) {
  std::vector<ClientHandle> there;
  for (int i = 0; i < 1000; ++i) there.push_back(add(identity_of("u", "acme", 1'000'000 + i)));
  for (int i = 0; i < 100'000; ++i) {
    clients_.remove(add(identity_of("v", "acme", 1'000'000)));
    renew(there[static_cast<std::size_t>(i) % there.size()],
          identity_of("u", "acme", 2'000'000 + i));
  }
  EXPECT_LE(clients_.expiries(), 2U * 1000 + 2);
  EXPECT_TRUE(expire(1'999'999).empty());
  EXPECT_EQ(expire(3'000'000).size(), there.size());
}

TEST_F(ClientsTest, ACrowdExpiresInBoundedParts) {
  for (int i = 0; i < 10; ++i) add(identity_of("ann", "acme", 10));
  std::size_t expired = 0;
  const auto one = [&](ClientHandle, Client&) { ++expired; };
  clients_.expire(10, 4, one);
  EXPECT_EQ(expired, 4U);
  EXPECT_EQ(clients_.next_expiry(), 10) << "the others are still due";
  clients_.expire(10, 4, one);
  clients_.expire(10, 4, one);
  EXPECT_EQ(expired, 10U);
  EXPECT_EQ(clients_.next_expiry(), INT64_MAX);
}

}  // namespace
}  // namespace app
