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

export type Told = {
  readonly scene: Scene
  readonly verdicts: readonly string[]
  readonly seconds: number
}

export type DemoParts = {
  /** What happens, as it happens. */
  readonly tell: (line: string) => void
  readonly log: (event: LogEvent) => void
}

const token = 'demo-operator-token'
const scenePatienceMs = 60_000

/** Every scene with how it ended, and what an audit of the store found wrong. */
export async function demo({ tell, log }: DemoParts) {
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
    try {
      for (const scene of SCENES) {
        tell(`#${scene.number} ${scene.name}`)
        const startedAt = performance.now()
        ground.addIssue(scene.number, scene)
        await play(scene, { ground, url: node.url, ended })
        const seconds = (performance.now() - startedAt) / 1_000
        told.push({ scene, verdicts: ended.get(scene.number) ?? [], seconds })
      }
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
  readonly url: string
  readonly ended: ReadonlyMap<number, readonly string[]>
}

/** What an owner does meanwhile; resolves when the scene has as many verdicts as it must have, or time is up. */
async function play({ number, verdicts }: Scene, { ground, url, ended }: Stage) {
  const deadline = performance.now() + scenePatienceMs
  const seen = () => ended.get(number)?.length ?? 0
  let hasActed = false
  while (seen() < verdicts.length && performance.now() < deadline) {
    if (number === 3 && seen() === 1 && !hasActed) {
      ground.edit(number, (text) => text.replace('demo: ask', 'demo: ask\n\nanswer: blue'))
      hasActed = await post(url, '/v1/continue', { repo: 'demo', number })
    }
    if (number === 4 && !hasActed && (await isWorking(url))) {
      ground.edit(number, (text) => text.replace('---\n# ', 'state: closed\n---\n# '))
      hasActed = true
    }
    await pause(50)
  }
}

const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

async function post(url: string, path: string, body: object): Promise<boolean> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  return answer.ok
}

async function isWorking(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/v1/runs?live=true`, { headers })
  const page = (await answer.json()) as { runs: ReadonlyArray<{ phase: string; issueRef: string }> }
  return page.runs.some(({ phase, issueRef }) => phase === 'working' && issueRef === 'demo#4')
}

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
