/**
 * The ground a part of the loop stands on in a test: the real driver and gatekeeper over a real store, enrolled
 * repositories whose tracker, executor, landing branch and CI are in memory, and a clock that a test moves.
 *
 * Nothing turns by itself. The parts of the first repository, `infra`, stand on the ground itself.
 */
import { comments } from '../src/loop/comments.ts'
import { driver, type Used } from '../src/loop/driver.ts'
import { gatekeeper } from '../src/loop/gatekeeper.ts'
import { prompts } from '../src/loop/prompts.ts'
import type { Repository } from '../src/loop/repository.ts'
import type { LoopEvent } from '../src/loop/tell.ts'
import type { Decision, Grant, RunEvent } from '../src/run/event.ts'
import { LIMITS, type Limits } from '../src/run/limits.ts'
import type { Beginning, RunBase, Terminal } from '../src/run/run.ts'
import type { StoredRun } from '../src/store/runs.ts'
import type { Store } from '../src/store/store.ts'
import { calledRuns, inMemoryCalls } from './in-memory-calls.ts'
import { base, inMemoryExecutor } from './in-memory-executor.ts'
import { inMemoryCi, inMemoryLanding } from './in-memory-landing.ts'
import { inMemoryPulls } from './in-memory-pulls.ts'
import { inMemoryTracker } from './in-memory-tracker.ts'
import { happening, labels, readyIssue } from './loop-stand-ins.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { newRing } from './rings.ts'
import { queuedRun } from './runs.ts'
import { openStore } from './temporary.ts'

/** Where threads live. */
export const threads = 'https://threads.test'

type Wish = {
  /** Another loop's, on which this one starts anew. */
  readonly store?: Store
  readonly clock?: ManualClock
  readonly limits?: Partial<Limits>
  /** False: its owner wrote that there is none. */
  readonly hasCi?: boolean
  /** With pull requests, and who merges them. */
  readonly merges?: 'human' | 'auto'
  /** Its tracker's. */
  readonly lagMs?: number
}

function inMemoryRepository(name: string, wish: Wish & { readonly clock: ManualClock }) {
  const calls = inMemoryCalls()
  const tracker = inMemoryTracker(calls, [readyIssue()], wish.lagMs)
  const executor = inMemoryExecutor(calls, wish.clock)
  const landing = inMemoryLanding(calls)
  const pulls = inMemoryPulls(calls, landing)
  const ci = inMemoryCi(calls)
  const hasCi = wish.hasCi ?? true
  const repository: Repository = {
    name,
    landingBranch: 'main',
    policy: {
      limits: { ...LIMITS, ...wish.limits },
      ci: hasCi ? 'checks' : 'none',
      merges: wish.merges ?? 'nobody',
    },
    labels,
    tracker,
    executor,
    landing,
    pulls: wish.merges === undefined ? null : pulls,
    ci: hasCi ? ci : null,
    prompts: prompts(landing),
  }
  return { calls, tracker, executor, landing, pulls, ci, repository }
}

/** `names`: of the enrolled repositories. */
export function inMemoryLoop(wish: Wish = {}, names: readonly string[] = ['infra']) {
  const { clock = manualClock(), store = openStore() } = wish
  const made = names.map((name) => inMemoryRepository(name, { ...wish, clock }))
  const [first, second] = made
  if (first === undefined) throw new Error('a ground has one repository at least')
  const repositories = new Map(made.map(({ repository }) => [repository.name, repository]))
  const told: LoopEvent[] = []
  const rings: Array<{ readonly run: Terminal; readonly used: Used }> = []
  const rang: Array<readonly string[]> = []
  const owed: string[] = []
  const owing: Array<(run: string) => void> = []
  /** Repositories whose agents were looked for though they are not enrolled. */
  const orphaned: string[] = []
  const runs = calledRuns(store, first.calls)
  const driven = driver({
    runs,
    policyOf: (repo) => repositories.get(repo)?.policy,
    ringOf(run, used) {
      rings.push({ run, used })
      return newRing({ kind: run.state, issue: run.issue, key: `run:${run.id}` })
    },
    rang: (channels) => void rang.push(channels),
    owes(run) {
      owed.push(run)
      for (const listener of owing) listener(run)
    },
    tell: (event) => void told.push(event),
  })
  const threadLink = ({ threadId }: { readonly threadId: string }) => `${threads}/${threadId}`
  const parts = {
    runs,
    comments: comments({ runs, clock, threadLink }),
    threadLink,
    driver: driven,
    gatekeeper: gatekeeper({ runs, isEnrolled: (repo) => repositories.has(repo) }),
    repositories,
    orphan: (repo: string) => {
      orphaned.push(repo)
      return first.executor
    },
    clock,
    tell: (event: LoopEvent) => void told.push(event),
  }
  const happen = happening(driven, clock)
  const known = async (id = 'run_1'): Promise<StoredRun> => {
    const found = await store.run(id)
    if (found === undefined) throw new Error(`the store knows no ${id}`)
    return found
  }
  return {
    ...first,
    /** Of the second repository. */
    second,
    /** What every part of the loop is made of. */
    parts,
    runs,
    store,
    told,
    rings,
    rang,
    owed,
    /** Whenever chores of a run were written. */
    whenOwed: (listener: (run: string) => void) => void owing.push(listener),
    happen,
    stored: known,
    run: async (id?: string) => (await known(id)).run,
    /** What the ledger says of the run's lineage, in order. */
    ledger: async (id?: string) => store.ledger((await known(id)).run.lineage),
    ...beginnings({ runs: store, happen, executor: first.executor, known }),
  }
}

export type Ground = ReturnType<typeof inMemoryLoop>

type Start = {
  readonly runs: Store
  readonly happen: ReturnType<typeof happening>
  readonly executor: ReturnType<typeof inMemoryExecutor>
  readonly known: (id?: string) => Promise<StoredRun>
}

function beginnings({ runs, happen, executor, known }: Start) {
  /** It has its repository's slot. */
  async function queued(
    wish: Partial<RunBase> = {},
    begins: Beginning = { with: 'turn' },
  ): Promise<StoredRun> {
    const run = queuedRun(wish, begins)
    const { type } = await runs.queueRun(run)
    if (type === 'busy') throw new Error(`the slot of ${run.id} is taken`)
    return known(run.id)
  }
  /** Its first turn is written down, and not yet with the agent. */
  async function started(wish: Partial<RunBase> = {}): Promise<StoredRun> {
    const { run } = await queued(wish)
    await happen(run.id, { type: 'started' })
    return known(run.id)
  }
  /** Its agent works on its first turn. */
  async function working(wish: Partial<RunBase> = {}): Promise<StoredRun> {
    const { run } = await started(wish)
    const { id, branch, continues, issue, threadId: thread } = run
    const talk = { thread, title: '#42 do it', prompt: 'do it', visit: null }
    const order = { run: id, turn: 1, branch, base, continues, issue, ...talk }
    const asked = await executor.ask(order)
    if (asked.type !== 'adopted') throw new Error(`the executor does not take ${id}`)
    await happen(id, { type: 'based', base }, { ...asked, turn: 1 })
    return known(id)
  }
  return { queued, started, working }
}

/** What the lines of a ledger are about. */
export const typesOf = (
  ledger: ReadonlyArray<{ readonly what: RunEvent | Decision | Grant }>,
): readonly string[] => ledger.map(({ what }) => what.type)
