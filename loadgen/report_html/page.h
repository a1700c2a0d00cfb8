// Page: the frame that every HTML report shares: style, script, and what makes it self-contained.
//
// A page asks nobody for anything: its content security policy forbids all but what is inline. It
// is complete without its script, which only shows values under the pointer. Pure function.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace loadgen {

// `title` is escaped here; `body` is HTML. `hover` is an object of Plot::hover() by the plots' ids.
std::string html_page(std::string_view title, const std::string& body,
                      const nlohmann::ordered_json& hover);

}  // namespace loadgen
