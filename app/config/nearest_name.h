// nearest_name(): which of some names a misspelt one was probably meant to be.
//
// By the number of letters to insert, drop, change or swap (the restricted Damerau-Levenshtein
// distance). Pure, any thread; only for messages about mistakes. Bound: names longer than
// kNamesComparedBytesMax are near to nothing.
#pragma once

#include <span>
#include <string_view>

namespace app {

// The first of the nearest that differs in no more than a third of its letters; else empty.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> names);

}  // namespace app
