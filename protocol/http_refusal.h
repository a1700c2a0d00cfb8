// HttpRefusal: why a handshake is refused, as the peer is told (status, one line) and as we count
// it.
//
// Each violation of the handshake has exactly one status and one sentence; the sentence is the body
// of the response, and names what to change rather than what we think of it. Pure constants.
#pragma once

#include <string_view>

#include "protocol/http_status.h"
#include "protocol/violation.h"

namespace protocol {

struct HttpRefusal {
  HttpStatus status = HttpStatus::bad_request;
  std::string_view reason{};
  Violation violation = Violation::none;
};

// The refusal of a request for a violation. Those that no request can commit (framing, payload,
// responses) are a plain 400: asking for them is harmless.
HttpRefusal refuse(Violation violation) noexcept;

}  // namespace protocol
