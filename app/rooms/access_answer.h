// AccessAnswer: what whoever asked a RoomAuthority hears: yes, no, or that nobody can say.
//
// Plain value, any thread. It is what became of the question; what the access service itself has
// said is an AccessWord, and what the rules say an AccessVerdict.
#pragma once

#include <cstdint>

namespace app {

enum class AccessAnswer : std::uint8_t {
  allowed,
  denied,
  unavailable,  // The service does not answer, or too many ask.
};

}  // namespace app
