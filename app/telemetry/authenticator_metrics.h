// Authenticator metrics: what an Authenticator counts, in Prometheus' text format.
//
// Pure, any thread. Counters begin anew where a reload changed whom to ask.
#pragma once

#include <string>

#include "app/auth/authenticator.h"

namespace app {

std::string authenticator_metrics(const AuthenticatorCounts& counts);

}  // namespace app
