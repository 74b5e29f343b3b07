/**
 * One channel's deliveries: claims what it can start now, sends it, settles it.
 *
 * Escalations go first; a waiting `done` is passed by nine in a row at most (turn.ts). Tries start as
 * the valve allows. While the store refuses writes nothing is claimed, and outcomes wait for it
 * (patience.ts). A lane shares nothing else with another: a hung receiver delays its own deliveries
 * only. A channel that throws is a bug: it is logged, and the delivery taken up when its lease ends.
 */
import type { Adapter } from '../channels/channel.ts'
import type { Clock } from '../clock.ts'
import type { Gate } from '../doorbell/gate.ts'
import type { Outcome } from '../doorbell/outcome.ts'
import { notesFor } from '../doorbell/ring.ts'
import { settle } from '../doorbell/settle.ts'
import type { Log } from '../log.ts'
import type { Delivery, Rings, Settlement } from '../store/rings.ts'
import { handleFor } from './handle.ts'
import type { Patience } from './patience.ts'
import { deliveryEvent, gateEvent } from './tell.ts'
import type { Valve } from './valve.ts'

export type LaneOptions = {
  readonly name: string
  readonly channel: Adapter
  readonly valve: Valve
  /** How long one try may take. */
  readonly timeoutMs: number
}

export type LaneParts = {
  readonly rings: Pick<Rings, 'claim' | 'settle'>
  readonly patience: Patience
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly dice: () => number
  readonly log: Log
}

export type Lane = {
  readonly name: string
  /** Something may be due. */
  wake(): void
  /** Settles a try that nobody else will: its lease ran out. */
  expire(delivery: Delivery): Promise<void>
  gate(): Gate
  /** The credential is believed to be good again. */
  open(): void
  /** Claims no more; resolves when every try is settled. Aborts those that take longer than `graceMs`. */
  stop(graceMs: number): Promise<void>
}

export const LEASE_MS = 30_000

export function lane(options: LaneOptions, parts: LaneParts): Lane {
  const { name, valve } = options
  const { clock, log } = parts
  const aborts = new Set<() => void>()
  const courses = new Set<Promise<void>>()
  const claim = claimer(options, parts)
  let isClaiming = false
  let isStopped = false
  let callOff = () => {}

  function wake() {
    if (isClaiming || isStopped) return
    callOff()
    const now = clock.now()
    if (parts.patience.isRefused()) callOff = clock.wakeAt(now + 1_000, wake)
    else if (valve.startable(now) > 0) void tick()
    else callOff = clock.wakeAt(Math.max(valve.nextChanceAt(now), now + 1), wake)
  }

  async function tick() {
    isClaiming = true
    const { deliveries, nextDueAt } = await claim()
    isClaiming = false
    // These are taken up when their leases end.
    if (isStopped) return
    for (const delivery of deliveries) start(delivery)
    if (deliveries.length > 0) wake()
    else if (nextDueAt !== null) callOff = clock.wakeAt(nextDueAt, wake)
  }

  function start(delivery: Delivery) {
    valve.began(clock.now())
    const course = deliver(delivery, { options, parts, aborts, onSent: wake })
    courses.add(course)
    void course.finally(() => courses.delete(course)).finally(wake)
  }

  return {
    name,
    wake,
    expire: (delivery) => expire(delivery, options, parts).then(wake),
    gate: valve.gate,
    open() {
      if (valve.gate().state === 'closed') log(gateEvent(name, { state: 'open' }))
      valve.open()
      wake()
    },
    async stop(graceMs) {
      isStopped = true
      callOff()
      const timer = setTimeout(() => aborts.forEach((abort) => abort()), graceMs)
      await Promise.all(courses)
      clearTimeout(timer)
    },
  }
}

/** Claims as much as may start when the store answers; a closed lane claims its oldest as a probe. */
function claimer({ name, valve }: LaneOptions, { rings, patience, clock }: LaneParts) {
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

type Course = {
  readonly options: LaneOptions
  readonly parts: LaneParts
  /** How to end the tries under way. */
  readonly aborts: Set<() => void>
  /** The try is over and its settlement under way: another may be claimed in the same commit. */
  readonly onSent: () => void
}

async function deliver(delivery: Delivery, { options, parts, aborts, onSent }: Course) {
  const { channel, name, timeoutMs, valve } = options
  const { ring, wave, mayHaveArrivedSince } = delivery
  const at = parts.clock.now()
  const handle = handleFor({ key: ring.key, channel: name, wave })
  const message = {
    notification: ring.notification,
    notes: notesFor(ring, at),
    handle,
    ring,
    mayHaveArrivedSince,
  }
  const controller = new AbortController()
  const abort = () => controller.abort()
  const timer = setTimeout(abort, timeoutMs)
  aborts.add(abort)
  const outcome = await channel.send(message, controller.signal).catch((error: unknown) => {
    parts.log({ event: 'bug', where: `channel ${name}`, detail: String(error) })
  })
  clearTimeout(timer)
  aborts.delete(abort)
  if (outcome === undefined) return valve.failed()
  const settled = write(delivery, decide({ delivery, outcome, at }, options, parts), parts)
  onSent()
  await settled
}

async function expire(delivery: Delivery, options: LaneOptions, parts: LaneParts): Promise<void> {
  const detail = 'the node stopped while trying'
  const outcome = { type: 'unknown', code: 'lease-expired', detail } as const
  options.valve.began(parts.clock.now())
  await write(
    delivery,
    decide({ delivery, outcome, at: delivery.claimedAt }, options, parts),
    parts,
  )
}

type Sent = { readonly delivery: Delivery; readonly outcome: Outcome; readonly at: number }

function decide(
  { delivery, outcome, at }: Sent,
  options: LaneOptions,
  parts: LaneParts,
): Settlement {
  const { valve, name } = options
  const now = parts.clock.now()
  const tries = delivery.tries - delivery.waived
  const { firstTriedAt } = delivery
  const settled = settle({ outcome, tries, firstTriedAt, now, dice: parts.dice() })
  const before = valve.gate().state
  const hasMoved = valve.ended(outcome, settled, now)
  const gate = valve.gate()
  if (gate.state !== before) parts.log(gateEvent(name, gate))
  return {
    delivery,
    tried: { at, ms: now - at, outcome },
    settled,
    gate: hasMoved ? { channel: name, gate } : null,
  }
}

async function write(delivery: Delivery, settlement: Settlement, parts: LaneParts): Promise<void> {
  await parts.patience.run(() => parts.rings.settle([settlement]))
  const event = deliveryEvent(delivery, settlement)
  if (event !== null) parts.log(event)
}
