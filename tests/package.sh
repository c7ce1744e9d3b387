#!/bin/sh
# The Debian package, from the sources to a clean system: builds it, has lintian
# look at it, installs it into a new debootstrap folder, uses it there as an
# ordinary user would, and removes it again.
#
# usage: sh tests/package.sh [FILE.deb]      (default: build it)
#
# Takes root, a mirror of Debian, 600 MB in $TMPDIR and about a minute.  Ends
# with 0 when all is well, 1 when not, and 77 where it could not be tried.
set -u
cd "$(dirname "$0")/.." || exit 1

say() { printf 'package: %s\n' "$*"; }
die() { say "error: $*" >&2; exit 1; }
skip() { say "not tried: $*"; exit 77; }

if [ $# -eq 0 ]; then
    if ! sh cmake/setup.sh --tests --packaged-starpu ||
        ! cmake --workflow --preset package; then
        die 'the package cannot be built'
    fi
    set -- build/package/starpu-ridge_*.deb
fi
if [ $# -ne 1 ] || [ ! -f "$1" ]; then
    die "not one package: $*"
fi

lintian --allow-root --fail-on error --display-info "$1" ||
    die 'lintian finds errors'

[ "$(id -u)" -eq 0 ] || skip 'debootstrap takes root'
unshare --mount true || skip 'this root may not mount file systems'
work=$(mktemp -d) || die 'no temporary folder; set TMPDIR'
root=$work/root
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM HUP

# What debootstrap and the script below mount goes with their name spaces.
# shellcheck disable=SC2016 # $(REPO_URI) is apt's
mirror=$(apt-get indextargets --format '$(REPO_URI)' |
    grep -m 1 '/debian/*$') || mirror=http://deb.debian.org/debian
# shellcheck disable=SC1091 # a file of the system
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
say "Debian $suite from $mirror"
if ! unshare --mount debootstrap --variant=minbase "$suite" "$root" "$mirror" \
    >"$work/log" 2>&1; then
    tail -n 5 "$work/log"
    skip 'debootstrap failed: is the mirror within reach, and may' \
        "$work hold devices and programs (else set TMPDIR)?"
fi
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
apt-config dump Acquire >"$root/etc/apt/apt.conf.d/99acquire"
echo "127.0.0.1 localhost $(hostname)" >"$root/etc/hosts"
cp "$1" "$root/starpu-ridge.deb"

cat >"$root/check.sh" <<'END'
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
quiet() { "$@" >/log 2>&1 || { tail -n 20 /log; exit 1; }; }

# expect WORD COMMAND: an ordinary user's command prints the word
expect() {
    echo "package: \$ $2"
    timeout 120 runuser -u someone -- env HOME=/home/someone \
        sh -c "cd && $2" >/log 2>&1 && grep -qF -e "$1" /log ||
        { cat /log; echo "package: no '$1', or a failure"; exit 1; }
}

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /dev/shm
quiet apt-get update
quiet apt-get install -y --no-install-recommends /starpu-ridge.deb
quiet useradd --create-home someone
dpkg --listfiles starpu-ridge | while read -r name; do
    [ -d "$name" ] || echo "$name"
done >/files
doc=/usr/share/doc/starpu-ridge
gzip -t $doc/changelog.gz
test -s $doc/copyright -a -s $doc/README.md -a -x $doc/examples/get_data.sh

expect 'StarPU 1.3' 'starpu_ridge --version'
expect Accuracy 'starpu_ridge --data synth:2000'
expect Accuracy 'mpirun --oversubscribe -np 2 starpu_ridge --tiles 8 \
    --data synth:2000 --model m.safetensors'
expect '334 p.csv' 'starpu_ridge predict --model m.safetensors --data synth:2000 \
    --output p.csv && wc -l p.csv'
expect '28 x 28' 'starpu_ridge info m.safetensors'
expect 'w.png' 'starpu_ridge --data synth:2000 --quiet --confusion c.png \
    --weights w.png && ls c.png w.png'

# Programs of other packages, after what must do without them.
quiet apt-get install -y --no-install-recommends bash-completion gnuplot-nox \
    man-db
expect 'r.html' 'starpu_ridge --data synth:2000 --quiet --report r.html && ls'
expect 'SIGTERM' 'man starpu_ridge'
expect _starpu_ridge "bash -c '. /usr/share/bash-completion/bash_completion
    _completion_loader starpu_ridge; complete -p starpu_ridge'"
umount --lazy /proc
expect Accuracy 'starpu_ridge --data synth:2000 --lambda 1  # without /proc'
mount -t proc proc /proc

quiet apt-get remove -y starpu-ridge
while read -r name; do
    [ ! -e "$name" ] || { echo "package: $name is left"; exit 1; }
done </files
[ -s /files ] && [ ! -e $doc ]
END
unshare --mount --pid --fork --kill-child chroot "$root" sh /check.sh ||
    die 'the package does not work in a clean system'
say "$(basename "$1") works, and leaves nothing when removed"
