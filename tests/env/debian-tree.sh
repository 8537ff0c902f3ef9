#!/usr/bin/env bash
# Makes a bare Debian in a folder, once, as root:
#     debian-tree.sh SUITE FOLDER [PACKAGE]...
# Behind a proxy with a certificate of its own the host's certificates and
# package clients' settings come along.
set -euo pipefail
suite=$1
tree=$2
shift 2
packages=$(IFS=,; echo "$*")

[ ! -e "$tree/complete" ] || exit 0
echo "Making a bare $suite"
rm -rf "$tree"
mkdir -p "$tree"
debootstrap --variant=minbase --include="$packages" \
    "$suite" "$tree" "${MIRROR:-http://deb.debian.org/debian}" \
    >"$tree.log" 2>&1 || {
    tail -n 20 "$tree.log" >&2
    exit 1
}

# The host's way to its package registries, so that it holds in the tree too.
cp -L /etc/resolv.conf /etc/hosts "$tree/etc/"
for file in /usr/local/share/ca-certificates/*.crt; do
    [ ! -e "$file" ] || cp "$file" "$tree/usr/local/share/ca-certificates/"
done
chroot "$tree" update-ca-certificates >/dev/null 2>&1
chroot "$tree" apt-get clean
rm -rf "$tree"/var/lib/apt/lists/*
apt-config dump | grep -E '^Acquire::(https?|Retries|Check-)' \
    >"$tree/etc/apt/apt.conf.d/99host" || true
for file in /etc/pip.conf "$HOME"/.config/pip/pip.conf \
    "$HOME"/.m2/settings.xml; do
    [ ! -e "$file" ] || install -D "$file" "$tree${file/#$HOME//root}"
done
touch "$tree/complete"
