# Third-party libraries, all of them Debian packages (scripts/packages). Imported targets, so their
# headers are system headers: our warnings stop at their door.
include_guard(GLOBAL)

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(liburing REQUIRED IMPORTED_TARGET "liburing>=2.3")
find_package(mimalloc REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(prometheus-cpp REQUIRED)
if(MILLRACE_TESTS)
  find_package(GTest REQUIRED)
endif()
if(MILLRACE_BENCH)
  find_package(benchmark QUIET)
endif()

# What app, loadgen, and their tests may use. Not base, protocol or the engine.
add_library(millrace_third_party INTERFACE)
target_link_libraries(
  millrace_third_party INTERFACE CLI11::CLI11 fmt::fmt spdlog::spdlog nlohmann_json::nlohmann_json
                                 prometheus-cpp::core OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB
                                 Threads::Threads)
