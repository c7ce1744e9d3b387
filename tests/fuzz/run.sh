#!/bin/sh
# Runs the fuzz targets, one after another: replays the corpus in the tree, then
# looks for more. Ends with 0 when nothing was found; else prints what was, and
# where the input lies that shows it (in BUILD/findings).
#
# usage: sh tests/fuzz/run.sh BUILD [SECONDS [TARGET...]]
#
# BUILD is where `cmake --preset fuzz` built (build/fuzz); SECONDS, 3 without, are
# for each target.
# FUZZ_KEEP=folder keeps the inputs that reach something new, in folder/TARGET,
# and starts from them the next time.
# FUZZ_SEED=n      1 without; 0 is another one each time.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
[ $# -gt 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0"; exit 2; }
build=$(cd "$1" && pwd) || exit 1
seconds=${2:-3}
shift $(($# > 1 ? 2 : 1))
[ $# -gt 0 ] || set -- cifar idx model npy options pictures shards spec split

# Each target has a folder of its own in TMPDIR, in memory where there is some.
memory=/dev/shm
[ -w "$memory" ] || memory=${TMPDIR:-/tmp}
TMPDIR=$(mktemp -d "$memory/tg_fuzz.XXXXXX") || exit 1
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 130' INT TERM HUP
keep=${FUZZ_KEEP:-$TMPDIR/corpus}
mkdir -p "$keep" "$build/findings" || exit 1
keep=$(cd "$keep" && pwd) # a target changes its folder

# A sanitizer's remarks, and little memory for freed blocks: many runs a second.
export ASAN_OPTIONS=detect_leaks=1:quarantine_size_mb=32
export UBSAN_OPTIONS=print_stacktrace=1

stat() { sed -n "s/^stat::$1: *//p" "$log"; }

# run TARGET: one line of figures, or what was found
run() {
    log=$build/findings/$1.log
    dictionary=$here/dict/$1.dict
    [ -f "$dictionary" ] || dictionary=''
    mkdir -p "$keep/$1"
    if ! "$build/tests/fuzz/fuzz_$1" "$keep/$1" "$here/corpus/$1" \
        -max_total_time="$seconds" -seed="${FUZZ_SEED:-1}" -max_len=8192 \
        ${dictionary:+"-dict=$dictionary"} -timeout=20 -rss_limit_mb=1024 \
        -malloc_limit_mb=256 -artifact_prefix="$build/findings/$1-" \
        -print_final_stats=1 >"$log" 2>&1 </dev/null; then
        grep -v -e '^#[0-9]' -e '^INFO' "$log" | head -n 40
        sed -n 's/.*Test unit written to /fuzz: input: /p' "$log"
        return 1
    fi
    cover=$(sed -n 's/^#.*DONE *cov: \([0-9]*\).*/\1/p' "$log")
    printf 'fuzz: %-9s %9s runs, %6s a second, %5s edges, nothing found\n' \
        "$1" "$(stat number_of_executed_units)" \
        "$(stat average_exec_per_sec)" "$cover"
}

status=0
for target in "$@"; do
    run "$target" || status=1
done
exit $status
