#!/usr/bin/env bash
# Builds the image with a Docker daemon of its own and tries it, in TAP: it
# starts, dispatches, tells its health, stops; compose.yaml is clean; and the
# unit and integration tests pass against the image's libraries.
#     image-test.sh                       needs root
#     PYTEST_FLAGS='-k alerts' image-test.sh
#
# The daemon touches no firewall and no bridge: what needs a network is on the
# host's. The base image is a debootstrap tree under the name that the
# Dockerfile uses. Processes and mounts are in namespaces of their own and
# vanish with this script, however it ends; build/image keeps what makes the
# next run quick.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/build/image
base=debian:trixie-slim

if [ "$(id -u)" -ne 0 ]; then
    echo "image-test.sh needs root: debootstrap and a Docker daemon do" >&2
    exit 1
fi
if [ -z "${IMAGE_TEST_INSIDE:-}" ]; then
    "$here/setup.sh" run image
    "$here/kafka-jars.sh"
    IMAGE_TEST_INSIDE=1 exec unshare --mount --pid --fork --kill-child \
        --mount-proc --propagation private "$0" "$@"
fi

mkdir -p "$work"
run=$(mktemp -d /tmp/image-test.XXXXXX) # a socket's path must be short
export DOCKER_HOST=unix://$run/docker.sock DOCKER_BUILDKIT=1
PATH=/usr/sbin:/usr/bin:$PATH # Debian's docker before any other
daemon=
number=0
failures=0

# Tries a command again and again for at most so many seconds.
within() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.2
    done
}

# check SENTENCE COMMAND...: one test. What the command says is shown when it
# fails.
check() {
    local sentence=$1
    shift
    number=$((number + 1))
    if "$@" >"$work/check.log" 2>&1; then
        echo "ok $number - $sentence"
        return
    fi
    failures=$((failures + 1))
    echo "not ok $number - $sentence"
    tail -n 60 "$work/check.log" | sed 's/^/# /'
    return 1
}

# ------------------------------------------------------------ the daemon
start_daemon() {
    dockerd --iptables=false --ip6tables=false --bridge=none \
        --data-root "$work/docker" --exec-root "$run/exec" \
        --pidfile "$run/docker.pid" -H "$DOCKER_HOST" \
        >"$work/dockerd.log" 2>&1 &
    daemon=$!
    within 60 docker info >/dev/null 2>&1 || {
        tail -n 20 "$work/dockerd.log" >&2
        return 1
    }
    remove_containers # of a run that was broken off
}

remove_containers() {
    docker ps -aq | xargs -r docker rm -f >/dev/null
    docker volume ls -q | xargs -r docker volume rm >/dev/null
}

stop_all() {
    if [ -n "$daemon" ]; then
        remove_containers
        docker image prune -f >/dev/null
        docker builder prune -f --keep-storage 3GB >/dev/null
        kill "$daemon"
        wait "$daemon" || true
        umount "$run/exec/netns/default" 2>/dev/null || true
    fi
    python3 "$here/services.py" stop --dir "$work/services" >/dev/null
    rm -rf "$run" "$work/services" "$work/check.log"
}

import_base() {
    "$here/debian-tree.sh" trixie "$work/base" ca-certificates
    # As in the image of this name: what was installed is not kept as well.
    echo 'APT::Keep-Downloaded-Packages "false";' \
        >"$work/base/etc/apt/apt.conf.d/99image"
    docker image inspect "$base" >/dev/null 2>&1 ||
        tar -C "$work/base" -c . | docker import - "$base" >/dev/null
}

build() {
    docker build --network host --progress plain \
        -f "$root/docker/Dockerfile" "$@" "$root"
}

# ------------------------------------------------------------- the checks
compose_is_clean() {
    local compose=(docker compose) said
    "${compose[@]}" version >/dev/null 2>&1 || compose=(docker-compose)
    said=$("${compose[@]}" -f "$root/docker/compose.yaml" config -q 2>&1)
    local result=$?
    echo "$said"
    [ $result -eq 0 ] && [ -z "$said" ]
}

libraries_are_those_of_debian_13() {
    local found
    found=$(docker run --rm --network none --entrypoint dpkg-query dispatcher \
        -W librdkafka1 'libhiredis1*' libprotobuf-c1)
    echo "$found"
    grep -Pq '^librdkafka1.*\t2\.8\.' <<<"$found" &&
        grep -Pq '^libhiredis.*\t1\.2\.' <<<"$found" &&
        grep -Pq '^libprotobuf-c1.*\t1\.5\.' <<<"$found"
}

start_dispatcher() {
    docker run -d --name dispatcher --network host --read-only \
        --cap-drop ALL --security-opt no-new-privileges \
        --health-interval 1s --health-retries 1 --health-start-period 0s \
        -e DISPATCHER_KAFKA_BOOTSTRAP_SERVERS="$kafka" \
        -e DISPATCHER_REDIS_URL="$redis" \
        -e DISPATCHER_HTTP_LISTEN="127.0.0.1:$port" \
        -e DISPATCHER_INSTANCE_ID=image-test \
        -e DISPATCHER_CATALOGUE_CACHE=/var/lib/dispatcher/catalogue \
        -v image-test:/var/lib/dispatcher \
        -e DISPATCHER_TOPICS_CREATE=true dispatcher
}

page_is_200() {
    local answer
    exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
    printf 'GET %s HTTP/1.0\r\n\r\n' "$1" >&3
    answer=$(cat <&3)
    exec 3>&-
    [[ $answer == HTTP/1.?" 200 "* ]]
} 2>/dev/null

becomes_ready() {
    start_dispatcher && within 60 page_is_200 /readyz && return
    docker logs dispatcher
    return 1
}

has_no_rights() {
    local user
    user=$(docker exec dispatcher id -u) && [ "$user" -ne 0 ] &&
        ! docker exec dispatcher touch /tmp/file
}

keeps_the_catalogue() {
    within 10 docker exec dispatcher test -s /var/lib/dispatcher/catalogue
}

dispatchctl() {
    docker run --rm --network host --read-only --cap-drop ALL \
        -v "$root/examples/beijing:/beijing:ro" \
        -e DISPATCHER_KAFKA_BOOTSTRAP_SERVERS="$kafka" \
        -e DISPATCHER_REDIS_URL="$redis" --entrypoint dispatchctl \
        dispatcher "$@"
}

# Whether every ticket has its lead; $1: how many there are.
all_assigned() {
    local leads
    leads=$(dispatchctl tail assignments --from beginning --until-end --json |
        grep -c '"role":"ROLE_LEAD"')
    echo "$leads of $1 tickets have a lead"
    [ "$leads" -eq "$1" ]
}

dispatches() {
    local tickets
    tickets=$(wc -l <"$root/examples/beijing/tickets.jsonl")
    dispatchctl publish --quiet /beijing/tickets.jsonl &&
        within 30 all_assigned "$tickets"
}

# Docker's own word: healthy or unhealthy.
health_is() {
    [ "$(docker inspect -f '{{.State.Health.Status}}' dispatcher)" = "$1" ]
}

tells_its_health() {
    within 30 health_is healthy &&
        docker kill -s STOP dispatcher &&
        within 30 health_is unhealthy &&
        docker kill -s CONT dispatcher &&
        within 30 health_is healthy
}

stops_in_2_s() {
    local begun=${EPOCHREALTIME/./} code
    docker kill -s TERM dispatcher
    code=$(docker wait dispatcher)
    local ms=$(((${EPOCHREALTIME/./} - begun) / 1000))
    echo "exit code $code after $ms ms"
    docker logs dispatcher 2>&1 | tail -n 20
    [ "$code" -eq 0 ] && [ "$ms" -lt 2000 ]
}

said_no_error() {
    ! docker logs dispatcher 2>&1 | grep level=error
}

tests_pass() {
    docker run --rm --network host -v "$root/build/kafka:/src/build/kafka" \
        -e PYTEST_FLAGS="${PYTEST_FLAGS:-}" dispatcher-test
}

trap stop_all EXIT
start_daemon
import_base
check "the image is built" build -t dispatcher
check "compose.yaml is clean" compose_is_clean || true
check "the image has the libraries of Debian 13" \
    libraries_are_those_of_debian_13 || true

kafka=$(python3 "$here/services.py" start kafka --dir "$work/services")
redis=$(python3 "$here/services.py" start redis --dir "$work/services")
port=$(PYTHONPATH=$here python3 -c \
    'from process import free_port; print(free_port())')
check "dispatchctl loads a catalogue" \
    dispatchctl catalogue load /beijing/catalogue || true
if check "it gets ready with a read-only file system" becomes_ready; then
    check "it is not root and cannot write" has_no_rights || true
    check "it keeps the catalogue in its volume" keeps_the_catalogue || true
    check "it dispatches tickets" dispatches || true
    check "it tells Docker its health" tells_its_health || true
    check "SIGTERM ends it within 2 s with exit code 0" stops_in_2_s || true
    check "it said no error" said_no_error || true
fi

check "the image's test stage is built" build --target test -t dispatcher-test
number=$((number + 1))
if tests_pass; then
    echo "ok $number - all tests pass against the image's libraries"
else
    echo "not ok $number - all tests pass against the image's libraries"
    failures=$((failures + 1))
fi
echo "1..$number"
[ "$failures" -eq 0 ]
