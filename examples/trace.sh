#!/bin/sh
# The two pictures of a run that README shows, from a small run of two ranks:
# the task graph, by graphviz, and the timeline, by ViTE without a display.
#
# usage: sh examples/trace.sh [FOLDER]      (default: trace)
#
# Needs starpu_ridge on the PATH or in build/, dot (graphviz) and vite.
# Leaves FOLDER/dag.svg, FOLDER/timeline.svg and what they are made of.
set -eu

folder=${1:-trace}
here=$(cd "$(dirname "$0")/.." && pwd)
PATH="$PATH:$here/build"

for tool in starpu_ridge mpirun dot vite; do
    command -v "$tool" >/dev/null || {
        echo "trace.sh: '$tool' is missing; sh examples/quickstart.sh builds" \
            "the program, apt install graphviz vite brings the others" >&2
        exit 69
    }
done
if [ "$(id -u)" -eq 0 ]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi

mpirun --oversubscribe -np 2 starpu_ridge --data synth:4000 --tiles 4 \
    --lanes 2 --lambda 1 --quiet --trace "$folder"
# Without the arrows that follow from others.
tred "$folder/dag.dot" | dot -Tsvg >"$folder/dag.svg"
# From the first task to the last: the records begin with StarPU's start.
span=$(awk '$1 == 20 && $4 == "WS" { first = first ? first : $2; last = $2 }
    END { printf "%.0f:%.0f", first - 1, last + 1 }' "$folder/paje.trace")
QT_QPA_PLATFORM=offscreen vite -t "$span" -e "$folder/timeline.svg" \
    "$folder/paje.trace" >/dev/null 2>&1
echo "$folder/dag.svg       the task graph"
echo "$folder/timeline.svg  who did what when (vite $folder/paje.trace looks closer)"
