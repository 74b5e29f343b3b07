/**
 * The whole loop on a throw-away repository: real git, real processes, a scripted agent, its own tests as CI,
 * real rings to the terminal.
 *
 * It touches nothing outside its temporary folder, which is gone afterwards. It plays one scene after the
 * other, as an owner would: files an issue, answers a question, closes another.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { startNode } from '../app.ts'
import { auditSqlite } from '../app/beside-node.ts'
import { parseConfig } from '../config/load.ts'
import type { LogEvent } from '../log.ts'
import { AGENT_ENV } from './agent.ts'
import { type Ground, layGround } from './ground.ts'
import { type Scene, SCENES } from './script.ts'
import { type Api, post, stopRuns } from './api.ts'
import { type Doing, watchRun } from './watch-run.ts'

export type Told = {
  readonly scene: Scene
  readonly verdicts: readonly string[]
  readonly seconds: number
}

/** How far a scene is. */
export type Playing = {
  readonly scene: Scene
  /** Of the run under way, else of the last one; null: there was none yet. */
  readonly doing: Doing | null
  readonly seconds: number
}

export type DemoParts = {
  /** Each scene as it begins, again while it plays, and as it ends. */
  readonly show: (playing: Playing) => void
  readonly log: (event: LogEvent) => void
  /** Ends it early: what runs is stopped, and nothing is left behind. */
  readonly signal: AbortSignal
}

const token = 'demo-operator-token'
const scenePatienceMs = 60_000

/** Every scene with how it ended, and what an audit of the store found wrong. */
export async function demo({ show, log, signal }: DemoParts) {
  const ground = await layGround()
  try {
    const path = join(ground.folder, 'afk.db')
    const ended = new Map<number, string[]>()
    const node = await startNode(configOf(ground, path), {
      isAttended: true,
      log(event) {
        if (event.event === 'run-ended') note(event, ended)
        log(event)
      },
    })
    const told: Told[] = []
    const api = { url: node.url, headers }
    try {
      for (const scene of SCENES) {
        if (signal.aborted) break
        const startedAt = performance.now()
        const seconds = () => (performance.now() - startedAt) / 1_000
        const tell = (doing: Playing['doing']) => show({ scene, doing, seconds: seconds() })
        tell(null)
        ground.addIssue(scene.number, scene)
        await play(scene, { ground, api, ended, tell, signal })
        const verdicts = ended.get(scene.number) ?? []
        tell(endOf(verdicts))
        told.push({ scene, verdicts, seconds: seconds() })
      }
      if (signal.aborted) await stopRuns(api)
    } finally {
      await node.stop()
    }
    return { told, breaches: auditSqlite(path) }
  } finally {
    ground.remove()
  }
}

type Stage = {
  readonly ground: Ground
  readonly api: Api
  readonly ended: ReadonlyMap<number, readonly string[]>
  readonly tell: (doing: Playing['doing']) => void
  readonly signal: AbortSignal
}

/** What an owner does meanwhile; resolves when the scene has as many verdicts as it must have, or time is up. */
async function play({ number, verdicts }: Scene, stage: Stage) {
  const { ground, api, ended, tell, signal } = stage
  const deadline = performance.now() + scenePatienceMs
  const seen = () => ended.get(number)?.length ?? 0
  let hasActed = false
  const isOver = () => signal.aborted || performance.now() >= deadline
  while (seen() < verdicts.length && !isOver()) {
    const doing = await watchRun(`demo#${number}`, api)
    tell(doing ?? endOf(ended.get(number) ?? []))
    if (number === 3 && seen() === 1 && !hasActed) {
      ground.edit(number, (text) => text.replace('demo: ask', 'demo: ask\n\nanswer: blue'))
      hasActed = await post(api, '/v1/continue', { repo: 'demo', number })
    }
    if (number === 4 && !hasActed && doing?.phase === 'working') {
      ground.edit(number, (text) => text.replace('---\n# ', 'state: closed\n---\n# '))
      hasActed = true
    }
    await pause(50)
  }
}

function endOf(verdicts: readonly string[]): Doing | null {
  const phase = verdicts.at(-1)
  return phase === undefined ? null : { phase, fix: null }
}

const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

function note({ issue, state }: { issue: string; state: string }, ended: Map<number, string[]>) {
  const number = Number(issue.split('#')[1])
  ended.set(number, [...(ended.get(number) ?? []), state])
}

function configOf({ folder, clone, agent }: Ground, path: string) {
  const tree = {
    listen: '127.0.0.1:0',
    store: { type: 'sqlite', path },
    tokens: { operator: token },
    channels: { terminal: { type: 'terminal' } },
    loop: {
      killSwitch: false,
      pollEvery: '500ms',
      defaults: {
        tracker: { type: 'files', path: join(folder, 'issues') },
        executor: { type: 'command', argv: [process.execPath, agent], stdin: true, env: AGENT_ENV },
        ci: { type: 'command', argv: [process.execPath, '--test'] },
        landing: 'push',
        limits: { fixForwardAttempts: 2 },
      },
      repos: { demo: { path: clone } },
    },
  }
  return parseConfig(JSON.stringify(tree), { file: null, env: {} })
}
