/** What the node says of itself: ready or not, and why; how each channel stands; what waits; what the loop does. */
import type { z } from 'zod'

import type { Arming } from '../config/arming.ts'
import type { Courier } from '../delivery/courier.ts'
import type { Tally } from '../store/rings.ts'
import type { Store } from '../store/store.ts'
import { StoreError } from '../store/store-error.ts'
import { type GithubStanding, githubView } from './github-view.ts'
import { liveRunView, pauseView } from './run-views.ts'
import type { ReadyView, StatusView } from './schemas.ts'
import { iso } from './views.ts'

export type NodeStateParts = {
  readonly store: Pick<
    Store,
    'proveWritable' | 'tallies' | 'openRings' | 'liveRuns' | 'pauses' | 'run' | 'dueChores'
  >
  readonly courier: Pick<Courier, 'gate' | 'problem'>
  /** Name and type of each. */
  readonly channels: ReadonlyMap<string, string>
  readonly arming: Arming
  /** One for each credential; empty: there is no loop on GitHub. */
  readonly github: () => readonly GithubStanding[]
  readonly threadLinks: string
  readonly version: string
  readonly startedAt: number
  readonly now: () => number
}

export type NodeState = {
  /** What a heartbeat says; null: the node is not well. */
  health(): Promise<string | null>
  ready(): Promise<z.infer<typeof ReadyView>>
  status(): Promise<z.infer<typeof StatusView>>
}

/** A proof that is this fresh is good enough: asking is free of charge, writing is not. */
const proofLastsMs = 1_000

export function nodeState(parts: NodeStateParts): NodeState {
  const { store, courier, now } = parts
  const storeProblem = proof(parts)

  async function ready() {
    const fault = await storeProblem()
    const problems = [fault, courier.problem()].filter((problem) => problem !== null)
    return { ready: problems.length === 0, problems }
  }

  return {
    ready,
    async health() {
      if (!(await ready()).ready) return null
      return healthLine(await store.tallies(), now())
    },
    async status() {
      const tallies = await store.tallies()
      const oldest = tallies.flatMap(({ oldestDueAcceptedAt: at }) => (at === null ? [] : [at]))
      const { version, arming, threadLinks } = parts
      return {
        version,
        startedAt: iso(parts.startedAt),
        ...(await ready()),
        loop: {
          armed: arming.armed,
          missing: [...arming.missing],
          pauses: (await store.pauses()).map(pauseView),
          runs: (await store.liveRuns()).map(({ run }) => liveRunView(run)),
          waits: await waitsOf(store),
        },
        github: parts.github().map(githubView),
        channels: [...parts.channels].map(([name, type]) => {
          const tally = tallies.find(({ channel }) => channel === name)
          const { due = 0, dead = 0, oldestDueAcceptedAt: oldestAt = null } = tally ?? {}
          const oldestDueAt = oldestAt === null ? null : iso(oldestAt)
          return { name, type, ...gateView(name, courier, now()), due, dead, oldestDueAt }
        }),
        open: openView(await store.openRings()),
        oldestUnsentAt: oldest.length === 0 ? null : iso(Math.min(...oldest)),
        threadLinks,
      }
    },
  }
}

function openView({ count, oldestAt }: Awaited<ReturnType<Store['openRings']>>) {
  return { count, oldestAt: oldestAt === null ? null : iso(oldestAt) }
}

/** What must follow an end, was tried, and could not be done yet: its repository stays busy until then. */
async function waitsOf(store: NodeStateParts['store']) {
  const chores = await store.dueChores({ now: Number.MAX_SAFE_INTEGER, limit: 100, run: null })
  const tried = chores.filter(({ tries }) => tries > 0)
  return Promise.all(
    tried.map(async ({ run: id, kind, tries, detail }) => {
      const repo = (await store.run(id))?.run.issue.repo ?? null
      return { run: id, repo, kind, tries, detail }
    }),
  )
}

/** Names the oldest ring that waits, by its id alone: who reads this is a third party. */
function healthLine(tallies: readonly Tally[], now: number): string {
  const sum = (key: 'due' | 'dead') => tallies.reduce((total, tally) => total + tally[key], 0)
  const counts = `${sum('due')} due, ${sum('dead')} dead`
  const [oldest] = tallies
    .flatMap(({ oldestDueAcceptedAt: at, oldestDueRing: ring }) =>
      at === null ? [] : [{ at, ring }],
    )
    .toSorted((a, b) => a.at - b.at)
  if (oldest === undefined) return `nothing waits; ${counts}`
  const seconds = Math.round((now - oldest.at) / 1_000)
  return `oldest unsent ring: ${oldest.ring}, for ${seconds} s; ${counts}`
}

function gateView(name: string, courier: Pick<Courier, 'gate'>, now: number) {
  const gate = courier.gate(name)
  if (gate?.state !== 'closed') return { state: 'open' as const, detail: null, probeAt: null }
  const probeAt = iso(Math.max(gate.probeAt, now))
  return { state: 'closed' as const, detail: gate.detail, probeAt }
}

/** Null: the store just wrote something. */
function proof({ store, now }: NodeStateParts): () => Promise<string | null> {
  let provedAt = -Infinity
  let last: Promise<string | null> = Promise.resolve(null)
  return () => {
    if (now() - provedAt < proofLastsMs) return last
    provedAt = now()
    last = store.proveWritable(provedAt).then(
      () => null,
      (error: unknown) => {
        if (error instanceof StoreError) return error.message
        throw error
      },
    )
    return last
  }
}
