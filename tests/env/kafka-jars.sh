#!/usr/bin/env bash
# Fetches the jars of a Kafka broker from Maven Central, once:
#     kafka-jars.sh [VERSION]...    ->  build/kafka/VERSION/libs
# (default: every version that we test with), and makes a class data archive, which halves the time that a broker needs to
# start. Does nothing for a version that is complete.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
copy=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies

if [ $# -eq 0 ]; then
    mapfile -t versions < <(python3 "$here/services.py" versions)
    set -- "${versions[@]}"
fi
for version in "$@"; do
    dir=$root/build/kafka/$version
    stamp=$dir/complete
    if [ ! "$stamp" -nt "$here/kafka/pom.xml" ]; then
        echo "Fetching the jars of Kafka $version"
        rm -rf "$dir"
        mkdir -p "$dir"
        mvn -q -B "$copy" -f "$here/kafka/pom.xml" \
            -Dkafka.version="$version" -DincludeScope=runtime \
            -DoutputDirectory="$dir/libs" >"$dir/maven.log" 2>&1 || {
            tail -n 30 "$dir/maven.log" >&2
            exit 1
        }
        touch "$stamp"
    fi
    python3 "$here/services.py" archive kafka --version "$version"
done
