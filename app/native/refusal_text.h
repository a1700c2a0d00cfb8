// Refusal text: the HTTP response to a handshake that is not let in: a status and a JSON body that
// says which code, why, and whether to try again.
//
//   {"error":{"code":"AUTH_FAILED","reason":"expired","message":"..."}}
//
// Pure, any thread.
#pragma once

#include <string>
#include <string_view>

#include "app/auth/auth_failure.h"
#include "app/events/error_code.h"
#include "base/time.h"
#include "protocol/http_status.h"

namespace app {

std::string write_json_refusal(protocol::HttpStatus status, ErrorCode code, std::string_view reason,
                               std::string_view message, base::Duration retry_after = {});
// `retry_after`: for failures that pass.
std::string write_auth_refusal(AuthFailure failure, base::Duration retry_after = {});

}  // namespace app
