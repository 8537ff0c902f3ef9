#!/usr/bin/env bash
# Makes build/venv with the packages of tests/requirements.txt, once.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
wanted=$root/tests/requirements.txt
venv=$root/build/venv

[ "$venv/complete" -nt "$wanted" ] && [ -x "$venv/bin/python3" ] && exit 0

echo "Installing the tests' Python packages"
rm -rf "$venv"
# Debian's own, not one that a version manager put before it on the path.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
"$python" -m venv "$venv"
"$venv/bin/pip" install -q --disable-pip-version-check -r "$wanted"
touch "$venv/complete"
