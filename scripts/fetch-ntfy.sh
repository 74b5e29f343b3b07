#!/usr/bin/env bash
# Unpacks a real ntfy server (Debian's unstable has one >= 2.16) into .tools/ntfy without installing it.
#
# Prints the path of the binary. Exits 1, saying why, where it cannot: put an ntfy >= 2.16 on PATH instead.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh

binary="$tools/ntfy/usr/bin/ntfy"
if [ ! -x "$binary" ]; then unpack ntfy ntfy; fi
"$binary" --help >/dev/null || fail "$binary does not run on this machine"
echo "$binary"
