#include "app/auth/revocations.h"

#include <fmt/format.h>

#include <utility>

namespace app {

namespace {

base::Error error(std::string text) { return base::Error{std::move(text)}; }

}  // namespace

base::Status Revocations::revoke_token(std::string_view token_id, std::int64_t until) {
  if (token_id.empty() || token_id.size() > kTokenIdBytesMax) {
    return error(fmt::format("a token's id has from 1 to {} bytes", kTokenIdBytesMax));
  }
  return put(tokens_, std::string(token_id), Entry{.until = until});
}

base::Status Revocations::revoke_user(std::string_view tenant, std::string_view user,
                                      std::int64_t issued_before, std::int64_t until) {
  const Identity named{.user = std::string(user), .tenant = std::string(tenant)};
  if (const std::string_view mistake = mistake_of(named); !mistake.empty()) {
    return error(std::string(mistake));
  }
  return put(users_, name_of_user(tenant, user),
             Entry{.until = until, .issued_before = issued_before});
}

base::Status Revocations::put(Table& table, const std::string& name, const Entry& entry) {
  if (table.put(name, entry)) return {};
  return error(
      fmt::format("{} revocations are in force, and more are not kept; shorten the "
                  "life of tokens, or change their key",
                  table.counts().entries));
}

bool Revocations::is_revoked(const Identity& identity, std::int64_t now) const {
  const bool token = tokens_.look(
      now, [&] { return identity.token_id; },
      [&](const Entry&) { return !identity.token_id.empty(); });
  return token || users_.look(
                      now, [&] { return name_of_user(identity.tenant, identity.user); },
                      [&](const Entry& entry) { return identity.issued_at < entry.issued_before; });
}

KeptCounts Revocations::counts() const {
  const KeptCounts tokens = tokens_.counts();
  const KeptCounts users = users_.counts();
  return {.entries = tokens.entries + users.entries,
          .bytes = tokens.bytes + users.bytes,
          .refused = tokens.refused + users.refused};
}

}  // namespace app
