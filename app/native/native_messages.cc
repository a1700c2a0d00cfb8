#include "app/native/native_messages.h"

#include <algorithm>

#include "app/gateway_limits.h"
#include "base/bytes.h"
#include "base/check.h"

namespace app {

namespace {

constexpr std::size_t kHeadBytes = 4;  // The opcode, and the lengths of tenant, user and id.

static_assert(kTenantBytesMax <= UINT8_MAX);
static_assert(kUserBytesMax <= UINT8_MAX);
// Ids of clients begin with the user and a mark.
static_assert(kUserBytesMax + 1 + kClientMessageIdBytesMax <= UINT8_MAX);

}  // namespace

engine::Parcel* Addressed::make_parcel(engine::ParcelPool& pool) const {
  CHECK(tenant.size() <= kTenantBytesMax);
  CHECK(user.size() <= kUserBytesMax);
  CHECK(id.size() <= UINT8_MAX);
  engine::Parcel* parcel = pool.allocate(static_cast<std::uint32_t>(
      kHeadBytes + tenant.size() + user.size() + id.size() + message.size()));
  std::byte* at = parcel->bytes().data();
  *at++ = static_cast<std::byte>(opcode);
  *at++ = static_cast<std::byte>(tenant.size());
  *at++ = static_cast<std::byte>(user.size());
  *at++ = static_cast<std::byte>(id.size());
  at = std::ranges::copy(base::as_bytes(tenant), at).out;
  at = std::ranges::copy(base::as_bytes(user), at).out;
  at = std::ranges::copy(base::as_bytes(id), at).out;
  std::ranges::copy(message, at);
  return parcel;
}

Addressed Addressed::read(std::span<const std::byte> parcel) noexcept {
  const auto tenant = static_cast<std::size_t>(parcel[1]);
  const auto user = static_cast<std::size_t>(parcel[2]);
  const auto id = static_cast<std::size_t>(parcel[3]);
  const std::string_view names = base::as_text(parcel.subspan(kHeadBytes));
  return {.tenant = names.substr(0, tenant),
          .user = names.substr(tenant, user),
          .id = names.substr(tenant + user, id),
          .message = parcel.subspan(kHeadBytes + tenant + user + id),
          .opcode = static_cast<protocol::Opcode>(parcel[0])};
}

}  // namespace app
