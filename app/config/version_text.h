// The text of --version: what this program is, what it was built from, what the kernel offers it.
//
// Used once, by the option parser, before any thread starts; it probes io_uring when verbose.
#pragma once

#include <string>

namespace app {

std::string version_text(bool verbose);

}  // namespace app
