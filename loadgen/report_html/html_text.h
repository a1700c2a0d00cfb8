// HTML text: escapes any text so that it may stand in HTML, between tags or in a quoted attribute.
//
// URLs, commands and names come from whoever started the run and from servers; none of them may
// become markup. Pure functions; the output is at most six times as long.
#pragma once

#include <string>
#include <string_view>

namespace loadgen {

std::string html_escaped(std::string_view text);

// JSON that may stand inside a script element: nothing in it can end the element.
std::string script_escaped(std::string json);

}  // namespace loadgen
