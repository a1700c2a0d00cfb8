// HTTP response: writes the whole answer to a request that does not become a WebSocket.
//
// Each response has a Content-Length and closes the connection, so the sender has nothing to keep.
// The statuses that oblige us to more (405, 426, 503) get their header fields here (RFC 9110 15).
// Pure functions, for any thread; the string is the only allocation.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "protocol/http_headers.h"
#include "protocol/http_refusal.h"
#include "protocol/http_status.h"

namespace protocol {

// Field values are ours and must hold no line ending. A Retry-After given here replaces our own.
std::string write_response(HttpStatus status, std::string_view content_type, std::string_view body,
                           std::span<const HttpHeader> extra_headers = {});

// The plain-text response to a refused request; its body is the reason, on one line.
std::string write_refusal(const HttpRefusal& refusal,
                          std::span<const HttpHeader> extra_headers = {});

}  // namespace protocol
