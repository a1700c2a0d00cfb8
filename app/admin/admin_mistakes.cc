#include "app/admin/admin_mistakes.h"

#include <fmt/format.h>
#include <netinet/in.h>

#include "app/admin/api_key.h"
#include "app/gateway_limits.h"

namespace app {

namespace {

using Found = std::vector<AdminMistake>;

void check_threads(std::uint32_t threads, Found& found) {
  if (threads >= 1 && threads <= kAdminThreadsMost) return;
  found.push_back(
      {.setting = "admin.threads", .what = fmt::format("must be from 1 to {}", kAdminThreadsMost)});
}

void check_keys(const std::vector<std::string>& keys, Found& found) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string_view wrong = mistake_of_key(keys[i]);
    if (wrong.empty()) continue;
    found.push_back({.setting = "admin.api_key", .key = i, .what = std::string(wrong)});
  }
  if (keys.size() <= kAdminKeysMost) return;
  found.push_back(
      {.setting = "admin.api_key", .what = fmt::format("at most {} keys", kAdminKeysMost)});
}

void check_files(const AdminOptions& options, Found& found) {
  const bool has_certificate = !options.certificate_file.empty();
  const bool has_key = !options.private_key_file.empty();
  if (has_certificate && !has_key) {
    found.push_back({.setting = "admin.certificate_file", .what = "needs admin.private_key_file"});
  }
  if (has_key && !has_certificate) {
    found.push_back({.setting = "admin.private_key_file", .what = "needs admin.certificate_file"});
  }
  if (!options.client_authority_file.empty() && !has_certificate) {
    found.push_back(
        {.setting = "admin.client_authority_file", .what = "needs admin.certificate_file"});
  }
}

void check_listen(const AdminOptions& options, Found& found) {
  if (options.listen.empty()) return;
  const auto address = engine::Address::parse(options.listen);
  if (!address.ok()) {
    found.push_back({.setting = "admin.listen", .quotes = true, .what = address.error().message});
    return;
  }
  const bool anybody = options.api_keys.empty() && options.client_authority_file.empty();
  if (!anybody || is_loopback(address.value())) return;
  found.push_back(
      {.setting = "admin.listen",
       .what = "anybody could command the gateway: give admin.api_keys_file or "
               "admin.client_authority_file, or listen on an address of this host alone, such as "
               "127.0.0.1:9001"});
}

}  // namespace

std::vector<AdminMistake> admin_mistakes(const AdminOptions& options) {
  Found found;
  check_threads(options.threads, found);
  check_keys(options.api_keys, found);
  check_files(options, found);
  check_listen(options, found);
  return found;
}

bool is_loopback(const engine::Address& address) noexcept {
  if (address.is_ipv6()) {
    const auto* const ipv6 = reinterpret_cast<const sockaddr_in6*>(address.data());
    return IN6_IS_ADDR_LOOPBACK(&ipv6->sin6_addr);
  }
  const auto* const ipv4 = reinterpret_cast<const sockaddr_in*>(address.data());
  return (ntohl(ipv4->sin_addr.s_addr) >> 24U) == 127;
}

}  // namespace app
