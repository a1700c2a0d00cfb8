# Run by cmake/version.cmake at build time: writes millrace_version.h when its content has changed.
#
# The commit comes from git; in an exported archive, from cmake/commit.txt, where `git archive` has
# put it; failing both it is "unknown".

find_program(GIT git)
set(commit "")
if(GIT AND EXISTS ${source}/.git)
  execute_process(COMMAND ${GIT} -C ${source} rev-parse HEAD OUTPUT_VARIABLE commit
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT commit AND EXISTS ${source}/cmake/commit.txt)
  file(STRINGS ${source}/cmake/commit.txt commit LIMIT_COUNT 1)
endif()
if(NOT commit MATCHES "^[0-9a-f]+$")
  set(commit unknown)
endif()

set(content
    "// What this build was made from: shown by --version, in logs and in metrics. It is written by
// cmake/write_version.cmake on every build; any change made by hand is lost.
#pragma once

#include <string_view>

namespace millrace {

inline constexpr std::string_view kVersion = \"${version}\";
inline constexpr std::string_view kCommit = \"${commit}\";
inline constexpr std::string_view kCompiler = \"${compiler}\";
inline constexpr std::string_view kBuildType = \"${build_type}\";

}  // namespace millrace
")

set(present "")
if(EXISTS ${header})
  file(READ ${header} present)
endif()
if(NOT present STREQUAL content)
  file(WRITE ${header} "${content}")
endif()
