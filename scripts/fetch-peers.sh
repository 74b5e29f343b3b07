#!/usr/bin/env bash
# Unpacks what AFK is measured and tested beside into .tools/ without installing it: ntfy, Alertmanager, apprise, and
# promtool, all from Debian's unstable.
#
# Prints the path of each. Exits 1, saying why, where it cannot. What is there already stays as it is.
# Alertmanager is to be started in .tools/alertmanager/usr, where it finds its templates.
# apprise runs with Debian's python3, else with the one on PATH, and needs PYTHONPATH: see bench/peers.ts.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/debian.sh

scripts/fetch-ntfy.sh

alertmanager="$tools/alertmanager/usr/bin/prometheus-alertmanager"
if [ ! -x "$alertmanager" ]; then
  unpack alertmanager prometheus-alertmanager
  # Debian's looks for its templates in /usr/share; this one looks below the folder that it is started in. As many bytes.
  LC_ALL=C sed -i 's|/usr/share/prometheus/alertmanager|.////share/prometheus/alertmanager|g' "$alertmanager"
fi
"$alertmanager" --version >/dev/null || fail "$alertmanager does not run on this machine"
echo "$alertmanager"

promtool="$tools/prometheus/usr/bin/promtool"
if [ ! -x "$promtool" ]; then unpack prometheus promtool; fi
"$promtool" --version >/dev/null || fail "$promtool does not run on this machine"
echo "$promtool"

apprise="$tools/apprise/usr/bin/apprise"
modules="$tools/apprise/usr/lib/python3/dist-packages"
if [ ! -d "$modules/apprise/__pycache__" ]; then
  # A shim of pyenv would cost more than apprise itself.
  python="$(PATH="/usr/bin:$PATH" python3 -c 'import sys; print(sys.executable)')" || fail 'apprise needs python3'
  unpack apprise apprise python3-{certifi,charset-normalizer,chardet,click,idna,markdown,oauthlib,requests,requests-oauthlib,urllib3,yaml}
  sed -i "1s|.*|#!$python|" "$apprise"
  # As Debian does when it installs a package; without it every start would compile again.
  "$python" -m compileall -q "$modules" >&2 || fail 'could not compile what apprise needs'
fi
PYTHONPATH="$modules" "$apprise" --version >/dev/null || fail "$apprise does not run on this machine"
echo "$apprise"
