#include "app/auth/revocations.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "app/auth/kept_until.h"
#include "app/config/gateway_limits.h"

namespace app {

namespace {

base::Error error(std::string text) { return base::Error{std::move(text)}; }

}  // namespace

base::Status Revocations::revoke_token(std::string_view token_id, std::int64_t until) {
  if (token_id.empty() || token_id.size() > kTokenIdBytesMax) {
    return error(fmt::format("a token's id has from 1 to {} bytes", kTokenIdBytesMax));
  }
  return insert(tokens_, std::string(token_id), Entry{.until = until});
}

base::Status Revocations::revoke_user(std::string_view tenant, std::string_view user,
                                      std::int64_t issued_before, std::int64_t until) {
  const Identity named{.user = std::string(user), .tenant = std::string(tenant)};
  if (const std::string_view mistake = mistake_of(named); !mistake.empty()) {
    return error(std::string(mistake));
  }
  return insert(users_, name_of_user(tenant, user),
                Entry{.until = until, .issued_before = issued_before});
}

base::Status Revocations::insert(Table& table, std::string name, const Entry& entry) {
  const std::unique_lock lock(mutex_);
  if (!has_place(table, name, latest_now_.load(std::memory_order_relaxed))) {
    return error(
        fmt::format("{} revocations are in force, and more are not kept; shorten the "
                    "life of tokens, or change their key",
                    table.size()));
  }
  Entry& kept = table[std::move(name)];
  kept.until = std::max(kept.until, entry.until);
  kept.issued_before = std::max(kept.issued_before, entry.issued_before);
  any_.store(true, std::memory_order_release);
  return {};
}

bool Revocations::is_revoked(const Identity& identity, std::int64_t now) const {
  // Not exact between threads, which is no matter: any of their times is recent.
  if (latest_now_.load(std::memory_order_relaxed) < now) {
    latest_now_.store(now, std::memory_order_relaxed);
  }
  if (!any_.load(std::memory_order_acquire)) return false;
  const std::shared_lock lock(mutex_);
  if (!identity.token_id.empty()) {
    const auto token = tokens_.find(identity.token_id);
    if (token != tokens_.end() && now <= token->second.until) return true;
  }
  const auto user = users_.find(name_of_user(identity.tenant, identity.user));
  return user != users_.end() && now <= user->second.until &&
         identity.issued_at < user->second.issued_before;
}

std::size_t Revocations::size() const {
  const std::shared_lock lock(mutex_);
  return tokens_.size() + users_.size();
}

}  // namespace app
