#include "app/auth/client_address.h"

#include "app/auth/failed_attempts.h"
#include "engine/io/address.h"
#include "protocol/http_text.h"

namespace app {

ClientAddress find_address(const protocol::HttpRequest& request, std::string_view header) {
  if (header.empty()) return {};
  std::string_view last;
  for (const protocol::HttpHeader& field : request.headers.all()) {
    // A proxy may add a field of its own behind the client's.
    if (protocol::equal_ignoring_case(field.name, header)) last = field.value;
  }
  const std::size_t comma = last.rfind(',');
  last = protocol::trim(comma == std::string_view::npos ? last : last.substr(comma + 1));
  const bool bare_ipv6 = last.find(':') != last.rfind(':') && !last.starts_with('[');
  const std::string with_port =
      bare_ipv6 ? "[" + std::string(last) + "]:0" : std::string(last) + ":0";
  auto address = engine::Address::parse(with_port);
  if (!address.ok()) address = engine::Address::parse(last);  // It had a port.
  if (!address.ok()) return {};
  return {.text = std::string(last), .key = address_key(address.value())};
}

}  // namespace app
