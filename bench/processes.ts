/**
 * Starts and stops what is measured: the sink, peers, and a node from the built bundle.
 *
 * Ends only what it started, by id: each with its `stop`, and all of them, with their folders, when the
 * bench ends in any way that it can notice: done, thrown, or interrupted.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import { residentMb } from './process-facts.ts'
import { ringBody } from './load.ts'

export const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const startsWithinMs = 20_000
const stopsWithinMs = 30_000

const children = new Set<ChildProcess>()
const folders = new Set<string>()
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => process.exit(1))

/** A copy, so that a build meanwhile does not change what is measured. */
export const bundle = copyOfBundle()

function copyOfBundle() {
  const built = new URL('../dist/', import.meta.url).pathname
  const { folder } = temporaryFolder()
  for (const name of readdirSync(built).filter((one) => one.endsWith('.cjs')))
    copyFileSync(join(built, name), join(folder, name))
  return join(folder, 'afk.cjs')
}

export type Sink = {
  readonly url: string
  /** What it has seen; `reset`: forgets it then; `times`: with when. */
  ask(word: 'count' | 'reset' | 'times'): Promise<Seen>
  stop(): void
}

/** `times`: when each was seen first, where that was asked for. */
export type Seen = Readonly<Record<'requests' | 'hanging' | 'distinct', number>> & {
  readonly times?: readonly number[]
}

export async function startSink(): Promise<Sink> {
  const path = new URL('sink.mjs', import.meta.url).pathname
  const child = started(spawn(process.execPath, [path], { stdio: ['pipe', 'pipe', 'inherit'] }))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const said = async () => JSON.parse(String((await lines.next()).value)) as unknown
  const { port } = (await said()) as { readonly port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    async ask(word) {
      child.stdin.write(`${word}\n`)
      return (await said()) as Seen
    },
    stop: () => child.stdin.end(),
  }
}

export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'afk-bench-'))
  folders.add(folder)
  const remove = () => {
    rmSync(folder, { recursive: true, force: true })
    folders.delete(folder)
  }
  return { folder, remove }
}

type Wish = {
  readonly sink: Pick<Sink, 'url'>
  readonly folder: string
  /** The channel's, over the webhook to the sink. */
  readonly settings?: object
  /** The store's. */
  readonly store?: object
  /** More of them. */
  readonly channels?: object
}

export async function startNode({ sink, folder, settings, store, channels }: Wish) {
  const config = {
    listen: '127.0.0.1:0',
    store: { type: 'sqlite', path: join(folder, 'afk.db'), ...store },
    channels: {
      sink: { type: 'webhook', url: `${sink.url}/ring`, secret, ...settings },
      ...channels,
    },
    log: 'json',
  }
  const file = join(folder, 'afk.yaml')
  writeFileSync(file, JSON.stringify(config))
  const server = start({ file: process.execPath, args: [bundle, 'up', '--config', file], folder })
  const lines = () =>
    server
      .log()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
  const started = () =>
    lines()
      .map((line) => JSON.parse(line) as { readonly event: string; readonly at: string })
      .find(({ event }) => event === 'node-started')
  const { at: url } = await server.until(started)
  const { pid, stop } = server
  return { url, path: '/v1/rings', bodyOf: ringBody, pid, rssMb: () => residentMb(pid), stop }
}

type Program = {
  readonly file: string
  readonly args: readonly string[]
  /** Where its log is. */
  readonly folder: string
  readonly cwd?: string
}

/** Its output goes to a file, as under a service manager: a pipe would make this process do half the work. */
export function start({ file, args, folder, cwd = folder }: Program) {
  const path = join(folder, 'log')
  const output = openSync(path, 'a')
  const child = started(spawn(file, args, { cwd, stdio: ['ignore', output, output] }))
  closeSync(output)
  const { pid } = child
  if (pid === undefined) throw new Error(`${file} cannot be started`)
  const log = () => readFileSync(path, 'utf8')
  return {
    pid,
    log,
    /** What `look` finds, once it finds something. */
    async until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
      const deadline = performance.now() + startsWithinMs
      while (child.exitCode === null && performance.now() < deadline) {
        const found = await look()
        if (found) return found
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error(`${file} did not start: ${log()}`)
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      const patience = setTimeout(() => child.kill('SIGKILL'), stopsWithinMs)
      child.kill('SIGTERM')
      await exited
      clearTimeout(patience)
    },
  }
}

function started<T extends ChildProcess>(child: T): T {
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
