#include "app/delivery/native_messages.h"

#include <algorithm>

#include "app/config/gateway_limits.h"
#include "base/bytes.h"
#include "base/check.h"

namespace app {

namespace {

static_assert(kTenantBytesMax <= UINT8_MAX);
static_assert(kUserBytesMax <= UINT8_MAX);

}  // namespace

engine::Parcel* Addressed::make_parcel(engine::ParcelPool& pool) const {
  CHECK(tenant.size() <= kTenantBytesMax);
  CHECK(user.size() <= kUserBytesMax);
  engine::Parcel* parcel =
      pool.allocate(static_cast<std::uint32_t>(2 + tenant.size() + user.size() + message.size()));
  std::byte* at = parcel->bytes().data();
  *at++ = static_cast<std::byte>(tenant.size());
  *at++ = static_cast<std::byte>(user.size());
  at = std::ranges::copy(base::as_bytes(tenant), at).out;
  at = std::ranges::copy(base::as_bytes(user), at).out;
  std::ranges::copy(message, at);
  return parcel;
}

Addressed Addressed::read(std::span<const std::byte> parcel) noexcept {
  const auto tenant = static_cast<std::size_t>(parcel[0]);
  const auto user = static_cast<std::size_t>(parcel[1]);
  const std::string_view names = base::as_text(parcel.subspan(2));
  return {.tenant = names.substr(0, tenant),
          .user = names.substr(tenant, user),
          .message = parcel.subspan(2 + tenant + user)};
}

}  // namespace app
