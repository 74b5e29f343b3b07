/**
 * A node from the built bundle, as a process of its own: started, asked over HTTP, killed or stopped.
 * Ends only this child. Its configuration is a file in the folder it is given.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'

import type { LogEvent } from '../src/log.ts'
import type { RingPageView, RingView, StatusView } from '../src/server/schemas.ts'

const bundle = fileURLToPath(new URL('../dist/afk.cjs', import.meta.url))

/** On its way to listening: `isUp` rejects if it ends before, `exited null` where it was killed. */
export type SpawnedNode = {
  readonly isUp: Promise<NodeProcess>
  kill(): Promise<void>
}

export type NodeProcess = {
  readonly url: string
  readonly log: readonly LogEvent[]
  post<T>(path: string, body: object): Promise<{ status: number; body: T }>
  get<T>(path: string): Promise<T>
  status(): Promise<z.infer<typeof StatusView>>
  show(id: string): Promise<z.infer<typeof RingView>>
  rings(query: string): Promise<z.infer<typeof RingPageView>>
  /** Writes another configuration; the node does not read it by itself. */
  configure(config: object): void
  /** Never ends it: a node that is stopped (SIGSTOP) is continued when it is killed. */
  signal(name: 'SIGHUP' | 'SIGSTOP' | 'SIGCONT'): void
  /** No time for anything: `kill -9`. Rejects if it had failed by itself. */
  kill(): Promise<void>
  /** Resolves with the exit code. */
  stop(): Promise<number | null>
}

/** `config`: what differs from a store in the folder and a free port. `token`: the operator's, to ask with. */
export function startNodeProcess(
  folder: string,
  config: object,
  token?: string,
): Promise<NodeProcess> {
  return spawnNodeProcess(folder, config, token).isUp
}

export function spawnNodeProcess(folder: string, config: object, token?: string): SpawnedNode {
  const file = join(folder, 'afk.yaml')
  const store = { type: 'sqlite', path: join(folder, 'afk.db') }
  const configure = (wish: object) => {
    const whole = { listen: '127.0.0.1:0', store, log: 'json', ...wish }
    writeFileSync(file, JSON.stringify(whole))
  }
  configure(config)
  const child = spawn(process.execPath, [bundle, 'up', '--config', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'] },
  })
  const log: LogEvent[] = []
  const kill = async () => {
    const code = await end(child, 'SIGKILL')
    if (code !== null && code !== 0) throw new Error(`it had ended by itself, with ${code}`)
  }
  const isUp = started(child, log).then((url) => ({
    url,
    log,
    ...asking(url, token),
    configure,
    signal: (name: NodeJS.Signals) => void child.kill(name),
    kill,
    stop: () => end(child, 'SIGTERM'),
  }))
  return { isUp, kill }
}

function asking(url: string, token?: string) {
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` }

  async function ask(path: string, init: RequestInit = {}) {
    const headers = { ...bearer, 'content-type': 'application/json' }
    const response = await fetch(`${url}${path}`, { headers, ...init })
    return { status: response.status, body: (await response.json()) as unknown }
  }
  const get = async <T>(path: string) => (await ask(path)).body as T

  return {
    async post<T>(path: string, body: object) {
      const answer = await ask(path, { method: 'POST', body: JSON.stringify(body) })
      return { status: answer.status, body: answer.body as T }
    },
    get,
    status: () => get<z.infer<typeof StatusView>>('/v1/status'),
    show: (id: string) => get<z.infer<typeof RingView>>(`/v1/rings/${id}`),
    rings: (query: string) => get<z.infer<typeof RingPageView>>(`/v1/rings?${query}`),
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
  return child.exitCode
}

function started(child: ChildProcess, log: LogEvent[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = []
    child.once('exit', (code) => reject(new Error(`exited ${code}: ${said.join('\n')}`)))
    if (child.stderr === null) return
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line)
      if (!line.startsWith('{')) return
      const event = JSON.parse(line) as LogEvent
      log.push(event)
      if (event.event === 'node-started') resolve(event.at)
    })
  })
}
