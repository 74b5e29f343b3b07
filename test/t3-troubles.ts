/**
 * A loop with its agents in T3 Code, for troubles that take their time: real git, real issues in a folder, a T3 server
 * that is played, and a clock that may be set ahead.
 *
 * The loop can be stopped and opened again, as by a restart of its node. At the end T3 had no bug of its own, and saw
 * nothing that no client should send.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'

import { openLoop } from '../src/app/loop.ts'
import { parseConfig } from '../src/config/load.ts'
import { AGENT_ENV } from '../src/demo/agent.ts'
import { git } from '../src/git/git.ts'
import type { LogEvent } from '../src/log.ts'
import type { Run } from '../src/run/run.ts'
import { leapingClock } from './leaping-clock.ts'
import { loopAgent, type LoopPlan } from './t3-loop-agent.ts'
import type { Store } from '../src/store/store.ts'
import { type T3Options, t3StandIn } from './t3/stand-in.ts'
import { openStore, temporaryFolder } from './temporary.ts'
import { until } from './until.ts'

type Wish = T3Options & {
  /** Of the enrolled repositories; default: `infra` alone. */
  readonly repos?: readonly string[]
  readonly silentMinutes?: number
  /** What T3 may see that no client should send where there is another way. */
  readonly smells?: readonly string[]
}

export async function troubles(plan: LoopPlan, wish: Wish = {}) {
  const { repos = ['infra'], silentMinutes = 45, smells = [], ...played } = wish
  const folder = temporaryFolder()
  const clock = leapingClock()
  const events: LogEvent[] = []
  const { agent, began, begun } = loopAgent(plan)
  const t3 = await t3StandIn({ ...played, agent, now: clock.now })
  onTestFinished(async () => {
    await t3.close()
    expect(t3.smells()).toEqual(smells)
    expect(events.filter(({ event }) => event === 'bug')).toEqual([])
  })
  for (const name of repos) await layGround(join(folder, name))
  const store = openStore({ path: join(folder, 'afk.db') })
  const looks = lookedAt(store)
  const open = (token: string) => {
    const config = configOf({ folder, repos, silentMinutes, url: t3.url, token })
    const log = (event: LogEvent) => void events.push(event)
    const live = { change: () => {} }
    const opened = openLoop(config, { store: looks.store, clock, log, live, wake: () => {} })
    opened.start()
    return opened
  }
  let turning = open(t3.token)
  onTestFinished(() => turning.stop())

  const run = async (repo = 'infra'): Promise<Run | undefined> =>
    (await store.lastRun({ repo, number: 1 }))?.run
  return {
    ...{ t3, began, begun, clock, store, run },
    /** So much time goes by, with a whole look at every run again and again. */
    passLooking: (ms: number) =>
      clock.pass(ms, () => looks.more(() => repos.forEach(turning.wake))),
    /** As its node does when it starts again, or is told another token. */
    async reopen(token = t3.token) {
      await turning.stop()
      turning = open(token)
    },
    file: (repo = 'infra') => writeFileSync(join(folder, repo, 'issues', '0001-mend-it.md'), issue),
    /** Until its run is so. */
    async comes(what: string, isSo: (run: Run) => boolean, repo = 'infra'): Promise<Run> {
      await until(`a run ${what}`, async () => isSo(await known(run(repo))))
      return known(run(repo))
    },
    /** Until it has ended, and its slot is free. */
    async over(repo = 'infra') {
      await until('it is over', async () => !(await store.slots()).has(repo))
      return known(run(repo))
    },
    /** What was charged for each turn that was asked. */
    async charges(repo = 'infra') {
      const ledger = await store.ledger(`${repo}#1@main`)
      return ledger.flatMap(({ what }) => (what.type === 'asked' ? [what.charge] : []))
    },
    /** What could not be looked at, as people were told. */
    told: () => events.flatMap((each) => (each.event === 'look-failed' ? [each.detail] : [])),
    /** What must follow an end, and could not be done. */
    waiting: () =>
      events.flatMap((each) =>
        each.event === 'chore-waits' ? [`${each.kind}: ${each.detail}`] : [],
      ),
    /** Which tokens expire, as people were told. */
    expiring: () => events.filter(({ event }) => event === 'token-expires'),
  }
}

/** Told by how often the runs under way are read by whoever looks at them, and not at their issues. */
function lookedAt(store: Store) {
  let count = 0
  const liveRuns = (repo?: string) => {
    if (/loop\/watcher\.ts/.test(new Error('who asks').stack ?? '')) count += 1
    return store.liveRuns(repo)
  }
  return {
    store: { ...store, liveRuns },
    /** When the third has begun, the first has come to its end. */
    async more(wake: () => void) {
      for (const _ of [1, 2, 3]) {
        const before = count
        wake()
        await until('it is looked again', () => count >= before + 2)
      }
    },
  }
}

async function known(asked: Promise<Run | undefined>): Promise<Run> {
  const run = await asked
  return run ?? ({ state: 'none' } as never)
}

const issue = '---\nlabels: [ready-for-agent]\n---\n# Mend it\n\nIt is broken.\n'

async function layGround(folder: string) {
  mkdirSync(join(folder, 'issues'), { recursive: true })
  const clone = join(folder, 'clone')
  await git(folder, ['init', '-q', '--bare', '-b', 'main', 'origin.git'])
  await git(folder, ['clone', '-q', 'origin.git', 'clone'])
  writeFileSync(join(clone, 'README.md'), '# A throw-away repository\n')
  await git(clone, ['add', '-A'])
  await git(clone, ['commit', '-qm', 'a beginning'], { env: AGENT_ENV })
  await git(clone, ['push', '-q', 'origin', 'HEAD:main'])
}

type Place = {
  readonly folder: string
  readonly repos: readonly string[]
  readonly silentMinutes: number
  readonly url: string
  readonly token: string
}

function configOf({ folder, repos, silentMinutes, url, token }: Place) {
  const enrolled = repos.map((name) => {
    const tracker = { type: 'files', path: join(folder, name, 'issues') }
    return [name, { path: join(folder, name, 'clone'), tracker }] as const
  })
  const tree = {
    store: { type: 'sqlite', path: join(folder, 'afk.db') },
    tokens: { operator: 'an-operator-of-no-node' },
    channels: { phone: { type: 'ntfy', server: 'http://127.0.0.1:9', topic: 'afk' } },
    loop: {
      killSwitch: false,
      pollEvery: '200ms',
      defaults: {
        executor: { type: 't3', url, token },
        ci: { type: 'none' },
        landing: 'push',
        limits: { silentMinutes },
      },
      repos: Object.fromEntries(enrolled),
    },
  }
  return parseConfig(JSON.stringify(tree), { file: null, env: {} })
}
