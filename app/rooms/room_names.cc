#include "app/rooms/room_names.h"

#include <algorithm>

#include "app/gateway_limits.h"
#include "base/byte_scan.h"
#include "base/limits.h"
#include "engine/room/room_name.h"

namespace app {

namespace {

constexpr std::string_view kUserPrefix = "user:";
constexpr std::string_view kTenantPrefix = "tenant:";

static_assert(kRoomNameTextMax + 1 + kTenantBytesMax <= base::kRoomNameBytesMax);
static_assert(kTenantPrefix.size() + kTenantBytesMax <= kRoomNameTextMax);
static_assert(kUserPrefix.size() + kUserBytesMax + 1 + kTenantBytesMax <= base::kRoomNameBytesMax);

}  // namespace

bool is_room_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > kRoomNameTextMax) return false;
  const auto is_control = [](auto octet) { return (octet < 0x20) | (octet == 0x7F); };
  return base::find_octet(name, is_control) == name.size();
}

bool is_reserved(std::string_view name) noexcept {
  return name.starts_with(kUserPrefix) || is_tenant_room(name);
}

bool is_tenant_room(std::string_view name) noexcept { return name.starts_with(kTenantPrefix); }

std::optional<std::string_view> user_of_room(std::string_view name) noexcept {
  if (name.size() <= kUserPrefix.size() || !name.starts_with(kUserPrefix)) return std::nullopt;
  return name.substr(kUserPrefix.size());
}

std::string personal_room(std::string_view user) {
  std::string name(kUserPrefix);
  name += user;
  return name;
}

void set_engine_name(std::string& out, std::string_view room, std::string_view tenant) {
  out.assign(room);
  out += engine::kRoomTagMark;
  out += tenant;
}

bool is_engine_name(std::string_view engine_name, std::string_view room,
                    std::string_view tenant) noexcept {
  if (engine_name.size() != room.size() + 1 + tenant.size()) return false;
  const char* const mark = engine_name.begin() + room.size();
  return std::equal(room.begin(), room.end(), engine_name.begin()) &&
         *mark == engine::kRoomTagMark && std::equal(tenant.begin(), tenant.end(), mark + 1);
}

void set_personal_room(std::string& out, std::string_view user, std::string_view tenant) {
  out.assign(kUserPrefix);
  out += user;
  out += engine::kRoomTagMark;
  out += tenant;
}

void set_tenant_room(std::string& out, std::string_view tenant) {
  out.assign(kTenantPrefix);
  out += tenant;
  out += engine::kRoomTagMark;
  out += tenant;
}

std::string_view tenant_of(std::string_view engine_name) noexcept {
  const std::size_t mark = engine_name.find(engine::kRoomTagMark);
  return mark == std::string_view::npos ? std::string_view{} : engine_name.substr(mark + 1);
}

}  // namespace app
