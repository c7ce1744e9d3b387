# What is installed, and the Debian package.
#
# Components: program  goes everywhere
#             plain    only into a prefix, by `cmake --install`
#             debian   only into the package: what Debian wants in its place

# A StarPU of one's own is found again; the distribution's needs no help.
if(NOT STARPU_RIDGE_PACKAGED_STARPU)
  set_target_properties(starpu_ridge PROPERTIES
                        INSTALL_RPATH_USE_LINK_PATH ON)
endif()

set(docdir ${CMAKE_INSTALL_DOCDIR})
set(mandir ${CMAKE_INSTALL_MANDIR}/man1)

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME program)
install(TARGETS starpu_ridge RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES share/starpu_ridge.bash RENAME starpu_ridge
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES README.md DESTINATION ${docdir})
file(GLOB pages CONFIGURE_DEPENDS docs/*.md docs/*.png docs/*.svg)
install(FILES ${pages} DESTINATION ${docdir}/docs)
# Whatever permissions the sources have; quickstart.sh needs the sources.
set(all_read OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
set(all_run ${all_read} OWNER_EXECUTE GROUP_EXECUTE WORLD_EXECUTE)
install(DIRECTORY examples DESTINATION ${docdir} FILE_PERMISSIONS ${all_read}
        PATTERN "*.py" PERMISSIONS ${all_run}
        PATTERN "*.sh" PERMISSIONS ${all_run}
        PATTERN quickstart.sh EXCLUDE PATTERN __pycache__ EXCLUDE)

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME plain)
install(FILES docs/starpu_ridge.1 DESTINATION ${mandir})
install(FILES LICENSE DESTINATION ${docdir})

# --- the Debian package: cmake --workflow --preset package --------------------

if(NOT STARPU_RIDGE_PACKAGED_STARPU)
  return()
endif()

# The changelog has the last word on version and maintainer, LICENSE on terms.
set(debian ${CMAKE_CURRENT_SOURCE_DIR}/share/debian)
file(READ ${debian}/changelog changelog)
if(NOT changelog MATCHES "^starpu-ridge \\(${PROJECT_VERSION}\\) ")
  message(FATAL_ERROR "share/debian/changelog does not begin with "
                      "starpu-ridge (${PROJECT_VERSION})")
endif()
string(REGEX MATCH "\n -- ([^\n]*>)  " maintainer "${changelog}")
set(maintainer ${CMAKE_MATCH_1})

file(READ LICENSE license)
string(REGEX MATCH "Copyright \\(c\\) ([^\n]*)\n[^\n]*\n\n(.*[^\n])" terms
       "${license}")
set(holder "${CMAKE_MATCH_1}")
string(REGEX REPLACE "(^|\n)([^\n]+)" "\\1 \\2" terms "${CMAKE_MATCH_2}")
string(REPLACE "\n\n" "\n .\n" terms "${terms}")
configure_file(${debian}/copyright.in debian/copyright @ONLY)

# Compressed without a time stamp, so that equal files stay equal.
function(install_compressed source destination)
  get_filename_component(name ${source} NAME)
  set(file ${CMAKE_CURRENT_BINARY_DIR}/debian/${name}.gz)
  install(CODE "execute_process(COMMAND gzip -9nc \"${source}\"
                OUTPUT_FILE \"${file}\" COMMAND_ERROR_IS_FATAL ANY)"
          COMPONENT debian EXCLUDE_FROM_ALL)
  install(FILES ${file} DESTINATION ${destination}
          COMPONENT debian EXCLUDE_FROM_ALL)
endfunction()
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/debian/copyright
        DESTINATION ${docdir} COMPONENT debian EXCLUDE_FROM_ALL)
install_compressed(${debian}/changelog ${docdir})
install_compressed(${CMAKE_CURRENT_SOURCE_DIR}/docs/starpu_ridge.1 ${mandir})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME starpu-ridge) # Debian's names have no underscores
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS
    ${CMAKE_CURRENT_SOURCE_DIR}/cmake/package_folders.cmake)
set(CPACK_COMPONENTS_ALL program debian)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER ${maintainer})
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
file(READ ${debian}/description CPACK_DEBIAN_PACKAGE_DESCRIPTION)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS openmpi-bin)        # mpirun
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS gnuplot-nox)     # --report
set(CPACK_DEBIAN_PACKAGE_SUGGESTS bash-completion)
include(CPack)
