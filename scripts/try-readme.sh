#!/usr/bin/env bash
# Does what the README says, as a reader would: `npm start` in one shell, `npx afk` in another.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
# npm and its shell pass no signal on: the node and all above it are one group, and end together.
set -m
trap 'kill -- "-$node" 2>/dev/null || true; wait "$node" 2>/dev/null || true; rm -rf "$folder"' EXIT
port=$(npm exec -- node -e 'const s=require("node:net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
export AFK_URL="http://127.0.0.1:$port" AFK_LISTEN="127.0.0.1:$port"

npm start -- --data "$folder" >"$folder/out" 2>"$folder/err" &
node=$!
for _ in $(seq 300); do
  curl -sf "$AFK_URL/readyz" >/dev/null && break
  kill -0 "$node" 2>/dev/null || { cat "$folder/err"; exit 1; }
  sleep 0.1
done

npx afk ring frozen --issue infra#42 --thread t-1 --detail 'CI red'
for _ in $(seq 50); do grep -q 'FROZEN' "$folder/out" && break; sleep 0.1; done
grep 'FROZEN' "$folder/out"
npx afk rings | grep 'infra#42'
npx afk show | grep 'accepted'
npx afk status | grep 'disarmed'
cat "$folder/err"
