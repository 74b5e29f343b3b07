#!/usr/bin/env bash
# Packs the tarball, installs it in an empty folder and rings through it: by the command, and by the library.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH" # the published package brings no Node.js of its own
folder=$(mktemp -d)
trap 'kill "$node" 2>/dev/null || true; wait "$node" 2>/dev/null || true; rm -rf "$folder"' EXIT

tarball="$PWD/$(npm pack --silent | tail -n 1)"
mv "$tarball" "$folder/package.tgz"
cd "$folder"
npm init -y >/dev/null
npm install --no-fund --no-audit --loglevel=error ./package.tgz
afk="$folder/node_modules/.bin/afk"
"$afk" --version

port=$(node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
export AFK_URL="http://127.0.0.1:$port"
"$afk" up --listen "127.0.0.1:$port" >out 2>err &
node=$!
"$afk" ring needs-human --issue acme/web#7 --detail 'which database?' --wait 30s
for _ in $(seq 50); do grep -q 'NEEDS-HUMAN' out && break; sleep 0.1; done
grep 'NEEDS-HUMAN' out
"$afk" show | grep 'accepted'

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
