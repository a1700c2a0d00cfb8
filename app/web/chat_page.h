// The page at /: a room to chat in from a browser, so that the first minute with Millrace has a
// picture.
//
// Plain HTML without dependencies, a constant of the program. It speaks to /room of the host that
// served it, as any client would.
#pragma once

#include <string_view>

namespace app {

std::string_view chat_page() noexcept;

}  // namespace app
