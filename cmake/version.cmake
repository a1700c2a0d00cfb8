# millrace_version: the header millrace_version.h, which says what was built from what.
#
# cmake/write_version.cmake looks at HEAD on every build and rewrites the header only when it
# differs, so a new commit recompiles the two files that name it and nothing else.
include_guard(GLOBAL)

set(version_header ${PROJECT_BINARY_DIR}/generated/millrace_version.h)
set(compiler "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
set(version_command
    ${CMAKE_COMMAND} -D source=${PROJECT_SOURCE_DIR} -D header=${version_header}
    -D version=${PROJECT_VERSION} -D compiler=${compiler}
    -D build_type=${CMAKE_BUILD_TYPE} -P ${PROJECT_SOURCE_DIR}/cmake/write_version.cmake)
execute_process(COMMAND ${version_command} COMMAND_ERROR_IS_FATAL ANY)
add_custom_target(millrace_write_version COMMAND ${version_command} BYPRODUCTS ${version_header}
                  COMMENT "Reading the commit" VERBATIM)

add_library(millrace_version INTERFACE)
target_include_directories(millrace_version
                           INTERFACE $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated>)
add_dependencies(millrace_version millrace_write_version)
