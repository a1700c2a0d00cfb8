// Answers: what the handlers of the server API have in common: outcomes and refusals as JSON.
//
// Pure functions, any thread. Texts that are not UTF-8 come out with U+FFFD in place of the bad
// bytes, so that an answer is always JSON. Bound: the value that is written.
#pragma once

#include <cstdint>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "app/admin/control.h"
#include "app/admin/problem.h"
#include "base/result.h"

namespace app {

ApiAnswer json_answer(const nlohmann::ordered_json& body);
// {"complete":true,"connections":N}, or the problem that the gateway could not do it.
ApiAnswer count_answer(const base::Result<ChangedConnections>& changed,
                       std::string_view request_id);
ApiAnswer unavailable(const base::Error& error, std::string_view request_id);

}  // namespace app
