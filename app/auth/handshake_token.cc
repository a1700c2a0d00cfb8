#include "app/auth/handshake_token.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace app {

namespace {

constexpr std::string_view kBearer = "bearer";
constexpr std::string_view kBearerProtocol = "millrace.bearer.";

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) noexcept {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char character = text[i];
    const bool upper = character >= 'A' && character <= 'Z';
    if ((upper ? static_cast<char>(character + ('a' - 'A')) : character) != lower[i]) return false;
  }
  return true;
}

// What the subprotocols say: which is spoken, and perhaps a token.
void read_subprotocols(const protocol::HttpRequest& request, HandshakeToken& found) {
  bool offered = false;
  for (const protocol::HttpHeader& header : request.headers.all()) {
    if (!equals_ignoring_case(header.name, "sec-websocket-protocol")) continue;
    std::string_view rest = header.value;
    while (!rest.empty()) {
      const std::string_view one = trim(rest.substr(0, rest.find(',')));
      rest.remove_prefix(std::min(rest.size(), rest.find(',') == std::string_view::npos
                                                   ? rest.size()
                                                   : rest.find(',') + 1));
      offered = true;
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
        equals_ignoring_case(header->substr(0, space), kBearer)) {
      found.present = true;
      found.token = trim(header->substr(space + 1));
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
