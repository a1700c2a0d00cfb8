# add_program(<name> <folder>): the program built from <folder>/main.cc and that folder's layer.
include_guard(GLOBAL)

# Debian ships mimalloc as a shared library only, which replaces malloc by being found before libc:
# nothing calls it by name, so the linker must be told to keep it. Sanitizers bring their own.
add_library(millrace_allocator INTERFACE)
if(NOT MILLRACE_SANITIZE)
  target_link_libraries(millrace_allocator INTERFACE -Wl,--push-state,--no-as-needed mimalloc
                                                     -Wl,--pop-state)
endif()

function(add_program name folder)
  add_executable(${name} ${PROJECT_SOURCE_DIR}/${folder}/main.cc)
  millrace_layer_target(${folder} uring layer)
  target_link_libraries(
    ${name} PRIVATE millrace_warnings millrace_allocator ${layer} millrace_engine
                    millrace_third_party millrace_version)
  # Every symbol is bound at start, and the table of them is read-only from then on.
  target_link_options(${name} PRIVATE -Wl,-z,relro,-z,now)
  install(TARGETS ${name} RUNTIME COMPONENT programs)
endfunction()
