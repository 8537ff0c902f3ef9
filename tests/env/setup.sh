#!/usr/bin/env bash
# Installs what is missing on a Debian 12 or 13, by group:
#     setup.sh build    to compile
#     setup.sh run      to start a broker and a Redis
#     setup.sh test     to run the integration tests
#     setup.sh bench    to compare with SQLite
#     setup.sh lint     to check the code and to build it with clang
#     setup.sh bare     to try all this on bare Debians (bare-test.sh)
#     setup.sh image    to build and try the image (image-test.sh)
# As root, or through sudo; otherwise it prints the one command and fails. It
# asks only dpkg when everything is there. No service is started.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
log=$root/build/setup.log

# shellcheck source=/dev/null
release=$(. /etc/os-release 2>/dev/null && echo "${VERSION_ID:-}")
case $release in
    12) clang=14 ;;
    *) clang=19 ;;
esac

# A name after an equals sign is a command that does as well as the package.
packages() {
    case $1 in
        build)
            echo gcc libc6-dev make pkgconf protobuf-c-compiler \
                libprotobuf-c-dev librdkafka-dev libhiredis-dev \
                libjansson-dev libinih-dev libxxhash-dev libmicrohttpd-dev \
                libssl-dev libical-dev libcsv-dev zlib1g-dev libcmocka-dev \
                libgoogle-perftools-dev tzdata
            ;;
        run)
            echo redis-server redis-tools python3 \
                default-jre-headless=java maven=mvn
            ;;
        test)
            echo python3 python3-venv prometheus faketime
            ;;
        bench)
            echo libsqlite3-dev
            ;;
        lint)
            echo clang clang-format clang-tidy shellcheck \
                "libclang-rt-$clang-dev"
            ;;
        bare)
            echo debootstrap git
            ;;
        image)
            # Until Debian 12 docker.io holds the command line tool as well.
            echo debootstrap docker.io docker-compose
            [ "$release" = 12 ] || echo docker-cli docker-buildx
            ;;
        *)
            echo "setup.sh: unknown group $1" >&2
            return 64
            ;;
    esac
}

present=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null ||
    true)
installed() {
    [[ $'\n'$present$'\n' == *$'\n'"installed ${1%=*}"$'\n'* ]] && return
    [ "$1" != "${1#*=}" ] && command -v "${1#*=}" >/dev/null
}

missing=()
for group in "$@"; do
    names=$(packages "$group")
    for name in $names; do
        [[ " ${missing[*]} " == *" ${name%=*} "* ]] || installed "$name" ||
            missing+=("${name%=*}")
    done
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Not a Debian: these packages, or their like, must be there:" >&2
    echo "  ${missing[*]}" >&2
    exit 0
fi

install="apt-get install -y --no-install-recommends ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null || ! sudo -v; then
        echo "Packages are missing. As root, type once:" >&2
        echo "  apt-get update && $install" >&2
        exit 1
    fi
    as_root=(sudo)
fi

mkdir -p "$root/build"
: >"$log"

# Debian starts a service as soon as its package is unpacked, unless this says
# no. Ours runs on a port of its own and only as long as it is needed.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' |
        "${as_root[@]}" sh -c "cat >$policy && chmod 755 $policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi

# Runs a command with its output in the log, which is shown if it fails.
quietly() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" \
        </dev/null >>"$log" 2>&1 && return
    tail -n 30 "$log" >&2
    echo "Failed: $*" >&2
    return 1
}

echo "Installing ${missing[*]}"
quietly apt-get update -q
# shellcheck disable=SC2086 # one argument for each word
quietly $install -q -o DPkg::Lock::Timeout=300
