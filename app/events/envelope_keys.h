// EnvelopeKeys: what the members of the envelope are called. A configured gateway may say `type`
// for `event`, so that the clients of another need no change.
//
// Plain value; the names differ from each other, which the configuration checks. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace app {

// Beside those, of what the server API says to a room: its number. None of them is called so.
inline constexpr std::string_view kNumberKey = "seq";

struct EnvelopeKeys {
  std::string event = "event";
  std::string data = "data";
  std::string request_id = "requestId";
  std::string version = "version";
};

}  // namespace app
