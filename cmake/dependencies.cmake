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
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(libjwt REQUIRED IMPORTED_TARGET libjwt)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(libcurl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(cpp_httplib REQUIRED IMPORTED_TARGET cpp-httplib)
pkg_check_modules(libsystemd REQUIRED IMPORTED_TARGET libsystemd)
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

# What the gateway alone uses.
add_library(millrace_gateway_third_party INTERFACE)
target_link_libraries(
  millrace_gateway_third_party
  INTERFACE millrace_third_party PkgConfig::simdjson PkgConfig::libjwt PkgConfig::tomlplusplus
            PkgConfig::libcurl PkgConfig::cpp_httplib PkgConfig::libsystemd)
