/**
 * Loaded into a node before it starts (`--import`), it tells what the node does beyond itself: each thing once,
 * as one line on standard error, by the instruments that Node.js has for it.
 *
 * Under `--permission-audit` nothing is forbidden, and whatever no `--allow-...` names is told: `read PATH`,
 * `write PATH`, `process FILE`, `worker`. So is a `socket` that the node opens, not one that it accepts, and a
 * `look-up` of a name. Two things it cannot see: an lstat, and what SQLite does once its file is open.
 */
import { createHook } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'

const told = new Set()

function tell(...words) {
  const what = words.join(' ')
  if (told.has(what)) return
  told.add(what)
  process.stderr.write(`witness: ${what}\n`)
}

const verbs = { FileSystemRead: 'read', FileSystemWrite: 'write' }
subscribe('node:permission-model:fs', ({ permission, resource }) =>
  tell(verbs[permission] ?? permission, resource),
)
subscribe('node:permission-model:child', ({ resource }) => tell('process', resource))
subscribe('node:permission-model:worker', () => tell('worker'))
subscribe('net.client.socket', () => tell('socket'))
subscribe('udp.socket', () => tell('socket'))

const lookUps = new Set(['GETADDRINFOREQWRAP', 'GETNAMEINFOREQWRAP', 'QUERYWRAP'])
createHook({ init: (_, type) => lookUps.has(type) && tell('look-up') }).enable()
