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
  /** No time for anything: `kill -9`. */
  kill(): Promise<void>
  /** Resolves with the exit code. */
  stop(): Promise<number | null>
}

/** `config`: what differs from a store in the folder and a free port. */
export async function startNodeProcess(folder: string, config: object): Promise<NodeProcess> {
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
  const url = await started(child, log)

  async function ask(path: string, init?: RequestInit) {
    const response = await fetch(`${url}${path}`, init)
    return { status: response.status, body: (await response.json()) as unknown }
  }
  const get = async <T>(path: string) => (await ask(path)).body as T

  return {
    url,
    log,
    async post<T>(path: string, body: object) {
      const headers = { 'content-type': 'application/json' }
      const answer = await ask(path, { method: 'POST', headers, body: JSON.stringify(body) })
      return { status: answer.status, body: answer.body as T }
    },
    get,
    status: () => get('/v1/status'),
    show: (id) => get(`/v1/rings/${id}`),
    rings: (query) => get(`/v1/rings?${query}`),
    configure,
    signal: (name) => void child.kill(name),
    async kill() {
      await end(child, 'SIGKILL')
    },
    stop: () => end(child, 'SIGTERM'),
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
