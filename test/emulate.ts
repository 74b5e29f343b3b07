/**
 * A service of `emulate` 0.11.2 as a child process: a stateful server that nobody here wrote.
 *
 * It listens on a free port, and on 127.0.0.1 only: it has no option for that, so a preload gives its
 * `listen` the host. `close` ends this child and nothing else, and so does the end of the tests.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { closedPort } from './listen.ts'
import { until } from './until.ts'

export type Emulated = { readonly url: string; close(): Promise<void> }

export type EmulateOptions = {
  readonly seed: object
  /** What it calls itself in its answers. Default: where it listens. */
  readonly baseUrl?: string
  /** A request that anybody may make. */
  readonly hello: { readonly method: string; readonly path: string; readonly says: string }
}

export async function emulate(
  service: 'github' | 'slack',
  { seed, baseUrl, hello }: EmulateOptions,
): Promise<Emulated> {
  const folder = await mkdtemp(join(tmpdir(), 'afk-emulate-'))
  // JSON is YAML.
  await writeFile(join(folder, 'seed.yaml'), JSON.stringify(seed))
  const url = await closedPort()
  const { port } = new URL(url)
  const argv = ['start', '--service', service, '--port', port, '--seed', 'seed.yaml']
  const { child, complaint } = launch(folder, argv, baseUrl)
  await until('emulate answers', async () => {
    if (child.exitCode !== null) throw new Error(`emulate did not start: ${complaint()}`)
    return isUp(url, hello)
  })
  return {
    url,
    async close() {
      await end(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const binary = fileURLToPath(import.meta.resolve('emulate/cli'))

const preload = `
  import net from 'node:net'
  const { listen } = net.Server.prototype
  net.Server.prototype.listen = function (port, ...rest) {
    const listening = rest.filter((each) => typeof each === 'function')
    return listen.call(this, port, '127.0.0.1', ...listening)
  }`

function launch(folder: string, argv: readonly string[], baseUrl: string | undefined) {
  const imported = `data:text/javascript,${encodeURIComponent(preload)}`
  const child = spawn(process.execPath, ['--import', imported, binary, ...argv], {
    cwd: folder,
    // Nothing else of ours: variables could move its port or its URL.
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      ...(baseUrl !== undefined && { EMULATE_BASE_URL: baseUrl }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (said: string) => (complaint += said))
  const orphaned = () => child.kill('SIGKILL')
  process.once('exit', orphaned)
  child.once('exit', () => process.off('exit', orphaned))
  return { child, complaint: () => complaint }
}

async function isUp(url: string, { method, path, says }: EmulateOptions['hello']) {
  try {
    const response = await fetch(`${url}${path}`, { method })
    return (await response.text()).includes(says)
  } catch {
    // Not listening yet.
    return false
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}
