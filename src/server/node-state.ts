/** What the node says of itself: ready or not, and why; how each channel stands; what waits. */
import type { z } from 'zod'

import type { Arming } from '../config/arming.ts'
import type { Courier } from '../delivery/courier.ts'
import type { Store } from '../store/store.ts'
import { StoreError } from '../store/store-error.ts'
import type { ReadyView, StatusView } from './schemas.ts'
import { iso } from './views.ts'

export type NodeStateParts = {
  readonly store: Pick<Store, 'proveWritable' | 'tallies'>
  readonly courier: Pick<Courier, 'gate' | 'isRunning'>
  /** Name and type of each. */
  readonly channels: ReadonlyMap<string, string>
  readonly arming: Arming
  readonly threadLinks: string
  readonly version: string
  readonly startedAt: number
  readonly now: () => number
}

export type NodeState = {
  ready(): Promise<z.infer<typeof ReadyView>>
  status(): Promise<z.infer<typeof StatusView>>
}

/** A proof that is this fresh is good enough: asking is free of charge, writing is not. */
const proofLastsMs = 1_000

export function nodeState(parts: NodeStateParts): NodeState {
  const { courier, now } = parts
  const storeProblem = proof(parts)

  async function ready() {
    const fault = await storeProblem()
    const problems = [
      ...(fault === null ? [] : [fault]),
      ...(courier.isRunning() ? [] : ['the courier does not run']),
    ]
    return { ready: problems.length === 0, problems }
  }

  return {
    ready,
    async status() {
      const tallies = await parts.store.tallies()
      const oldest = tallies.flatMap(({ oldestDueAcceptedAt: at }) => (at === null ? [] : [at]))
      const { version, arming, threadLinks } = parts
      return {
        version,
        startedAt: iso(parts.startedAt),
        ...(await ready()),
        loop: { armed: arming.armed, missing: [...arming.missing] },
        channels: [...parts.channels].map(([name, type]) => {
          const { due = 0, dead = 0 } = tallies.find(({ channel }) => channel === name) ?? {}
          return { name, type, ...gateView(name, courier, now()), due, dead }
        }),
        oldestUnsentAt: oldest.length === 0 ? null : iso(Math.min(...oldest)),
        threadLinks,
      }
    },
  }
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
