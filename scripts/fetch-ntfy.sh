#!/usr/bin/env bash
# Unpacks a real ntfy server (Debian's unstable has one >= 2.16) into .tools/ntfy without installing it.
#
# Uses an apt root of its own, so the machine's package lists and packages stay as they are. The mirror is the
# machine's own; AFK_DEBIAN_MIRROR names another. Prints the path of the binary. Exits 1, saying why, where it cannot.
set -euo pipefail
cd "$(dirname "$0")/.."

tools="$PWD/.tools"
binary="$tools/ntfy/usr/bin/ntfy"
if [ -x "$binary" ]; then echo "$binary"; exit 0; fi
command -v apt-get >/dev/null || { echo 'fetch-ntfy: needs apt-get; put an ntfy >= 2.16 on PATH instead' >&2; exit 1; }

mirror="${AFK_DEBIAN_MIRROR:-$( (cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true) | grep -v "^ *#" | grep -oE "(https?|mirror\+[a-z]+)://[^ ]+/debian/?( |$)" | tr -d " " | head -n 1 || true)}"
[ -n "$mirror" ] || { echo 'fetch-ntfy: no Debian mirror found; set AFK_DEBIAN_MIRROR' >&2; exit 1; }
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || { echo "fetch-ntfy: needs $keyring (package debian-archive-keyring)" >&2; exit 1; }

root="$tools/apt"
mkdir -p "$root"/{etc/apt/{apt.conf.d,preferences.d,trusted.gpg.d},var/lib/dpkg,state/lists/partial,cache/archives/partial}
touch "$root/var/lib/dpkg/status"
echo "deb [signed-by=$keyring] $mirror unstable main" >"$root/etc/apt/sources.list"
# The machine's own proxy and TLS settings for apt still count; its sources, lists and packages do not.
apt=(apt-get -q -y
  -o "Dir::Etc::sourcelist=$root/etc/apt/sources.list" -o "Dir::Etc::sourceparts=-"
  -o "Dir::Etc::preferencesparts=$root/etc/apt/preferences.d" -o "Dir::State=$root/state"
  -o "Dir::State::status=$root/var/lib/dpkg/status" -o "Dir::Cache=$root/cache" -o APT::Sandbox::User=root
  -o APT::Update::Post-Invoke-Success::= -o DPkg::Post-Invoke::=)

"${apt[@]}" update >&2
(cd "$root" && "${apt[@]}" download ntfy >&2)
mkdir -p "$tools/ntfy"
dpkg -x "$root"/ntfy_*.deb "$tools/ntfy"
rm -rf "$root"
"$binary" --help >/dev/null
echo "$binary"
