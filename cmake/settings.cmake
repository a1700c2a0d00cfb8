# How everything is compiled: three interface targets and the options behind them.
#
# millrace_settings     what every target and its users need: language, include root, sanitizers
# millrace_warnings     for our own sources only, never passed on
# millrace_world_uring  which world the engine is compiled against (DESIGN: the seam), and
# millrace_world_sim    its counterpart, the simulator
include_guard(GLOBAL)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(THREADS_PREFER_PTHREAD_FLAG ON)

# -O3 everywhere: at -O2 GCC 12 vectorises no loop of unknown length (masking, UTF-8, parsing), and
# link-time inlining across layers wants one level on both sides of a call. It costs 16 % of code.
# -g1 keeps function names and lines, so that a profile of the shipped binary can be read.
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")
set(CMAKE_CXX_FLAGS_DEBUG "-Og -g")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

if(MILLRACE_LTO)
  include(CheckIPOSupported)
  check_ipo_supported()
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
endif()

add_library(millrace_settings INTERFACE)
target_compile_features(millrace_settings INTERFACE cxx_std_20)
target_include_directories(millrace_settings INTERFACE
                           $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                           $<INSTALL_INTERFACE:include/millrace>)
target_compile_options(millrace_settings INTERFACE -fno-omit-frame-pointer)
if(MILLRACE_DCHECK)
  target_compile_definitions(millrace_settings INTERFACE MILLRACE_DCHECK=1 _GLIBCXX_ASSERTIONS=1)
endif()
if(MILLRACE_SANITIZE)
  target_compile_options(millrace_settings INTERFACE -fsanitize=${MILLRACE_SANITIZE}
                                                     -fno-sanitize-recover=all)
  target_link_options(millrace_settings INTERFACE -fsanitize=${MILLRACE_SANITIZE})
endif()
if(MILLRACE_FUZZ)
  target_compile_options(millrace_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

add_library(millrace_warnings INTERFACE)
target_compile_options(millrace_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                                   -Wold-style-cast -Wswitch-enum
                                                   $<$<BOOL:${MILLRACE_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC bug 105651: it warns of std::string's own code, which has no fault.
  target_compile_options(millrace_warnings INTERFACE -Wno-restrict)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  # The standard library's own stable sort uses what it says is not to be used any more.
  target_compile_options(millrace_warnings INTERFACE -Wno-deprecated-declarations)
endif()

add_library(millrace_world_uring INTERFACE)
target_compile_definitions(
  millrace_world_uring INTERFACE "ENGINE_IO_DRIVER_HEADER=\"engine/io/uring_driver.h\""
                                 ENGINE_WORLD=uring)
add_library(millrace_world_sim INTERFACE)
target_compile_definitions(
  millrace_world_sim INTERFACE "ENGINE_IO_DRIVER_HEADER=\"tests/sim/sim_driver.h\""
                               ENGINE_WORLD=sim)
