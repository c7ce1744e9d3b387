#!/bin/sh
# Which lines of the readers the corpora reach, all targets together: builds these
# once more, for clang's source coverage (Debian: llvm), replays the corpora and
# prints a table.
#
# usage: sh tests/fuzz/coverage.sh BUILD [CORPORA]
#
# BUILD is a folder to build in (build/fuzz-coverage); CORPORA, tests/fuzz/corpus
# without, may be a FUZZ_KEEP folder of run.sh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2; }
mkdir -p "$1"
build=$(cd "$1" && pwd)
corpora=$(cd "${2:-$here/corpus}" && pwd)

cd "$here/../.."
cmake --preset fuzz -B "$build" \
    -DCMAKE_C_FLAGS='-fprofile-instr-generate -fcoverage-mapping' >/dev/null
cmake --build "$build" --target fuzz >/dev/null

rm -f "$build"/*.profraw
set --
for target in "$corpora"/*; do
    name=${target##*/}
    program=$build/tests/fuzz/fuzz_$name
    LLVM_PROFILE_FILE=$build/$name.profraw "$program" -runs=0 "$target" 2>/dev/null
    [ $# -eq 0 ] || set -- "$@" -object
    set -- "$@" "$program"
done
llvm-profdata merge -o "$build/all.profdata" "$build"/*.profraw
llvm-cov report "$@" -instr-profile="$build/all.profdata" \
    src/base/safetensors.c src/base/tensor.c src/data src/image src/method/files.c \
    src/method/shared_options.c src/method/ridge/fit_options.c \
    src/method/ridge/ridge_model.c src/model src/options |
    awk '$1 ~ /\.c$|TOTAL/ { printf "%-26s %5d of %5d lines, %s\n", $1, $8 - $9,
                             $8, $10 }'
