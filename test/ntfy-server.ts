/**
 * A real ntfy server for tests: on loopback, on a free port, with its files in a folder of its own.
 *
 * It is up when `/v1/health` says so. `stop` ends this child and nothing else, `start` brings it back on
 * the same port and files, and `close` ends it for good and removes the files. Where there is no
 * ntfy >= 2.16 `ntfyBinary` is null, and tests say that they were skipped.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { NtfyMessage } from './ntfy-stand-in-publish.ts'
import { until } from './until.ts'

export type NtfyServerOptions = {
  /** `deny-all`: topics `protected-...` take the tokens, and no topic takes anyone else. Default `open`. */
  readonly auth?: 'open' | 'deny-all'
  /** Default false: a text too long is an error, not a file. */
  readonly attachments?: boolean
  /** Default false: requests from loopback are not counted. */
  readonly limited?: boolean
}

export type NtfyTokens = { readonly readWrite: string; readonly writeOnly: string }

export type NtfyServer = {
  readonly url: string
  /** Null on an open server. */
  readonly tokens: NtfyTokens | null
  /** What the server has kept of a topic, oldest first. */
  poll(topic: string): Promise<readonly NtfyMessage[]>
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

export async function ntfyServer(options: NtfyServerOptions = {}): Promise<NtfyServer> {
  const binary = ntfyBinary()
  if (binary === null) throw new Error('no ntfy >= 2.16: run scripts/fetch-ntfy.sh')
  const folder = await mkdtemp(join(tmpdir(), 'afk-ntfy-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const argv = argvFor({ url, folder, options })
  let child = await launch({ binary, argv, url })
  const tokens = options.auth === 'deny-all' ? await addTokens(binary, folder) : null

  return {
    url,
    tokens,
    async poll(topic) {
      const headers = tokens === null ? {} : { authorization: `Bearer ${tokens.readWrite}` }
      const response = await fetch(`${url}/${topic}/json?poll=1&since=all`, { headers })
      const text = await response.text()
      if (response.status !== 200) throw new Error(`ntfy answered a poll with ${response.status}`)
      const lines = text.split('\n').filter((line) => line !== '')
      return lines.map((line) => JSON.parse(line) as NtfyMessage)
    },
    stop: () => end(child),
    async start() {
      child = await launch({ binary, argv, url })
    },
    async close() {
      await end(child)
      await rm(folder, { recursive: true })
    },
  }
}

/** AFK_NTFY_BIN, else what scripts/fetch-ntfy.sh unpacked, else `ntfy` on PATH if it is new enough. */
export function ntfyBinary(): string | null {
  const fetched = fileURLToPath(new URL('../.tools/ntfy/usr/bin/ntfy', import.meta.url))
  if (process.env['AFK_NTFY_BIN']) return process.env['AFK_NTFY_BIN']
  if (existsSync(fetched)) return fetched
  return isNewEnough('ntfy') ? 'ntfy' : null
}

function isNewEnough(binary: string): boolean {
  try {
    const said = execFileSync(binary, ['--version'], { encoding: 'utf8' })
    const [, major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(said)?.map(Number) ?? []
    return major > 2 || (major === 2 && minor >= 16)
  } catch {
    // Not on PATH, or not one that runs here.
    return false
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

type Place = { readonly url: string; readonly folder: string; readonly options: NtfyServerOptions }

function argvFor({ url, folder, options }: Place): readonly string[] {
  const { auth = 'open', attachments = false, limited = false } = options
  const base = ['--config', '/dev/null', '--listen-http', new URL(url).host, '--base-url', url]
  const kept = ['--cache-file', join(folder, 'cache.db')]
  return [
    'serve',
    ...base,
    ...kept,
    '--visitor-topic-creation-limit-burst=0',
    ...(limited ? [] : ['--visitor-request-limit-exempt-hosts', '127.0.0.1']),
    ...(attachments ? ['--attachment-cache-dir', join(folder, 'attachments')] : []),
    ...(auth === 'open'
      ? []
      : ['--auth-file', join(folder, 'auth.db'), '--auth-default-access', 'deny-all']),
  ]
}

type Command = { readonly binary: string; readonly argv: readonly string[]; readonly url: string }

async function launch({ binary, argv, url }: Command): Promise<ChildProcess> {
  const child = spawn(binary, argv, { stdio: ['ignore', 'ignore', 'pipe'] })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  child.on('error', (error) => (complaint += String(error)))
  const orphaned = () => child.kill('SIGKILL')
  process.once('exit', orphaned)
  child.once('exit', () => process.off('exit', orphaned))
  await until('ntfy is healthy', async () => {
    if (child.exitCode !== null || child.pid === undefined)
      throw new Error(`ntfy did not start: ${complaint}`)
    return await isHealthy(url)
  })
  return child
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v1/health`, { signal: AbortSignal.timeout(2_000) })
    return (await response.text()).includes('"healthy":true')
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

/** Two users, as a token may do what its user may. The running server takes them up at once. */
async function addTokens(binary: string, folder: string): Promise<NtfyTokens> {
  const settings = join(folder, 'admin.yml')
  const auth = join(folder, 'auth.db')
  await writeFile(settings, `auth-file: ${auth}\nauth-default-access: deny-all\n`)
  const admin = async (command: string, ...rest: string[]) => {
    const env = { ...process.env, NTFY_PASSWORD: 'loopback' }
    const argv = [command, '--config', settings, ...rest]
    const { stdout, stderr } = await promisify(execFile)(binary, argv, { env })
    return stdout + stderr
  }
  const tokenFor = async (name: string, permission: string) => {
    await admin('user', 'add', name)
    await admin('access', name, 'protected-*', permission)
    const token = /tk_\w+/.exec(await admin('token', 'add', name))?.[0]
    if (token === undefined) throw new Error('ntfy made no token')
    return token
  }
  return {
    readWrite: await tokenFor('reader', 'read-write'),
    writeOnly: await tokenFor('writer', 'write-only'),
  }
}
