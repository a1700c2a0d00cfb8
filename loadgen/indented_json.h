// Indented JSON: JSON as text that both a person and a program may read: one field to a line, but a
// list of plain values, such as a hundred samples, on one line.
//
// Pure function. Text that is not UTF-8 is replaced, so the result is always valid JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace loadgen {

// Without a newline at the end.
std::string indented_json(const nlohmann::ordered_json& json);

}  // namespace loadgen
