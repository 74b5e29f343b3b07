/**
 * A real ntfy server as a peer: its publish, into a cache file on disk, with no limits on its visitors and
 * nobody subscribed, so that it has nothing to send on.
 */
import { join } from 'node:path'

import { ntfyBinary } from './peers.ts'
import { freePort, start, temporaryFolder } from './processes.ts'

/** Word for word what its documentation advises for a busy server. It does not sync each message to the disk. */
const busy = [
  'pragma journal_mode = WAL',
  'pragma synchronous = normal',
  'pragma temp_store = memory',
  'pragma busy_timeout = 15000',
  'vacuum',
].join('; ')

/** Null where it is not installed. Tuned or not, it writes each message before its answer. */
export async function startNtfy({ isTuned }) {
  const file = ntfyBinary()
  if (file === null) return null
  const { folder, remove } = temporaryFolder()
  const at = `127.0.0.1:${await freePort()}`
  const args = [
    'serve',
    '--config=/dev/null',
    `--listen-http=${at}`,
    `--base-url=http://${at}`,
    `--cache-file=${join(folder, 'cache.db')}`,
    ...(isTuned ? ['--cache-startup-queries', busy] : []),
    '--visitor-topic-creation-limit-burst=0',
    '--visitor-request-limit-exempt-hosts=127.0.0.1',
    '--log-level=error',
  ]
  const server = start({ file, args, folder })
  const isReady = () =>
    fetch(`http://${at}/v1/health`).then(
      (res) => res.ok,
      () => false,
    )
  await server.until(isReady)
  const stop = () => server.stop().then(remove)
  const bodyOf = (index) => `acme/web#${index}: merged and CI green at 0123456789abcdef, 14 minutes`
  return { url: `http://${at}`, path: '/afk', bodyOf, pid: server.pid, stop }
}
