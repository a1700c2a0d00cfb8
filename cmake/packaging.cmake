# The Debian package: `ninja package`, or `cpack -G DEB --config build/<preset>/CPackConfig.cmake`,
# which packs what is built and builds nothing.
#
# Its dependencies are read from the binaries (dpkg-shlibdeps). The system's files have fixed places
# (/etc, /lib/systemd), so they are a component of their own that a plain `cmake --install` leaves
# out: only CPack, which installs into a folder of its own, asks for it.
include_guard(GLOBAL)
include(GNUInstallDirs)

set(maintainer "Millrace authors <millrace@example.org>")
set(debian ${PROJECT_BINARY_DIR}/debian)
set(doc ${CMAKE_INSTALL_DATADIR}/doc/millrace)
set(system COMPONENT system EXCLUDE_FROM_ALL)
install(FILES deploy/millrace.toml DESTINATION /etc/millrace ${system})
install(FILES deploy/millrace.service DESTINATION /lib/systemd/system ${system})
install(FILES README.md DESTINATION ${doc} ${system})
install(DIRECTORY docs/ DESTINATION ${doc} ${system} FILES_MATCHING PATTERN *.md PATTERN *.yaml)
install(DIRECTORY deploy/prometheus deploy/grafana deploy/kubernetes DESTINATION ${doc}/examples
        ${system})
install(FILES deploy/seccomp.json DESTINATION ${doc}/examples ${system})

# ---- What Debian's policy asks for --------------------------------------------------------------

file(READ LICENSE license)
string(REGEX REPLACE "^MIT License\n+Copyright \\(c\\) ([^\n]+)\n+" "" license "${license}")
set(copyright_holder ${CMAKE_MATCH_1})
string(STRIP "${license}" license)
string(REPLACE "\n\n" "\n.\n" license "${license}")
string(REPLACE "\n" "\n " license "${license}")
configure_file(deploy/debian/copyright.in ${debian}/copyright @ONLY)
install(FILES ${debian}/copyright DESTINATION ${doc} ${system})

string(TIMESTAMP changelog_date "%a, %d %b %Y %H:%M:%S +0000" UTC)  # Or SOURCE_DATE_EPOCH.
configure_file(deploy/debian/changelog.in ${debian}/changelog @ONLY)
configure_file(CHANGELOG.md ${debian}/NEWS COPYONLY)  # Which comes back here when it changes.
foreach(page millrace.8 millrace-load.1)
  configure_file(deploy/debian/${page}.in ${debian}/${page} @ONLY)
endforeach()
foreach(file changelog NEWS millrace.8 millrace-load.1)
  execute_process(COMMAND gzip -9nf ${debian}/${file} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
install(FILES ${debian}/changelog.gz ${debian}/NEWS.gz DESTINATION ${doc} ${system})
install(FILES ${debian}/millrace.8.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man8 ${system})
install(FILES ${debian}/millrace-load.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 ${system})

# ---- CPack --------------------------------------------------------------------------------------

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME millrace)
set(CPACK_PACKAGE_CONTACT "${maintainer}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "real-time WebSocket gateway on io_uring")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "One process holds very many WebSocket connections, decides who may connect,\n\
join and speak, and delivers messages to rooms, users and tenants across all\n\
cores. It needs Linux 6.1 or newer. The package has the gateway as a systemd\n\
service, and millrace-load, which measures it.")
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/package)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)  # For the absolute places.
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/package_modes.cmake)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL programs system)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, procps")  # procps: the unit's /bin/kill.
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
foreach(script conffiles postinst prerm postrm)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/deploy/debian/${script})
endforeach()
include(CPack)
