#!/bin/sh
# Downloads public data sets, checks their md5 sums and unpacks them.
#
# usage: sh examples/get_data.sh [mnist|cifar10|cifar100|all] [FOLDER]
#
# The default is mnist, into ./data.  What arrives:
#   FOLDER/mnist      60,000 + 10,000 gray digits 28x28, as four IDX files .gz
#   FOLDER/cifar10    50,000 + 10,000 colour pictures 32x32, six binary batches
#   FOLDER/cifar100   the same number of pictures in 100 classes, two batches
# Each can be given to starpu_ridge --data as it is.  What is already there and
# right is left alone; a download that broke off goes on where it stopped; a
# file takes its name only once its sum is right.
#
# Environment:
#   STARPU_RIDGE_MIRROR   base URLs, separated by spaces, to fetch from in place
#                         of the public ones: MIRROR/train-images-idx3-ubyte.gz
#   STARPU_RIDGE_SUMS     a file in md5sum's format whose sums go before those
#                         in this script
#   https_proxy, ...      as curl and wget have it
#
# Needs curl or wget; tar and gzip for CIFAR, and 350 MB of space for each.
# Exit status: 0 when all is there and right, 1 when not, 64 for a wrong usage.
set -uf

MNIST='https://ossci-datasets.s3.amazonaws.com/mnist
https://storage.googleapis.com/cvdf-datasets/mnist'
CIFAR='https://www.cs.toronto.edu/~kriz
https://cave.cs.toronto.edu/kriz'

# The md5 sums that are published, and else the sizes.
SUMS='
f68b3c2dcbeaaa9fbdd348bbdeb94873  train-images-idx3-ubyte.gz
d53e105ee54ea40749a09fcbcd1e9432  train-labels-idx1-ubyte.gz
9fb629c4189551a2d022fa330f9573f3  t10k-images-idx3-ubyte.gz
ec29112dd5afa0611ce80d1b7f02629c  t10k-labels-idx1-ubyte.gz
c32a1d4ab5d03f1284b67883e8d87530  cifar-10-binary.tar.gz
5dd7e06a14cb22eb9f671a540d1b7c25  data_batch_1.bin
5ea93a67294ea407fff1d09f752e9692  data_batch_2.bin
942cd6a4bcdd0dd3c604fbe906cb4421  data_batch_3.bin
ae636b3ba5c66a11e91e8cb52e771fcb  data_batch_4.bin
53f37980c15c3d472c316c40844f3f0d  data_batch_5.bin
803d5f7f4d78ea53de84dbe85f74fb6d  test_batch.bin
03b5dce01913d631647c71ecec9e9cb8  cifar-100-binary.tar.gz
153700000  train.bin
30740000  test.bin
'

say() {
    printf '%s\n' "$*"
}

complain() {
    printf 'get_data: %s\n' "$*" >&2
}

have() {
    command -v "$1" >/dev/null 2>&1
}

size_of() {
    if [ -e "$1" ]; then wc -c <"$1" | tr -d ' '; else echo 0; fi
}

md5_of() {
    if have md5sum; then
        md5sum <"$1"
    elif have md5; then
        md5 -q <"$1"
    else
        openssl md5 -r <"$1"
    fi | cut -c 1-32
}

# expected NAME: its md5 sum or size; nothing for the lists of class names,
# which only the sum of their archive guards
expected() {
    printf '%s\n%s\n' "$(cat "${STARPU_RIDGE_SUMS:-/dev/null}")" "$SUMS" |
        awk -v name="$1" '{ sub(/^\*/, "", $2) }
                          $2 == name { print $1; exit }'
}

# is_right FILE NAME: is FILE there, with what NAME should hold?
is_right() {
    [ -s "$1" ] || return 1
    wanted=$(expected "$2")
    case ${#wanted} in
    0) ;;
    32) [ "$(md5_of "$1")" = "$wanted" ] ;;
    *) [ "$(size_of "$1")" = "$wanted" ] ;;
    esac
}

curl_to() { # FILE URL [OPTION...]
    target=$1 address=$2
    shift 2
    if [ -t 2 ]; then progress=-#; else progress=-sS; fi
    curl -f -L "$progress" --connect-timeout 20 --speed-limit 1 \
        --speed-time 60 -o "$target" "$@" "$address"
}

# download URL FILE: goes on after what FILE holds; one attempt
download() {
    if ! have curl; then
        if [ -t 2 ]; then progress=--show-progress; else progress=-nv; fi
        wget -c "$progress" -T 30 -t 2 -O "$2" "$1"
        return
    fi
    code=$(curl_to "$2" "$1" -C - -w '%{http_code}') && return
    status=$?
    # The server has no such range, or knows no ranges: the whole, then.
    if [ "$code" = 416 ] || [ "$status" -eq 33 ]; then
        rm -f "$2"
        curl_to "$2" "$1"
        return
    fi
    return "$status"
}

# transfer URL FILE: downloads, and goes on as long as something arrives
transfer() {
    attempts=0
    while :; do
        before=$(size_of "$2")
        download "$1" "$2" && return
        after=$(size_of "$2")
        attempts=$((attempts + 1))
        if [ "$after" -le "$before" ] || [ "$attempts" -eq 10 ]; then
            [ "$after" -gt 0 ] || rm -f "$2"
            return 1
        fi
        complain "$1: broke off after $after bytes; going on"
    done
}

# fetch_from URL FILE: a wrong sum is answered by one more download
fetch_from() {
    name=${2##*/}
    part=$2.part
    for remedy in 'once more from the start' 'giving this address up'; do
        if ! is_right "$part" "$name"; then
            say "fetching $1"
            transfer "$1" "$part" || {
                complain "$1: failed"
                return 1
            }
        fi
        if is_right "$part" "$name"; then
            mv -f "$part" "$2"
            return
        fi
        complain "$1: md5 sum $(md5_of "$part"), should be $wanted;" \
            "removed, $remedy"
        rm -f "$part"
    done
    return 1
}

# fetch FILE MIRROR...: into FILE, whatever was there before
fetch() {
    file=$1
    shift
    if is_right "$file" "${file##*/}"; then
        say "$file: already there, and right"
        return
    elif [ -e "$file" ]; then
        complain "$file: wrong md5 sum; removed, fetching it again"
        rm -f "$file"
    fi
    # shellcheck disable=SC2086 # a list
    [ -z "${STARPU_RIDGE_MIRROR:-}" ] || set -- $STARPU_RIDGE_MIRROR
    for mirror in "$@"; do
        fetch_from "${mirror%/}/${file##*/}" "$file" && return
    done
    complain "${file##*/}: could not be fetched; tried: $*"
    absent="$absent $file"
    return 1
}

mnist() {
    mkdir -p "$data/mnist" || return 1
    failed=0
    for stem in train-images-idx3 train-labels-idx1 t10k-images-idx3 \
        t10k-labels-idx1; do
        # shellcheck disable=SC2086 # a list
        fetch "$data/mnist/$stem-ubyte.gz" $MNIST || failed=1
    done
    [ "$failed" -eq 0 ] && say "$data/mnist: ready"
}

# all_right FOLDER NAME...
all_right() {
    folder=$1
    shift
    for member in "$@"; do
        is_right "$folder/$member" "$member" || return 1
    done
}

# cifar FOLDER ARCHIVE INNER-FOLDER NAME...: the archive goes once unpacked
cifar() {
    folder=$1 archive=$data/$2 inner=$1.part/$3
    shift 3
    if all_right "$folder" "$@"; then
        say "$folder: already there, and right"
        return
    fi
    mkdir -p "$folder" || return 1
    # shellcheck disable=SC2086 # a list
    fetch "$archive" $CIFAR || return 1
    say "unpacking $archive"
    rm -rf "$folder.part"
    mkdir "$folder.part" || return 1
    if ! tar -x -z -o -f "$archive" -C "$folder.part"; then
        complain "$archive: cannot be unpacked; is the disk full?"
        rm -rf "$folder.part"
        return 1
    fi
    for member in "$@"; do
        if ! is_right "$inner/$member" "$member"; then
            complain "$archive: its $member is missing or wrong, though the" \
                "archive's own sum is right; is the disk full or broken?"
            rm -rf "$folder.part"
            return 1
        fi
        mv -f "$inner/$member" "$folder/$member" || return 1
    done
    rm -rf "$folder.part" "$archive"
    say "$folder: ready"
}

cifar10() {
    cifar "$data/cifar10" cifar-10-binary.tar.gz cifar-10-batches-bin \
        data_batch_1.bin data_batch_2.bin data_batch_3.bin data_batch_4.bin \
        data_batch_5.bin test_batch.bin batches.meta.txt
}

cifar100() {
    cifar "$data/cifar100" cifar-100-binary.tar.gz cifar-100-binary \
        train.bin test.bin fine_label_names.txt coarse_label_names.txt
}

usage='usage: sh get_data.sh [mnist|cifar10|cifar100|all] [FOLDER]'
case ${1:-mnist} in
-h | --help)
    say "$usage"
    exit
    ;;
mnist | cifar10 | cifar100) sets=${1:-mnist} ;;
all) sets='mnist cifar10 cifar100' ;;
*)
    complain "$1: no such data set"
    say "$usage" >&2
    exit 64
    ;;
esac
if [ $# -gt 2 ]; then
    say "$usage" >&2
    exit 64
fi
data=${2:-data}
data=${data%/}

if ! have curl && ! have wget; then
    complain 'needs curl or wget; for example: apt-get install curl'
    exit 1
elif ! have md5sum && ! have md5 && ! have openssl; then
    complain 'needs md5sum (coreutils), md5 or openssl, to check sums'
    exit 1
elif ! [ -r "${STARPU_RIDGE_SUMS:-/dev/null}" ]; then
    complain "$STARPU_RIDGE_SUMS: cannot be read (STARPU_RIDGE_SUMS)"
    exit 1
fi
absent=
result=0
for choice in $sets; do
    case $choice in
    mnist) mnist ;;
    cifar10) cifar10 ;;
    cifar100) cifar100 ;;
    esac || result=1
done
if [ -n "$absent" ]; then
    complain 'is the network there (a proxy: https_proxy)?  Run the same' \
        'command again: it goes on where it stopped.  Or name another mirror:' \
        "STARPU_RIDGE_MIRROR=URL; or put the files there yourself:$absent"
fi
exit $result
