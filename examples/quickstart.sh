#!/bin/sh
# From a fresh clone to a trained classifier: sets up the machine, builds, runs.
# Every command is shown before it runs, to be typed again by hand.
#
# usage: sh examples/quickstart.sh
set -eu
cd "$(dirname "$0")/.."

# The commands are shown one by one, as they can be typed.
run() {
    printf '\n$ %s\n' "$*"
    "$@"
}

run sh cmake/setup.sh
run cmake --preset release
run cmake --build build --target starpu_ridge

# shellcheck disable=SC2016 # shown, not expanded
printf '\n$ export PATH="$PWD/build:$PATH"\n'
export PATH="$PWD/build:$PATH"
if [ "$(id -u)" -eq 0 ]; then
    # OpenMPI runs as root only when told twice.
    run export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
run mpirun starpu_ridge --tiles 64

cat <<'END'

It works. What to try next, in this folder, after the exports above:
  mpirun -np 1 starpu_ridge --tiles 64              one rank finds the same
  starpu_ridge --report digits.html                 a page to look at
  mpirun starpu_ridge --data FOLDER --model m.safetensors
      your data: MNIST's or CIFAR's files, or a sub-folder of pictures a class
  starpu_ridge predict --model m.safetensors --data FOLDER --output p.csv
  starpu_ridge --help                               commands, common options
  starpu_ridge fit --help                           everything else
  sh tests/run.sh                                   all tests
END
