#include "app/auth/guest.h"

#include <string>
#include <string_view>

namespace app {

namespace {

// RFC 4648 6, in lower case: no two characters that are read for each other.
constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr int kNameCharacters = 13;  // Of five bits each: room for 64.

}  // namespace

Identity make_guest(const AuthOptions& options, std::uint64_t random) {
  Identity guest{
      .user = "guest-", .tenant = options.guest_tenant, .permissions = options.guest_permissions};
  guest.type = UserType::guest;
  for (int i = 0; i < kNameCharacters; ++i) {
    guest.user += kBase32[random & 31];
    random >>= 5;
  }
  return guest;
}

}  // namespace app
