#!/usr/bin/env bash
# Tries the project as a newcomer does: a bare Debian 12 and 13 with nothing
# but make and git, a clean clone, and one command typed.
#     bare-test.sh [-c COMMAND]... [SUITE]...
# default: `make demo`, and `make test` in another fresh tree, on each suite.
# Needs root. Trees are under build/bare; mounts and processes are in
# namespaces of their own and vanish with this script, however it ends.
#
# The clone is of the last commit. Behind a proxy with a certificate of its
# own the host's certificates and package clients' settings come along.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bare=$root/build/bare

if [ "$(id -u)" -ne 0 ]; then
    echo "bare-test.sh needs root: debootstrap and chroot do" >&2
    exit 1
fi
if [ -z "${BARE_TEST_INSIDE:-}" ]; then
    "$here/setup.sh" bare
    BARE_TEST_INSIDE=1 exec unshare --mount --pid --fork --kill-child \
        --propagation private "$0" "$@"
fi

commands=()
while getopts c: option; do
    case $option in
        c) commands+=("$OPTARG") ;;
        *) exit 64 ;;
    esac
done
shift $((OPTIND - 1))
[ ${#commands[@]} -gt 0 ] || commands=("make demo" "make test")
[ $# -gt 0 ] || set -- bookworm trixie

# Runs one command in a fresh copy of the tree, with a clean clone.
try() {
    local suite=$1 command=$2 number=$3
    local tree=$bare/$suite log=$bare/$suite-$number.log
    local start=$SECONDS settings=() name
    rm -rf "$tree"
    cp -a "$bare/$suite.base" "$tree"
    git clone -q "file://$root" "$tree/root/dispatcher"
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY \
        NO_PROXY PIP_INDEX_URL PIP_CERT PIP_DEFAULT_TIMEOUT MAVEN_OPTS \
        MAVEN_ARGS; do
        [ -z "${!name:-}" ] || settings+=("$name=${!name}")
    done
    mount -t proc proc "$tree/proc"
    mount --rbind /dev "$tree/dev"
    mount -t sysfs -o ro sysfs "$tree/sys" || true
    local result=passed
    env -i HOME=/root LANG=C.UTF-8 TERM=dumb \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        "${settings[@]}" chroot "$tree" \
        bash -c "cd /root/dispatcher && $command" \
        </dev/null >"$log" 2>&1 || result=FAILED
    umount -l "$tree/proc" "$tree/sys" "$tree/dev"
    echo "$suite: $command: $result in $((SECONDS - start)) s"
    if [ "$result" = FAILED ]; then
        tail -n 40 "$log"
        echo "(all of it: build/bare/$suite-$number.log)"
        return 1
    fi
    rm -rf "$tree"
}

mkdir -p "$bare"
failures=0
for suite in "$@"; do
    "$here/debian-tree.sh" "$suite" "$bare/$suite.base" \
        make git ca-certificates
    number=0
    for command in "${commands[@]}"; do
        number=$((number + 1))
        try "$suite" "$command" "$number" || failures=$((failures + 1))
    done
done
[ "$failures" -eq 0 ]
