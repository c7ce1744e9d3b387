#!/bin/sh
# Sets up everything starpu_ridge needs on Debian: system packages, and StarPU
# 1.4 built from Debian's source package into a prefix outside the tree. Run it
# as often as you like; when all is there it only looks and ends.
#
# usage: sh cmake/setup.sh [--tests] [--packaged-starpu]
#        sh cmake/setup.sh --print-pkg-config-path
#
#   --tests                  also what the tests need (scikit-learn, ViTE)
#   --packaged-starpu        take the distribution's StarPU 1.3, build nothing
#   --print-pkg-config-path  print where StarPU's .pc files are; install nothing
#
# STARPU_PREFIX=dir     use the StarPU installed there, build nothing
# STARPU_TARBALL=file   build this StarPU 1.4 source, download nothing
# STARPU_WITH_CUDA=1    build StarPU with CUDA (CUDA_HOME, or /usr/local/cuda)
#
# The last line of the output is PKG_CONFIG_PATH=<dir>, empty for packaged StarPU.
set -eu
export LC_ALL=C

packages='build-essential cmake ninja-build pkg-config openmpi-bin libopenmpi-dev
  libopenblas-dev libpng-dev libjpeg-dev liblcms2-dev libdeflate-dev zlib1g-dev
  libutf8proc-dev libjansson-dev libhwloc-dev libfxt-dev libcmocka-dev
  libcairo2-dev fonts-dejavu-core gnuplot-nox curl'
starpu_packages='libltdl-dev dpkg-dev xz-utils debian-archive-keyring'
test_packages='python3-numpy python3-scipy python3-sklearn graphviz vite clang
  libclang-rt-dev chromium chromium-driver python3-selenium mandoc groff-base
  lintian debootstrap'

home=${XDG_DATA_HOME:-$HOME/.local/share}/starpu_ridge
prefix=$home/starpu-1.4
stamp=$prefix/.complete    # written last, so it proves a whole build
log=$home/starpu-1.4-build.log
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
tarball=${STARPU_TARBALL:-}
cuda=--disable-cuda
[ "${STARPU_WITH_CUDA:-0}" != 1 ] ||
    cuda=--with-cuda-dir=${CUDA_HOME:-/usr/local/cuda}
work=''

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: error: %s\n' "$*" >&2; exit 1; }
finish() { printf 'PKG_CONFIG_PATH=%s\n' "$1"; exit 0; }

# --- system packages ---------------------------------------------------------

# Without the lock's descriptor: a daemon that a package starts would keep it.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@" 9>&-
    else
        sudo "$@" 9>&-
    fi
}

need_packages() {
    missing=''
    for package in "$@"; do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) ||
            true
        [ "$status" = installed ] || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "installing$missing"
    # shellcheck disable=SC2086 # a list of package names
    if ! { as_root apt-get update &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y \
            --no-install-recommends -o DPkg::Lock::Timeout=600 $missing; } \
        >"$home/apt.log" 2>&1; then
        tail -n 5 "$home/apt.log" >&2
        die "apt-get could not install the packages named above: is the" \
            "package mirror within reach, and are you root or may use sudo?" \
            "Or have someone run, as root: apt-get install$missing" \
            "(whole log: $home/apt.log)"
    fi
}

# --- StarPU 1.4 --------------------------------------------------------------

# pc_dir PREFIX: the directory of PREFIX that holds StarPU-MPI's .pc file
pc_dir() {
    for name in starpumpi-1.4 starpumpi-1.3; do
        for dir in "$1"/lib/pkgconfig "$1"/lib64/pkgconfig "$1"/lib/*/pkgconfig; do
            if [ -f "$dir/$name.pc" ]; then
                printf '%s\n' "$dir"
                return 0
            fi
        done
    done
    die "STARPU_PREFIX: no lib/pkgconfig/starpumpi-1.4.pc (nor -1.3.pc) in $1:" \
        "is StarPU installed there, and built with MPI?"
}

# Is a whole build there that has what was asked for?
have_starpu() {
    [ -f "$stamp" ] || return 1
    [ -z "$tarball" ] || grep -qF -e "$tarball" "$stamp" || return 1
    [ "$cuda" = --disable-cuda ] || grep -qF -e "$cuda" "$stamp"
}

# Downloads Debian's source package into $work/source. apt gets lists, cache and
# sources of its own, so the machine's configuration stays as it is; it checks
# the suite's signature, and by it the package's checksums. Suites' indexes name
# versions that the mirror no longer has: take the newest that downloads.
download_starpu() {
    # shellcheck disable=SC2016 # $(REPO_URI) is apt's
    mirror=$(apt-get indextargets --format '$(REPO_URI)' |
        grep -m 1 '/debian/*$') || mirror=http://deb.debian.org/debian
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    for suite in sid testing stable; do
        echo "deb-src [signed-by=$keyring] $mirror $suite main" >"$work/list"
        set -- -o Dir::Etc::SourceList="$work/list" \
            -o Dir::Etc::SourceParts=/dev/null -o Dir::Cache="$work/cache" \
            -o Dir::State::Lists="$work/lists" -o Acquire::Retries=2 \
            -o Acquire::http::Timeout=30 -o Acquire::Check-Valid-Until=false
        apt-get "$@" --error-on=any update || continue
        for version in $(apt-cache "$@" showsrc starpu |
            sed -n 's/^Version: \(1\.4\..*\)/\1/p' | sort -Vru); do
            if (cd "$work" &&
                apt-get "$@" source --download-only "starpu=$version"); then
                # dpkg-source warns that it cannot check the maintainer's own
                # signature; apt has checked the archive's, which covers it.
                dpkg-source -x "$work"/starpu_*.dsc "$work/source"
                return 0
            fi
        done
    done
    echo 'no StarPU 1.4 could be downloaded'
    return 1
}

# Builds $work/source. No BLAS: StarPU needs none for itself, and a second copy
# of OpenBLAS would be loaded with it. Options that would otherwise follow what
# happens to be installed are off, so the same library comes out everywhere.
compile_starpu() {
    # cudaDeviceProp has no computeMode any more since CUDA 13.
    sed -i 's/props\[devid\]\.computeMode/({ int mode = 0; cudaDeviceGetAttribute(\
        \&mode, cudaDevAttrComputeMode, devid); mode; })/' \
        "$work"/source/src/drivers/cuda/driver_cuda*.c
    mkdir "$work/build"
    cd "$work/build"
    ../source/configure --prefix="$prefix" --libdir="$prefix/lib" \
        --with-fxt --enable-maxcpus=128 "$cuda" --disable-static --disable-gdb \
        --disable-build-doc --disable-build-examples --disable-build-tests \
        --disable-socl --disable-starpufft --disable-opencl --disable-hip \
        --disable-fortran --disable-starpupy --disable-starpurm \
        --disable-openmp --disable-mlr --disable-mpi-check --disable-glpk \
        --disable-opengl-render --disable-hdf5 --disable-papi \
        --enable-blas-lib=none
    make -j "$cores"
    make install DESTDIR="$work/root"
    # Copied beside the prefix first: taking its place is then one rename.
    rm -rf "$prefix.new"
    cp -a "$work/root$prefix" "$prefix.new"
    config=$(echo "$prefix.new"/include/starpu/*/starpu_config.h)
    grep '^#define STARPU_USE_FXT 1' "$config"
    [ "$cuda" = --disable-cuda ] || grep '^#define STARPU_USE_CUDA 1' "$config"
    version=$(sed -n 's/^Version: //p' "$prefix.new/lib/pkgconfig/starpumpi-1.4.pc")
    echo "StarPU $version $cuda $tarball" >"$prefix.new/${stamp##*/}"
    rm -rf "$prefix"
    mv "$prefix.new" "$prefix"
}

build_starpu() {
    start=$(date +%s)
    cores=$(nproc)
    exec 3>&1 >"$log" 2>&1 </dev/null
    if [ -n "$tarball" ]; then
        say "StarPU 1.4: unpacking $tarball" >&3
        mkdir "$work/source"
        tar -xf "$tarball" -C "$work/source" --strip-components=1
    else
        say 'StarPU 1.4: downloading the source (20 MB)' >&3
        download_starpu
    fi
    say "StarPU 1.4: building on $cores cores, about $((25 + 80 / cores)) s" >&3
    compile_starpu
    say "StarPU 1.4: built in $(($(date +%s) - start)) s" >&3
}

# --- main --------------------------------------------------------------------

tests='' packaged=''
for argument in "$@"; do
    case $argument in
    --tests) tests=yes ;;
    --packaged-starpu) packaged=yes ;;
    --print-pkg-config-path)
        if [ -n "${STARPU_PREFIX:-}" ]; then
            pc_dir "$STARPU_PREFIX"
        elif [ -f "$stamp" ]; then
            pc_dir "$prefix"
        fi
        exit 0
        ;;
    -h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) die "unknown argument $argument (--help lists them)" ;;
    esac
done
[ -z "$tarball" ] || [ -r "$tarball" ] || die "STARPU_TARBALL: cannot read $tarball"
command -v dpkg-query >/dev/null ||
    die "this is no Debian. Install yourself what these contain, and StarPU 1.4" \
        "with MPI, then run cmake: $(echo "$packages" | tr -s '\n ' ' ')"
mkdir -p "$home"
exec 9>"$home/lock"
flock -n 9 || { say 'waiting for another set-up to end'; flock 9; }

# shellcheck disable=SC2086 # a list of package names
need_packages $packages ${tests:+$test_packages}

if [ -n "${STARPU_PREFIX:-}" ] && [ -z "$packaged" ]; then
    dir=$(pc_dir "$STARPU_PREFIX")
    say "ready: your StarPU in $STARPU_PREFIX"
    finish "$dir"
fi
if [ -z "$packaged" ]; then
    if ! have_starpu; then
        # shellcheck disable=SC2086 # a list of package names
        need_packages $starpu_packages
        work=$(mktemp -d)
        trap 'rm -rf "$work" "$prefix.new"' EXIT
        trap 'exit 130' INT TERM HUP
        # Not as a condition: the shell would then ignore -e in all of it.
        set +e
        (set -e; build_starpu)
        set -e
    fi
    if have_starpu; then
        say "ready: $(cut -d ' ' -f 1,2 "$stamp") in $prefix"
        finish "$prefix/lib/pkgconfig"
    fi
    [ "$tarball$cuda" = --disable-cuda ] ||
        die "StarPU 1.4 could not be built as asked for; see the end of $log"
    say "StarPU 1.4 could not be had (log: $log); taking the packaged 1.3:" \
        "no traces (FxT), at most 4 workers a process"
fi
need_packages libstarpu-dev file # CPack tells programs apart by `file`
say "ready: packaged StarPU $(dpkg-query -W -f '${Version}' libstarpu-dev)"
finish ''
