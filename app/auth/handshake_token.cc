#include "app/auth/handshake_token.h"

#include <optional>
#include <utility>

#include "protocol/http_text.h"

namespace app {

namespace {

constexpr std::string_view kBearer = "bearer";
constexpr std::string_view kBearerProtocol = "millrace.bearer.";

// What the subprotocols say: which is spoken, and perhaps a token.
void read_subprotocols(const protocol::HttpRequest& request, HandshakeToken& found) {
  bool offered = false;
  for (const protocol::HttpHeader& header : request.headers.all()) {
    if (!protocol::equal_ignoring_case(header.name, "sec-websocket-protocol")) continue;
    offered = true;
    std::string_view rest = header.value;
    for (std::string_view one = protocol::next_list_element(rest); !one.empty();
         one = protocol::next_list_element(rest)) {
      if (one == kSubprotocol) found.subprotocol = kSubprotocol;
      if (!one.starts_with(kBearerProtocol) || found.present) continue;
      found.present = true;
      found.token = one.substr(kBearerProtocol.size());
    }
  }
  found.subprotocol_unknown = offered && found.subprotocol.empty();
}

}  // namespace

HandshakeToken find_token(const protocol::HttpRequest& request) {
  HandshakeToken found;
  if (const auto header = request.find("authorization")) {
    const std::size_t space = header->find(' ');
    if (space != std::string_view::npos &&
        protocol::equal_ignoring_case(header->substr(0, space), kBearer)) {
      found.present = true;
      found.token = protocol::trim(header->substr(space + 1));
    }
  }
  if (!found.present) {
    if (auto parameter = protocol::query_parameter(request.query, "token")) {
      found.present = true;
      found.token = *std::move(parameter);
    }
  }
  read_subprotocols(request, found);
  return found;
}

}  // namespace app
