# Finds StarPU with MPI, 1.4 or else 1.3, in this order: the prefix
# STARPU_PREFIX (cache or environment), PKG_CONFIG_PATH, the prefix that
# cmake/setup.sh fills, the system. STARPU_RIDGE_PACKAGED_STARPU=ON takes the
# system's 1.3 instead.
#
# Targets:   StarPU::StarPU  the core
#            StarPU::MPI     the core, StarPU-MPI and MPI
# Variables: StarPU_FOUND, StarPU_VERSION, StarPU_PREFIX (where it is),
#            StarPU_FXT and StarPU_CUDA (whether they are compiled in),
#            StarPU_FXT_TOOL (starpu_fxt_tool, if there)

option(STARPU_RIDGE_PACKAGED_STARPU "Take the system's StarPU 1.3" OFF)
set(STARPU_PREFIX "$ENV{STARPU_PREFIX}" CACHE PATH
    "An installed StarPU; empty: as PKG_CONFIG_PATH, cmake/setup.sh and the \
system have it")

find_package(PkgConfig QUIET)
find_package(MPI QUIET COMPONENTS C)

# pkg-config looks in PKG_CONFIG_PATH before it looks in the system.
set(_starpu_modules starpumpi-1.4 starpumpi-1.3)
set(_starpu_environment "$ENV{PKG_CONFIG_PATH}")
if(STARPU_RIDGE_PACKAGED_STARPU)
    set(_starpu_modules starpumpi-1.3)
    set(_starpu_path "")
elseif(STARPU_PREFIX)
    set(_starpu_path "")
    foreach(_starpu_dir lib lib64 "lib/${CMAKE_LIBRARY_ARCHITECTURE}")
        string(PREPEND _starpu_dir "${STARPU_PREFIX}/")
        if(EXISTS "${_starpu_dir}/pkgconfig/starpumpi-1.4.pc" OR
           EXISTS "${_starpu_dir}/pkgconfig/starpumpi-1.3.pc")
            list(APPEND _starpu_path "${_starpu_dir}/pkgconfig")
        endif()
    endforeach()
    if(NOT _starpu_path)
        message(FATAL_ERROR "STARPU_PREFIX: no lib/pkgconfig/starpumpi-1.4.pc "
            "(nor -1.3.pc) in ${STARPU_PREFIX}")
    endif()
    list(APPEND _starpu_path "$ENV{PKG_CONFIG_PATH}")
else()
    set(_starpu_data "$ENV{XDG_DATA_HOME}")
    if(NOT _starpu_data)
        set(_starpu_data "$ENV{HOME}/.local/share")
    endif()
    set(_starpu_path "$ENV{PKG_CONFIG_PATH}"
        "${_starpu_data}/starpu_ridge/starpu-1.4/lib/pkgconfig")
endif()
list(FILTER _starpu_path EXCLUDE REGEX "^$")
list(JOIN _starpu_path ":" _starpu_path)
set(ENV{PKG_CONFIG_PATH} "${_starpu_path}")

# Asked anew each time: a StarPU may have been installed since.
unset(__pkg_config_checked_PC_STARPUMPI CACHE)
unset(__pkg_config_checked_PC_STARPU CACHE)
if(PKG_CONFIG_FOUND)
    pkg_search_module(PC_STARPUMPI QUIET ${_starpu_modules})
    string(REPLACE starpumpi starpu _starpu_core "${PC_STARPUMPI_MODULE_NAME}")
    if(PC_STARPUMPI_FOUND)
        pkg_check_modules(PC_STARPU QUIET ${_starpu_core})
    endif()
endif()
set(ENV{PKG_CONFIG_PATH} "${_starpu_environment}")

unset(StarPU_LIBRARY)
unset(StarPU_MPI_LIBRARY)
set(StarPU_FXT OFF)
set(StarPU_CUDA OFF)
if(PC_STARPU_FOUND)
    set(StarPU_VERSION ${PC_STARPUMPI_VERSION})
    set(StarPU_PREFIX ${PC_STARPUMPI_PREFIX})
    find_library(StarPU_LIBRARY ${_starpu_core}
        HINTS ${PC_STARPU_LIBDIR} NO_CACHE)
    find_library(StarPU_MPI_LIBRARY ${PC_STARPUMPI_MODULE_NAME}
        HINTS ${PC_STARPUMPI_LIBDIR} NO_CACHE)
    find_file(_starpu_config starpu_config.h
        HINTS ${PC_STARPU_INCLUDE_DIRS} NO_CACHE)
    find_program(StarPU_FXT_TOOL starpu_fxt_tool
        HINTS ${StarPU_PREFIX}/bin NO_CACHE)
    file(STRINGS "${_starpu_config}" _starpu_defines
        REGEX "^#define STARPU_USE_(FXT|CUDA) 1")
    if(_starpu_defines MATCHES "FXT")
        set(StarPU_FXT ON)
    endif()
    if(_starpu_defines MATCHES "CUDA")
        set(StarPU_CUDA ON)
    endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(StarPU
    REQUIRED_VARS StarPU_MPI_LIBRARY StarPU_LIBRARY MPI_C_FOUND
    VERSION_VAR StarPU_VERSION
    REASON_FAILURE_MESSAGE "`sh cmake/setup.sh` installs it, and MPI")

if(StarPU_FOUND AND NOT TARGET StarPU::MPI)
    add_library(StarPU::StarPU UNKNOWN IMPORTED)
    set_target_properties(StarPU::StarPU PROPERTIES
        IMPORTED_LOCATION "${StarPU_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${PC_STARPU_INCLUDE_DIRS}"
        INTERFACE_COMPILE_OPTIONS "${PC_STARPU_CFLAGS_OTHER}"
        INTERFACE_LINK_OPTIONS "${PC_STARPU_LDFLAGS_OTHER}")
    add_library(StarPU::MPI UNKNOWN IMPORTED)
    set_target_properties(StarPU::MPI PROPERTIES
        IMPORTED_LOCATION "${StarPU_MPI_LIBRARY}"
        INTERFACE_LINK_LIBRARIES "StarPU::StarPU;MPI::MPI_C")
    message(STATUS "StarPU ${StarPU_VERSION} in ${StarPU_PREFIX}, "
        "FxT ${StarPU_FXT}, CUDA ${StarPU_CUDA}")
endif()
