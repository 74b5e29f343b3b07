#!/usr/bin/env bash
# Packs the tarball, installs it in an empty folder, and uses it as a stranger would: set up, run, drill, ring, and
# ring through the library. The phone is a real ntfy server (scripts/fetch-ntfy.sh); without one there is none.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH" # the published package brings no Node.js of its own
ntfy="$PWD/.tools/ntfy/usr/bin/ntfy"
folder=$(mktemp -d)
servers=()
finish() {
  for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; done
  rm -rf "$folder"
}
trap finish EXIT

free_port() {
  node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}
wait_for() { # seconds, then a command that must succeed once
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "not in time: $*" >&2; cat "$folder"/*.err >&2 || true; exit 1; }
    sleep 0.1
  done
}

tarball="$PWD/$(npm pack --silent | tail -n 1)"
mv "$tarball" "$folder/package.tgz"
mkdir "$folder/home"
cd "$folder/home"
npm init -y >/dev/null
npm install --no-fund --no-audit --loglevel=error ../package.tgz
npx --no afk -- --version

phone=none
if [ -x "$ntfy" ]; then
  phone="http://127.0.0.1:$(free_port)"
  "$ntfy" serve --config /dev/null --listen-http "${phone#http://}" --base-url "$phone" >../ntfy.out 2>../ntfy.err </dev/null &
  servers+=($!)
  wait_for 20 curl -sf "$phone/v1/health"
fi

port=$(free_port)
export AFK_LISTEN="127.0.0.1:$port"
startedAt=$SECONDS
npx --no afk -- init --yes --ntfy "$phone" | sed 's/^/  /'
npx --no afk -- up >../up.out 2>../up.err </dev/null &
servers+=($!)
wait_for 30 curl -sf "http://127.0.0.1:$port/readyz"
export AFK_URL="http://127.0.0.1:$port" AFK_TOKEN="$(cat .afk/secrets/operator-token)"
npx --no afk -- drill | grep -E 'accepted'
npx --no afk -- ring needs-human --issue acme/web#7 --detail 'which database?' --wait 30s
wait_for 20 sh -c 'npx --no afk -- show | grep -q accepted'
echo "init, up, drill and a ring: $((SECONDS - startedAt)) s"
if [ "$phone" != none ]; then
  topic=$(cat .afk/secrets/ntfy-topic)
  curl -sf "$phone/$topic/json?poll=1&since=all" | grep -c 'which database?'
fi

cat >library.mjs <<'JS'
import { Notifier } from 'afk-loop'
import { terminal } from 'afk-loop/channels/terminal'
import 'afk-loop/channels/ntfy'
import 'afk-loop/channels/slack'
import 'afk-loop/channels/webhook'
const issue = { repo: 'infra', number: 42 }
await new Notifier(terminal()).notify({ kind: 'done', issue, threadId: null, detail: 'as a library' })
JS
node library.mjs | grep 'as a library'
