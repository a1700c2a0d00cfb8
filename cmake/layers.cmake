# add_layer(): turns a folder into the target of its layer, linked by cmake/layers.txt.
#
#   add_layer(<folder>
#     [SOURCES a.cc b.cc]      # default: every .cc of the folder, main.cc and *_main.cc left out
#     [SUBFOLDERS]             # default sources and headers also from <folder>/*/
#     [LIBRARIES lib...]       # third-party libraries its users need too
#     [URING_LIBRARIES lib...] # the same, for the uring build alone
#     [EXCEPTIONS]             # compiled with exceptions; without: -fno-exceptions
#     [TWICE])                 # compiled against the kernel and against the simulator
#
# base           -> millrace_base
# engine/reactor -> millrace_engine_reactor_uring and, with the tests, millrace_engine_reactor_sim
#
# A folder that has no file yet is skipped, and so is every mention of it in the table.
include_guard(GLOBAL)

set(MILLRACE_LAYERS_FILE ${PROJECT_SOURCE_DIR}/cmake/layers.txt)
set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${MILLRACE_LAYERS_FILE})

# Sets <out> to the folders that <folder> may include from. An unknown folder is an error.
function(millrace_layer_dependencies folder out)
  file(STRINGS ${MILLRACE_LAYERS_FILE} lines REGEX "^[a-z]")
  foreach(line IN LISTS lines)
    if(line MATCHES "^${folder}:(.*)$")
      separate_arguments(dependencies UNIX_COMMAND "${CMAKE_MATCH_1}")
      set(${out} ${dependencies} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "cmake/layers.txt has no line for '${folder}'")
endfunction()

# Sets <out> to the target name of a layer as seen by a target of <flavor> ("", uring or sim).
function(millrace_layer_target folder flavor out)
  string(REPLACE "/" "_" name "millrace_${folder}")
  if(TARGET ${name})
    set(${out} ${name} PARENT_SCOPE)
  elseif(TARGET ${name}_${flavor})
    set(${out} ${name}_${flavor} PARENT_SCOPE)
  else()
    set(${out} "" PARENT_SCOPE)
  endif()
endfunction()

# Creates one target of a layer: static, or interface when the layer is all headers.
function(millrace_add_layer_target target folder flavor)
  cmake_parse_arguments(PARSE_ARGV 3 arg "EXCEPTIONS" "" "SOURCES;HEADERS;LIBRARIES")
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    target_link_libraries(${target} PRIVATE millrace_warnings)
    if(NOT arg_EXCEPTIONS)
      target_compile_options(${target} PRIVATE -fno-exceptions)
    endif()
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}
                                             FILES ${arg_HEADERS})
  target_link_libraries(${target} ${scope} millrace_settings ${arg_LIBRARIES})
  millrace_layer_dependencies(${folder} dependencies)
  foreach(dependency IN LISTS dependencies)
    millrace_layer_target(${dependency} "${flavor}" library)
    target_link_libraries(${target} ${scope} ${library})
  endforeach()
endfunction()

function(add_layer folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "TWICE;EXCEPTIONS;SUBFOLDERS" ""
                        "SOURCES;LIBRARIES;URING_LIBRARIES")
  set(root ${PROJECT_SOURCE_DIR}/${folder})
  set(folders ${root})
  if(arg_SUBFOLDERS)
    list(APPEND folders ${root}/*)
  endif()
  set(headers)
  set(sources)
  foreach(pattern IN LISTS folders)
    file(GLOB found CONFIGURE_DEPENDS ${pattern}/*.h)
    list(APPEND headers ${found})
    file(GLOB found CONFIGURE_DEPENDS ${pattern}/*.cc)
    list(APPEND sources ${found})
  endforeach()
  if(arg_SOURCES)
    list(TRANSFORM arg_SOURCES PREPEND ${root}/ OUTPUT_VARIABLE sources)
  endif()
  list(FILTER sources EXCLUDE REGEX "/([a-z0-9_]+_)?main\\.cc$")
  if(NOT headers AND NOT sources)
    return()
  endif()

  string(REPLACE "/" "_" target "millrace_${folder}")
  set(exceptions)
  if(arg_EXCEPTIONS)
    set(exceptions EXCEPTIONS)
  endif()
  if(NOT arg_TWICE)
    millrace_add_layer_target(${target} ${folder} "uring" ${exceptions} SOURCES ${sources}
                              HEADERS ${headers} LIBRARIES ${arg_LIBRARIES})
    return()
  endif()

  millrace_add_layer_target(${target}_uring ${folder} uring ${exceptions} SOURCES ${sources}
                            HEADERS ${headers} LIBRARIES ${arg_LIBRARIES} ${arg_URING_LIBRARIES}
                            millrace_world_uring)
  if(MILLRACE_TESTS)
    # What talks to the kernel has no place in the simulation, whose driver is in tests/sim.
    list(FILTER sources EXCLUDE REGEX "/engine/io/uring_[^/]*$")
    list(FILTER headers EXCLUDE REGEX "/engine/io/uring_[^/]*$")
    millrace_add_layer_target(${target}_sim ${folder} sim ${exceptions} SOURCES ${sources}
                              HEADERS ${headers} LIBRARIES ${arg_LIBRARIES} millrace_world_sim)
    # Built only where a test links it.
    set_target_properties(${target}_sim PROPERTIES EXCLUDE_FROM_ALL ON)
  endif()
endfunction()
