# Sourced by the fetch-*.sh: unpacks packages of Debian's unstable below .tools/ without installing them.
#
# Uses an apt root of its own, so the machine's package lists and packages stay as they are. The mirror is the
# machine's own; AFK_DEBIAN_MIRROR names another. What is unpacked appears whole or not at all.

tools="$PWD/.tools"

# Says why on standard error and exits 1.
fail() { echo "$(basename "$0" .sh): $*" >&2; exit 1; }

# unpack FOLDER PACKAGE...: into .tools/FOLDER, in place of what is there.
unpack() {
  local folder="$tools/$1"; shift
  if [ -z "${apt_root:-}" ]; then prepare_apt; fi
  mkdir -p "$apt_root/debs" "$apt_root/unpacked"
  (cd "$apt_root/debs" && "${apt[@]}" download "$@" >&2) || fail "could not download $*"
  for deb in "$apt_root"/debs/*.deb; do dpkg-deb -x "$deb" "$apt_root/unpacked"; done
  rm -rf "$folder"
  mv "$apt_root/unpacked" "$folder"
  rm -r "$apt_root/debs"
}

prepare_apt() {
  command -v apt-get >/dev/null || fail 'needs apt-get; see this script for what it would fetch'
  local mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  mirror="${AFK_DEBIAN_MIRROR:-$( (cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true) | grep -v "^ *#" | grep -oE "(https?|mirror\+[a-z]+)://[^ ]+/debian/?( |$)" | tr -d " " | head -n 1 || true)}"
  [ -n "$mirror" ] || fail 'no Debian mirror found; set AFK_DEBIAN_MIRROR'
  [ -r "$keyring" ] || fail "needs $keyring (package debian-archive-keyring)"

  mkdir -p "$tools"
  # Beside its results, so that the move at the end is a rename.
  apt_root="$(mktemp -d "$tools/apt.XXXXXX")"
  trap 'rm -rf "$apt_root"' EXIT
  mkdir -p "$apt_root"/{etc/apt/{apt.conf.d,preferences.d,trusted.gpg.d},var/lib/dpkg,state/lists/partial,cache/archives/partial}
  touch "$apt_root/var/lib/dpkg/status"
  echo "deb [signed-by=$keyring] $mirror unstable main" >"$apt_root/etc/apt/sources.list"
  # The machine's own proxy and TLS settings for apt still count; its sources, lists and packages do not.
  apt=(apt-get -q -y
    -o "Dir::Etc::sourcelist=$apt_root/etc/apt/sources.list" -o "Dir::Etc::sourceparts=-"
    -o "Dir::Etc::preferencesparts=$apt_root/etc/apt/preferences.d" -o "Dir::State=$apt_root/state"
    -o "Dir::State::status=$apt_root/var/lib/dpkg/status" -o "Dir::Cache=$apt_root/cache" -o APT::Sandbox::User=root
    -o APT::Update::Post-Invoke-Success::= -o DPkg::Post-Invoke::=)
  "${apt[@]}" update >&2 || fail "could not read the package lists of $mirror"
}
