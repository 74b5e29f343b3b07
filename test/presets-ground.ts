/**
 * A whole node with a throw-away repository for each recording: real git, issues in a folder, `replay-agent.mjs` as
 * the agent, `grep` as CI. All are enrolled at once, so all run at once.
 *
 * What it tells of a run is what the node says over HTTP; what its terminal prints is kept instead of shown. Closed,
 * nothing of it is left.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { vi } from 'vitest'
import type { z } from 'zod'

import { startNode } from '../src/app.ts'
import { parseConfig } from '../src/config/load.ts'
import { AGENT_ENV } from '../src/demo/agent.ts'
import { git } from '../src/git/git.ts'
import type { LogEvent } from '../src/log.ts'
import { RunPageView, RunView } from '../src/server/run-schemas.ts'
import { RingPageView, RingView } from '../src/server/schemas.ts'
import { read } from './bell.ts'
import { until } from './until.ts'

export type Replay = {
  /** Of its repository. */
  readonly name: string
  readonly sample: string
  readonly works?: boolean
  /** Of OpenCode's steps. */
  readonly costUsd?: number
  /** Its process lives on until it is let go. */
  readonly isHeld?: boolean
}

export type SeenRun = z.infer<typeof RunView>
export type PresetsGround = Awaited<ReturnType<typeof presetsGround>>

const token = 'presets-operator-token'
const patienceMs = 45_000

/** The issue of the first replay is #1, that of the second #2. */
export async function presetsGround(replays: readonly Replay[]) {
  const folder = mkdtempSync(join(tmpdir(), 'afk-presets-'))
  const at = (name: string, part: string) => join(folder, name, part)
  await layRepositories(folder, replays)
  const store = join(folder, 'afk.db')
  const terminal = keptTerminal()
  const ended = new Map<string, number>()
  const node = await startNode(configOf(folder, replays), {
    isAttended: true,
    log: (event) => countEnd(event, ended),
  })
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= node.stop())
  const { runs, run, rings } = asking(node.url)
  const letGo = (name: string) => writeFileSync(at(name, 'let-go'), '')

  return {
    store,
    runs,
    run,
    rings,
    printed: terminal.printed,
    letGo,
    stop,
    async ended(name: string): Promise<SeenRun> {
      await until(`a run of ${name} has ended`, () => ended.has(name), patienceMs)
      return run(name)
    },
    /** The message of the newest commit on the remote's landing branch. */
    landed: async (name: string) =>
      (await git(at(name, 'origin.git'), ['log', '-1', '--format=%H %B', 'main'])).trim(),
    async close() {
      for (const { name, isHeld = false } of replays) if (isHeld) letGo(name)
      await stop()
      terminal.restore()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function layRepositories(folder: string, replays: readonly Replay[]) {
  const [bare, first] = [join(folder, 'first.git'), join(folder, 'first')]
  await git(folder, ['init', '-q', '--bare', '-b', 'main', bare])
  await git(folder, ['clone', '-q', bare, first])
  writeFileSync(join(first, 'work.txt'), 'broken\n')
  await git(first, ['add', '-A'])
  await git(first, ['commit', '-qm', 'a beginning'], { env: AGENT_ENV })
  await git(first, ['push', '-q', 'origin', 'HEAD:main'])
  const lay = async ({ name }: Replay, index: number) => {
    const place = join(folder, name)
    cpSync(bare, join(place, 'origin.git'), { recursive: true })
    await git(place, ['clone', '-q', 'origin.git', 'work'])
    mkdirSync(join(place, 'issues'))
    const file = `${String(index + 1).padStart(4, '0')}-mend-it.md`
    const text = '---\nlabels: [ready-for-agent]\n---\n# Mend it\n\nwork.txt is broken.\n'
    writeFileSync(join(place, 'issues', file), text)
  }
  await Promise.all(replays.map(lay))
}

function configOf(folder: string, replays: readonly Replay[]) {
  const tree = {
    listen: '127.0.0.1:0',
    store: { type: 'sqlite', path: join(folder, 'afk.db') },
    tokens: { operator: token },
    channels: { terminal: { type: 'terminal' } },
    loop: {
      killSwitch: false,
      pollEvery: '1s',
      defaults: {
        ci: { type: 'command', argv: ['grep', '-qx', 'fixed', 'work.txt'] },
        landing: 'push',
      },
      repos: Object.fromEntries(replays.map((replay) => [replay.name, repoOf(folder, replay)])),
    },
  }
  return parseConfig(JSON.stringify(tree), { file: null, env: {} })
}

const agent = join(import.meta.dirname, 'replay-agent.mjs')

function repoOf(folder: string, { name, sample, works, costUsd, isHeld }: Replay) {
  const place = join(folder, name)
  const flags = [
    ...(works ? ['--work'] : []),
    ...(costUsd === undefined ? [] : [`--cost=${costUsd}`]),
    ...(isHeld ? [`--hold=${join(place, 'let-go')}`] : []),
  ]
  const argv = [process.execPath, agent, sample, ...flags]
  const preset = sample.startsWith('claude') ? 'claude-code' : sample.split('-')[0]
  return {
    path: join(place, 'work'),
    tracker: { type: 'files', path: join(place, 'issues') },
    executor: { type: 'command', argv, stdin: true, preset, env: AGENT_ENV },
  }
}

function keptTerminal() {
  const texts: string[] = []
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text, ...rest: unknown[]) => {
    texts.push(String(text))
    const written = rest.at(-1)
    if (typeof written === 'function') written()
    return true
  })
  return {
    /** How often it printed that. */
    printed: (part: string) => texts.filter((text) => text.includes(part)).length,
    restore: () => write.mockRestore(),
  }
}

function countEnd(event: LogEvent, ended: Map<string, number>) {
  if (event.event !== 'run-ended') return
  const name = event.issue.split('#')[0]!
  ended.set(name, (ended.get(name) ?? 0) + 1)
}

function asking(url: string) {
  const headers = { authorization: `Bearer ${token}` }
  const get = (path: string) => fetch(`${url}/v1${path}`, { headers })
  const isOf = (name: string) => (each: { issueRef: string }) =>
    each.issueRef.startsWith(`${name}#`)
  const runs = async () => (await read(RunPageView, await get('/runs?limit=200'))).runs
  return {
    runs,
    /** The newest of the repository, once there is one. */
    async run(name: string): Promise<SeenRun> {
      const newest = async () => (await runs()).find(isOf(name))
      await until(`there is a run of ${name}`, async () => (await newest()) !== undefined)
      return read(RunView, await get(`/runs/${(await newest())!.id}`))
    },
    /** Whole, with what they say. */
    async rings(name: string) {
      const page = await read(RingPageView, await get('/rings?limit=200'))
      const mine = page.rings.filter(isOf(name))
      return Promise.all(mine.map(async ({ id }) => read(RingView, await get(`/rings/${id}`))))
    },
  }
}
