#include "loadgen/native/native_names.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/check.h"
#include "loadgen/native/hs256_token.h"

namespace loadgen {

namespace {

constexpr char kUser = 'u';
constexpr char kTenant = 't';
constexpr char kRoom = 'r';

bool is_numbered(std::string_view text, char letter, std::uint32_t number) noexcept {
  std::array<char, 11> name{letter};
  const auto [end, error] = std::to_chars(name.data() + 1, name.data() + name.size(), number);
  return error == std::errc{} && text == std::string_view(name.data(), end);
}

}  // namespace

std::string native_user(std::uint32_t client) { return kUser + std::to_string(client); }

std::string native_tenant(std::size_t group) { return kTenant + std::to_string(group); }

std::string native_room(const ClientGroup& group, std::uint32_t room) {
  return kRoom + std::to_string(room - group.first_room);
}

bool is_native_user(std::string_view text, std::uint32_t client) noexcept {
  return is_numbered(text, kUser, client);
}

bool is_native_room(std::string_view text, const ClientGroup& group, std::uint32_t room) noexcept {
  return is_numbered(text, kRoom, room - group.first_room);
}

std::string native_request_path(const LoadOptions& options, std::uint32_t client) {
  CHECK(client < options.groups.back().end_client());
  std::size_t group = 0;
  while (client >= options.groups[group].end_client()) ++group;
  const ClientGroup& home = options.groups[group];
  std::string path = options.target.path;
  path += path.find('?') == std::string::npos ? '?' : '&';
  if (options.native.near) {
    path += fmt::format("near={}&tenant={}&", native_room(home, home.home_of(client)),
                        native_tenant(group));
  }
  const std::string claims =
      fmt::format(R"({{"sub":"{}","tenantId":"{}","exp":{}}})", native_user(client),
                  native_tenant(group), options.native.expires_at);
  return path + "token=" + mint_hs256_token(claims, options.native.secret);
}

}  // namespace loadgen
