#!/bin/sh
# Runs ./check of this tree on another release of Debian, in a chroot. Not part of CI: it fetches a system and takes as
# long as ./check does.
#
#   tests/releases.sh NAME [--root DIR] [--tests "FILES"] [ARGUMENTS OF ./check]
#
#   NAME            trixie, forky, sid ...: what debootstrap knows
#   --root DIR      make the system in DIR, outside the tree, and keep it; it is used again when it is there
#                   (default: a temporary directory, removed at the end)
#   --tests FILES   build, and run only these tests, as TESTS of make check: "base_test tests/e2e/flow_test.py"
#
#   DEBIAN_MIRROR   default: the one that apt uses here
#
# Needs root, debootstrap and unshare. Everything is mounted in a namespace of its own and is gone with this script. Exit
# code: that of ./check.
set -eu

usage()
{
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'
    exit "$1"
}

[ $# -gt 0 ] || usage 2
case $1 in
-h | --help) usage 0 ;;
-*) usage 2 ;;
esac
name=$1
root='' only=''
shift
while [ $# -gt 0 ]; do
    case $1 in
    --root | --tests) [ $# -gt 1 ] || usage 2 ;;
    esac
    case $1 in
    --root) root=$2 ; shift 2 ;;
    --tests) only=$2 ; shift 2 ;;
    *) break ;;
    esac
done

fail()
{
    echo "releases.sh: $*" >&2
    exit 2
}

[ "$(id -u)" -eq 0 ] || fail "only root may make a chroot"
for tool in debootstrap unshare git; do
    command -v $tool >/dev/null 2>&1 || fail "$tool is missing"
done

tree=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck disable=SC1091
. "$tree/build-aux/packages.sh"
# shellcheck disable=SC2016
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    grep -v -e security -e updates | head -n 1)}
[ -n "$mirror" ] || fail "apt knows no mirror: set DEBIAN_MIRROR"
scratch=$(mktemp -d)
trap 'rm -rf --one-file-system "$scratch"' EXIT
trap 'exit 130' INT TERM
[ -n "$root" ] || root=$scratch/$name
mkdir -p "$root"
root=$(cd "$root" && pwd)
case $root/ in
"$tree"/*) fail "$root lies in the tree" ;;
esac

# Run a command in the system, with what programs expect to be mounted. The namespace takes the mounts with it.
inside()
{
    # shellcheck disable=SC2016
    unshare --mount --pid --fork --kill-child sh -eu -c '
        root=$1
        shift
        mount --bind "$root" "$root"
        mount -t proc proc "$root/proc"
        mount --rbind /sys "$root/sys"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs -o mode=755 tmpfs "$root/run"
        cd "$root"
        pivot_root . . # so that / is a mount, which systemd-nspawn wants
        umount -l .
        exec chroot . env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM="${TERM:-dumb}" LC_ALL=C.UTF-8 \
            DEBIAN_FRONTEND=noninteractive http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" "$@"
    ' sh "$root" "$@"
}

if [ ! -e "$root/made" ]; then
    echo "Making $name in $root"
    debootstrap --variant=minbase --include=ca-certificates "$name" "$root" "$mirror" >"$scratch/log" 2>&1 || {
        tail -n 20 "$scratch/log"
        fail "debootstrap could not make $name"
    }
    # Nothing is started by packages, writes need not last, and a frozen mirror's lists may be old.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/quick"
    echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/old-lists"
    [ -s "$root/etc/hosts" ] || printf '127.0.0.1 localhost\n::1 localhost\n' >"$root/etc/hosts"
    touch "$root/made"
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"

echo "Installing what ./check needs"
# shellcheck disable=SC2086,SC2154
inside sh -c 'apt-get -qq update && apt-get -qq -y --no-install-recommends install "$@" >/dev/null' sh \
    $packages_build $packages_demo $packages_check </dev/null >"$scratch/log" 2>&1 || {
    tail -n 20 "$scratch/log"
    fail "its packages could not be installed"
}
# shellcheck disable=SC2016
inside dpkg-query -W -f '  ${Package} ${Version}\n' gcc libc6 libcmocka-dev tdsodbc unixodbc libconfig-dev \
    libmicrohttpd-dev libcurl4-openssl-dev python3 systemd

# The tree as git sees it, without what was built here. In a system that was kept, what was built there stays, unless
# files have left the tree: make would look for them.
copy=$root/srv/endpoint
mkdir -p "$copy"
(cd "$tree" && git -c safe.directory="$tree" ls-files --cached --others --exclude-standard | LC_ALL=C sort -u) >"$scratch/files"
if [ -e "$root/files" ] && [ -n "$(LC_ALL=C comm -23 "$root/files" "$scratch/files")" ]; then
    rm -rf --one-file-system "$copy"
    mkdir -p "$copy"
fi
cp "$scratch/files" "$root/files"
(cd "$tree" && tar --ignore-failed-read -T "$scratch/files" -cf - 2>/dev/null) | tar -xf - --no-same-owner -C "$copy"

status=0
if [ -n "$only" ]; then
    # shellcheck disable=SC2016
    inside sh -c '
        cd /srv/endpoint
        . build-aux/packages.sh
        packages_configure build-check --enable-werror --enable-test-hooks || exit 1
        make -k -s -C build-check -j"$(nproc)" all >build-check/build.log 2>&1 &&
            make -k -s -C build-check -j"$(nproc)" check TESTS= >>build-check/build.log 2>&1 || {
            grep -E "error|warning|\*\*\*" build-check/build.log | head -n 40
            exit 1
        }
        make -s -C build-check check TESTS="$1"
        code=$?
        grep -hE "^(not ok|# .*(Error|Failure))" build-check/tests/*/*.log build-check/*.log 2>/dev/null | head -n 60
        exit $code' sh "$only" </dev/null || status=$?
else
    inside sh -c 'cd /srv/endpoint && exec ./check "$@"' sh "$@" </dev/null || status=$?
fi
exit $status
