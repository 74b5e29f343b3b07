/**
 * `afk up`: runs the node until it is told to stop (SIGINT, SIGTERM). A second signal ends it at once:
 * what was accepted is on disk either way. SIGHUP reads the configuration again.
 */
import { join } from 'node:path'

import { startNode } from '../app.ts'
import { arming } from '../config/arming.ts'
import type { Loaded } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { jsonLine, type Log, textLine } from '../log.ts'
import { StoreError } from '../store/store-error.ts'
import { VERSION } from '../version.ts'
import { CliError } from './cli-error.ts'
import type { Asked, Command, Io } from './command.ts'
import { ownName } from './own-name.ts'
import { readConfig } from './read-config.ts'
import { hearHangUps, reloadWhenAsked } from './reload.ts'

export const up: Command = {
  name: 'up',
  usage: '[--config FILE] [--listen HOST:PORT] [--data DIR] [--log json]',
  summary: 'run the node: server, courier, and the loop if it is armed',
  maxArgs: 0,
  options: {
    config: { type: 'string', value: 'FILE', description: 'the configuration (default afk.yaml)' },
    listen: { type: 'string', value: 'HOST:PORT', description: 'where the API listens' },
    data: { type: 'string', value: 'DIR', description: 'where the store is kept (default .afk)' },
    log: { type: 'string', value: 'json', description: 'one JSON line for each change of state' },
  },
  examples: [
    'afk up',
    'afk up --listen 127.0.0.1:8000 --data /tmp/afk-example --log json',
    'AFK_NTFY_URL=https://ntfy.example/my-secret-topic afk up',
  ],
  async run(asked, io) {
    const read = () => loadedOf(asked, io)
    const first = read()
    const { config } = first
    const hangUps = hearHangUps()
    const log = logTo(io, config.log === 'json' ? jsonLine : textLine)
    const node = await startNode(config, { log }).catch((error: unknown) => {
      throw explain(error, config)
    })
    if (config.log === 'text')
      for (const line of greeting(config, { url: node.url, afk: ownName(io) })) io.err(line)
    const stopReloading = reloadWhenAsked({ node, read, first, log, hangUps })
    await signalled()
    stopReloading()
    await node.stop()
    return 0
  },
}

/** What one turn of the event loop has to say is written at once: a line costs a system call. */
function logTo(io: Io, format: typeof textLine): Log {
  let lines: string[] = []
  const flush = () => {
    const text = lines.join('\n')
    lines = []
    io.err(text)
  }
  return (event) => {
    if (lines.length === 0) setImmediate(flush)
    lines.push(format(event, Date.now()))
  }
}

function loadedOf(asked: Asked, io: Io): Loaded {
  const flags = { AFK_LISTEN: asked.text('listen'), AFK_LOG: asked.text('log') }
  const given = Object.entries(flags).filter(([, value]) => value !== undefined)
  const env = { ...io.env, ...Object.fromEntries(given) }
  const loaded = readConfig(asked.text('config') ?? null, { env })
  const data = asked.text('data')
  if (data === undefined) return loaded
  const { config } = loaded
  const store = { ...config.store, path: join(data, 'afk.db') }
  return { ...loaded, config: { ...config, store } }
}

function greeting(config: Config, { url, afk }: { url: string; afk: string }): string[] {
  const { channels } = config
  const names = Object.entries(channels).map(([name, { type }]) => `${name} (${type})`)
  const isTerminalOnly = Object.values(channels).every(({ type }) => type === 'terminal')
  const hint = isTerminalOnly ? '; AFK_NTFY_URL=https://ntfy.example/TOPIC rings your phone' : ''
  return [
    `  AFK ${VERSION}, ${url}`,
    `  channels  ${names.join(', ')}${hint}`,
    `  loop      ${arming(config).armed ? 'armed' : 'disarmed, as it ships; afk status says what is missing'}`,
    `  try it    ${afk} ring frozen --issue infra#42 --detail "CI red"`,
  ]
}

/** Anything that is not the machine's answer is a bug, and thrown as it is. */
function explain(error: unknown, { listen, store }: Config): CliError {
  if (error instanceof StoreError) {
    const place = error.code === 'locked' ? '' : `${store.path}: `
    return failed(`${place}${error.message}`, error)
  }
  if (!(error instanceof Error) || !('syscall' in error)) throw error
  const { code = 'unknown', syscall } = error as NodeJS.ErrnoException
  const place = `${listen.host}:${listen.port}`
  if (code === 'EADDRINUSE')
    return failed(`${place} is taken: stop what listens there, or use --listen`, error)
  if (syscall === 'listen' || syscall === 'getaddrinfo')
    return failed(`cannot listen on ${place} (${code}): use another --listen`, error)
  return failed(`cannot use the folder of ${store.path} (${code}): mend it, or use --data`, error)
}

function failed(message: string, cause: unknown): CliError {
  return new CliError(1, message, { cause })
}

/** The first signal asks for the end; any further one ends at once. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        if (isAsked) process.exit(1)
        isAsked = true
        resolve()
      })
  })
}
