#!/bin/sh
# All tests with one command: sets up the machine, builds with warnings as errors
# and runs ctest; then the unit tests under the sanitizers, the readers under a
# fuzzer, a smoke test against the packaged StarPU 1.3, and the Debian package in
# a clean system.
#
# usage: sh tests/run.sh [--quick | CTEST-ARGUMENT...]
#
# With arguments (such as -L unit, or -R split) only the first build is made, and
# ctest gets them; --quick are those of the unit tests and of some runs. Ends with
# 0 when all passed.
#
# What takes longer, after this:
#   ctest --preset asan                        all tests under the sanitizers;
#       with STARPU_RIDGE_RANKS=1 or 2, on so many ranks where a test leaves it
#   cmake --preset valgrind && cmake --build --preset valgrind &&
#       OPENBLAS_CORETYPE=Haswell ctest --test-dir build/valgrind -L unit \
#       -T memcheck                            the unit tests under valgrind
#   sudo python3 tests/containers.py           the recipes of containers, carried
#       out in folders
set -u
cd "$(dirname "$0")/.." || exit 1

if [ "${1:-}" = --quick ]; then
    shift
    set -- -R '^(src|codelets|graphs|rooms)/|^program/(edges|options|predict)$' "$@"
fi

failed=''
begun=$(date +%s)

headline() {
    printf '\n=== %s\n' "$1"
    started=$(date +%s)
}

# verdict STATUS NAME: notes the failure, if it is one; prints the time taken
verdict() {
    if [ "$1" -eq 0 ]; then
        result=passed
    else
        result=FAILED
        failed="$failed, $2"
    fi
    printf '=== %s: %s, %d s\n' "$2" "$result" $(($(date +%s) - started))
    return "$1"
}

build() {
    cmake --preset "$1" && cmake --build --preset "$1"
}

if [ "$(id -u)" -eq 0 ]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
export CTEST_PARALLEL_LEVEL=1    # the tests start ranks of their own

headline 'set-up'
sh cmake/setup.sh --tests
verdict $? set-up || exit 1

headline 'build'
build ci
verdict $? build || exit 1

headline 'tests'
ctest --preset ci --output-log build/ci/tests.log "$@"
verdict $? tests
[ $# -eq 0 ] || exit $((${#failed} > 0))

headline 'rooms as shared libraries, and who may call whom'
build rooms &&
    STARPU_RIDGE_ROOMS=build/rooms /usr/bin/python3 -B tests/rooms/test_rooms.py \
        build/rooms
verdict $? rooms

few='^program/(options|predict)$'
headline 'address and undefined-behaviour sanitizers: unit tests, some runs'
build asan && ctest --preset asan -L unit &&
    STARPU_RIDGE_RANKS=1 ctest --preset asan -R "$few" &&
    STARPU_RIDGE_RANKS=2 ctest --preset asan -R "$few"
verdict $? sanitizers

headline 'fuzzing, a few seconds for each reader'
build fuzz && sh tests/fuzz/run.sh build/fuzz 3
verdict $? fuzzing

headline 'smoke test with the packaged StarPU 1.3'
sh cmake/setup.sh --packaged-starpu && build packaged &&
    build/starpu13/starpu_ridge --data synth:2000 --tiles 8 --quiet
verdict $? 'StarPU 1.3'

headline 'Debian package, in a clean system'
sh tests/package.sh
status=$?
[ $status -ne 77 ] || status=0    # it has said why it could not be tried
verdict $status 'Debian package'

printf '\n=== result\n'
sed -n '/tests passed/,$p' build/ci/tests.log    # ctest's own summary, again
printf '=== all: %d s; ' $(($(date +%s) - begun))
if [ -n "$failed" ]; then
    printf 'FAILED: %s\n' "${failed#, }"
    exit 1
fi
echo 'passed'
