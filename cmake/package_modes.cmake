# Run by CPack between installing into a folder of its own and packing that: folders have the modes
# that Debian wants, whatever the umask of who packs. (CPack's variable for it is not heeded with
# CPACK_SET_DESTDIR.)
file(CHMOD_RECURSE ${CPACK_TEMPORARY_INSTALL_DIRECTORY}
     DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
                           WORLD_EXECUTE)
