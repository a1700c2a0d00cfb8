# add_tests(): every *_test.cc under some folders of tests/, as one GoogleTest program.
#
#   add_tests(<name> LABEL <label> FOLDERS <folder>... [LIBRARIES lib...] [NO_HELPERS]
#             [ONLY regex] [EXCEPT regex])
#
# The other .cc of those folders are helpers and are compiled in, unless NO_HELPERS; main.cc and
# *_main.cc are left out. Folders are patterns relative to tests/. ONLY and EXCEPT choose among the
# files by their names. No file, no program.
include_guard(GLOBAL)
include(GoogleTest)

function(add_tests name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NO_HELPERS" "LABEL;ONLY;EXCEPT" "FOLDERS;LIBRARIES")
  set(sources)
  foreach(folder IN LISTS arg_FOLDERS)
    file(GLOB found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${folder}/*.cc)
    list(APPEND sources ${found})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "/([a-z0-9_]+_)?main\\.cc$")
  if(arg_NO_HELPERS)
    list(FILTER sources INCLUDE REGEX "_test\\.cc$")
  endif()
  if(arg_ONLY)
    list(FILTER sources INCLUDE REGEX "${arg_ONLY}")
  endif()
  if(arg_EXCEPT)
    list(FILTER sources EXCLUDE REGEX "${arg_EXCEPT}")
  endif()
  if(NOT sources MATCHES "_test\\.cc")
    return()
  endif()

  add_executable(${name} ${sources})
  target_link_libraries(
    ${name} PRIVATE millrace_warnings ${arg_LIBRARIES} GTest::gmock GTest::gtest GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_dependencies(tests ${name})
  gtest_discover_tests(
    ${name} TEST_PREFIX "${name}/" WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${arg_LABEL})
endfunction()

# add_script_tests(<label> <pattern>...): each Python or Node file that fits a pattern is one test.
# The programs under test are named by the variable MILLRACE_BIN.
function(add_script_tests label)
  foreach(pattern IN LISTS ARGN)
    file(GLOB scripts CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
         ${PROJECT_SOURCE_DIR}/tests/${pattern})
    foreach(script IN LISTS scripts)
      if(script MATCHES "\\.py$")
        # Debian's own Python, which has Debian's packages; another may come first in PATH.
        set(command /usr/bin/python3 -B ${script})
      else()
        set(command node --test ${script})
      endif()
      add_test(NAME ${script} COMMAND ${command} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
      set_tests_properties(
        ${script} PROPERTIES LABELS ${label} ENVIRONMENT MILLRACE_BIN=${PROJECT_BINARY_DIR}/bin)
    endforeach()
  endforeach()
endfunction()

# add_fuzzers(): tests/fuzz/fuzz_<name>.cc. With MILLRACE_FUZZ a libFuzzer program; otherwise the
# same entry point run over every file of corpus/<name>/ by replay_main.cc, as an ordinary test.
function(add_fuzzers)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "LIBRARIES")
  set(folder ${PROJECT_SOURCE_DIR}/tests/fuzz)
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/fuzz_*.cc)
  file(GLOB helpers CONFIGURE_DEPENDS ${folder}/*.cc)
  list(FILTER helpers EXCLUDE REGEX "/(fuzz_[^/]*|replay_main)\\.cc$")
  add_custom_target(fuzzers)
  foreach(source IN LISTS sources)
    cmake_path(GET source STEM target)
    string(REGEX REPLACE "^fuzz_" "" name ${target})
    add_executable(${target} ${source} ${helpers})
    target_link_libraries(${target} PRIVATE millrace_warnings ${arg_LIBRARIES})
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    add_dependencies(fuzzers ${target})
    if(MILLRACE_FUZZ)
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
      continue()
    endif()
    target_sources(${target} PRIVATE ${folder}/replay_main.cc)
    add_dependencies(tests ${target})
    add_test(NAME corpus/${name} COMMAND ${target} ${folder}/corpus/${name})
    set_tests_properties(corpus/${name} PROPERTIES LABELS corpus)
  endforeach()
endfunction()
