// The live page at / of the admin server: what the gateway does at this moment, drawn.
//
// One HTML document without outside resources, a constant of the program. It asks /live.json each
// second (docs/SERVER_API.md) and keeps the last five minutes itself. The policy is its
// Content-Security-Policy, which admits its own script and style by their hashes and nothing else.
#pragma once

#include <string_view>

namespace app {

std::string_view live_page() noexcept;
std::string_view live_page_policy();

}  // namespace app
