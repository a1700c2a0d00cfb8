// Revocations: the tokens and users that the server API has barred before their tokens expire.
//
// One per process; any thread. Bound: kRevocationsMost of tokens and of users each; a revocation is
// dropped after its `until`, when every token that it bars has expired (KeptUntil). All times are
// seconds since 1970.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "app/auth/identity.h"
#include "app/auth/kept_until.h"
#include "app/gateway_limits.h"
#include "base/result.h"

namespace app {

class Revocations {
 public:
  // The errors say that it is full, or which bound the name breaks; then nothing has changed. A
  // repeated revocation is the stronger of both.
  base::Status revoke_token(std::string_view token_id, std::int64_t until);
  // Bars the tokens of the user that were issued before that second, and those that do not say
  // when they were issued.
  base::Status revoke_user(std::string_view tenant, std::string_view user,
                           std::int64_t issued_before, std::int64_t until);

  bool is_revoked(const Identity& identity, std::int64_t now) const;
  KeptCounts counts() const;

 private:
  struct Entry {
    std::int64_t until = 0;
    std::int64_t issued_before = 0;

    std::size_t bytes() const noexcept { return sizeof(Entry); }
    void meet(const Entry& earlier) noexcept {
      until = std::max(until, earlier.until);
      issued_before = std::max(issued_before, earlier.issued_before);
    }
  };
  using Table = KeptUntil<Entry>;
  static constexpr Table::Bounds kBounds{.entries = kRevocationsMost,
                                         .bytes = kRevocationBytesMost};

  static base::Status put(Table& table, const std::string& name, const Entry& entry);

  Table tokens_{kBounds};
  Table users_{kBounds};  // By tenant and user.
};

}  // namespace app
