// Request id: what names one request in its answer, in problems and in the log.
//
// The caller's own X-Request-Id if it is 1 to 64 letters, digits, '-', '_' and '.', else 16 random
// hex digits. Any thread. Nothing else of a caller's is ever copied into a header.
#pragma once

#include <string>
#include <string_view>

namespace app {

std::string request_id(std::string_view of_caller);

}  // namespace app
