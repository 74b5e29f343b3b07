/**
 * One channel's deliveries: claims what it can start now, and has it tried.
 *
 * Escalations go first; a waiting `done` is passed by nine in a row at most (turn.ts). Tries start as
 * the valve allows. While the store refuses writes nothing is claimed, and outcomes wait for it
 * (patience.ts). A lane shares nothing else with another: a hung receiver delays its own deliveries
 * only.
 */
import type { Gate } from '../doorbell/gate.ts'
import type { Delivery, Rings } from '../store/rings.ts'
import { type Attempt, attempt, type AttemptParts, expire } from './attempt.ts'
import { RETRY_MS } from './patience.ts'
import { gateEvent } from './tell.ts'
import { ticker } from './ticker.ts'

export type LaneParts = AttemptParts & {
  readonly name: string
  readonly rings: Pick<Rings, 'claim' | 'settle'>
}

export type Lane = {
  /** Something may be due. */
  wake(): void
  /** Settles a try that nobody else will: its lease ran out. */
  expire(delivery: Delivery): Promise<void>
  gate(): Gate
  /** It has been at one thing for much longer than that can take, and not for want of the store. */
  isStuck(): boolean
  /** The credential is believed to be good again. */
  open(): void
  /** Claims no more; resolves when every try is settled. Aborts those that take longer than `graceMs`. */
  stop(graceMs: number): Promise<void>
}

export const LEASE_MS = 30_000

/** No try may take that long: a channel that does not end at its abort has a bug. */
const stuckAfterMs = 2 * LEASE_MS

export function lane(parts: LaneParts): Lane {
  const { name, valve, patience, clock, log } = parts
  const attempts = new Map<Attempt, number>()
  const claim = claimer(parts)
  let isStopped = false

  const ticks = ticker(
    async () => {
      const now = clock.now()
      if (patience.isRefused()) return now + RETRY_MS
      if (valve.startable(now) === 0) return valve.nextChanceAt(now)
      const { deliveries, nextDueAt } = await claim()
      deliveries.forEach(start)
      return deliveries.length > 0 ? clock.now() : nextDueAt
    },
    { clock, log, where: `lane ${name}` },
  )

  function start(delivery: Delivery) {
    const started = attempt(delivery, parts)
    attempts.set(started, clock.now())
    void started.sent.then(ticks.wake, ticks.wake)
    void started.settled
      // Accepted, it leaves nothing to wake for; else it may be due again sooner than all else.
      .then((isOver) => isOver || ticks.wake())
      .catch((error: unknown) => {
        if (!isStopped) log({ event: 'bug', where: `lane ${name}`, detail: String(error) })
      })
      .finally(() => attempts.delete(started))
  }

  return {
    wake: ticks.wake,
    expire: (delivery) => expire(delivery, parts).then(ticks.wake),
    gate: valve.gate,
    isStuck() {
      const since = [...attempts.values(), ticks.busySince() ?? Infinity]
      return !patience.isRefused() && clock.now() - Math.min(...since) > stuckAfterMs
    },
    open() {
      if (valve.gate().state === 'closed') log(gateEvent(name, { state: 'open' }))
      valve.open()
      ticks.wake()
    },
    async stop(graceMs) {
      isStopped = true
      const timer = setTimeout(() => [...attempts.keys()].forEach(({ abort }) => abort()), graceMs)
      await ticks.stop()
      await Promise.allSettled([...attempts.keys()].map(({ settled }) => settled))
      clearTimeout(timer)
    },
  }
}

/** Claims as much as may start when the store answers; a closed lane claims its oldest as a probe. */
function claimer({ name, valve, rings, patience, clock }: LaneParts) {
  let passed = 0
  return async () => {
    const claimed = await patience.run(() => {
      const now = clock.now()
      const limit = valve.startable(now)
      const oldest = valve.gate().state === 'closed'
      return rings.claim({ channel: name, now, leaseMs: LEASE_MS, limit, passed, oldest })
    })
    passed = claimed.passed
    return claimed
  }
}
