// JSON check: whether the body of an admin call is JSON that can be read and passed on.
//
// What an event over WebSocket may have, a body may: integers of any length, and no number beyond
// those of a double. Pure, any thread. Bound: kJsonDepthMax; the caller bounds the text.
#pragma once

#include <string_view>

namespace app {

// Whether the text is one JSON object, at most kJsonDepthMax deep.
bool is_json_object(std::string_view text);

}  // namespace app
