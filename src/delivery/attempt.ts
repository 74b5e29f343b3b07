/**
 * One try of one delivery, from its claim to its settlement.
 *
 * The settlement is written however long the store makes it wait. A channel that throws is a bug: it is
 * told, and the delivery taken up when its lease ends. Ends at its timeout, or when it is aborted, as
 * an outcome that says so; a channel that goes on regardless is a bug, too, and not waited for.
 */
import type { Adapter } from '../channels/channel.ts'
import type { Clock } from '../clock.ts'
import { isEscalation } from '../doorbell/kinds.ts'
import type { Outcome } from '../doorbell/outcome.ts'
import { notesFor } from '../doorbell/ring.ts'
import { settle, type Settled } from '../doorbell/settle.ts'
import type { Log } from '../log.ts'
import type { Delivery, Report, Rings, Settlement } from '../store/rings.ts'
import { handleFor } from './handle.ts'
import type { Patience } from './patience.ts'
import { deliveryEvent, gateEvent } from './tell.ts'
import type { Valve } from './valve.ts'

export type AttemptParts = {
  readonly channel: Adapter
  readonly valve: Valve
  /** How long one try may take. */
  readonly timeoutMs: number
  readonly rings: Pick<Rings, 'settle'>
  readonly patience: Patience
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly dice: () => number
  readonly log: Log
  /** The channels beside this one, for the report of a death. */
  readonly others: readonly string[]
  /** Something was left for one of them. */
  readonly wakeOthers: () => void
}

export type Attempt = {
  /** The far side has answered, or will not: another try may start. */
  readonly sent: Promise<void>
  /** What became of it is written. False: it may be tried again. */
  readonly settled: Promise<boolean>
  abort(): void
}

export function attempt(delivery: Delivery, parts: AttemptParts): Attempt {
  const { clock, valve, timeoutMs } = parts
  const controller = new AbortController()
  const abort = () => controller.abort()
  const timer = setTimeout(abort, timeoutMs)
  const at = clock.now()
  valve.began(at)
  const outcome = send(delivery, parts, controller.signal).finally(() => clearTimeout(timer))
  const settlement = outcome.then((known) => {
    if (known === null) return valve.failed()
    return decide({ delivery, outcome: known, at }, parts)
  })
  return {
    sent: settlement.then(() => {}),
    settled: settlement.then(async (decided) => {
      if (decided) await write(delivery, decided, parts)
      return decided?.settled.state === 'accepted'
    }),
    abort,
  }
}

/** Settles a try that nobody else will: its node died, or slept past the lease. */
export async function expire(delivery: Delivery, parts: AttemptParts): Promise<void> {
  const detail = 'the node stopped while trying'
  const outcome = { type: 'unknown', code: 'lease-expired', detail } as const
  parts.valve.began(parts.clock.now())
  await write(delivery, decide({ delivery, outcome, at: delivery.claimedAt }, parts), parts)
}

/** Null: the channel has a bug. */
async function send(
  { ring, wave, channel: name, mayHaveArrivedSince, note }: Delivery,
  { channel, clock, log }: AttemptParts,
  signal: AbortSignal,
): Promise<Outcome | null> {
  const { notification, key } = ring
  const notes = [...(note?.split('\n') ?? []), ...notesFor(ring, clock.now())]
  const handle = handleFor({ key, channel: name, wave })
  const message = { notification, notes, handle, ring, mayHaveArrivedSince }
  try {
    const outcome = await Promise.race([channel.send(message, signal), pastAbort(signal)])
    if (outcome !== 'runaway') return outcome
    log({ event: 'bug', where: `channel ${name}`, detail: 'it did not end when it was aborted' })
    return { type: 'unknown', code: 'timeout', detail: 'no answer in time' }
  } catch (error) {
    log({ event: 'bug', where: `channel ${name}`, detail: String(error) })
    return null
  }
}

/** For a channel to say in its own words how its abort went. */
const lastWordsMs = 1_000

function pastAbort(signal: AbortSignal): Promise<'runaway'> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      setTimeout(() => resolve('runaway'), lastWordsMs).unref()
    })
  })
}

type Sent = { readonly delivery: Delivery; readonly outcome: Outcome; readonly at: number }

function decide(
  { delivery, outcome, at }: Sent,
  { valve, clock, dice, log, others }: AttemptParts,
): Settlement {
  const now = clock.now()
  const { firstTriedAt, channel } = delivery
  const tries = delivery.tries - delivery.waived
  const settled = settle({ outcome, tries, firstTriedAt, now, dice: dice() })
  const before = valve.gate().state
  const hasMoved = valve.ended(outcome, settled, now)
  const gate = valve.gate()
  if (gate.state !== before) log(gateEvent(channel, gate))
  return {
    delivery,
    tried: { at, ms: now - at, outcome },
    settled,
    gate: hasMoved ? { channel, gate } : null,
    report: reportOf(delivery, settled, others),
  }
}

/** Null: it did not die, only a `done` did, or what died was a report. */
function reportOf(
  { ring, channel, purpose }: Delivery,
  settled: Settled,
  channels: readonly string[],
): Report | null {
  if (settled.state !== 'dead' || purpose === 'report') return null
  if (!isEscalation(ring.notification.kind)) return null
  return { channels, note: `${channel} gave this ring up: ${settled.detail}` }
}

async function write(delivery: Delivery, settlement: Settlement, parts: AttemptParts) {
  await parts.patience.run(() => parts.rings.settle([settlement]))
  parts.log(deliveryEvent(delivery, settlement))
  if (settlement.report !== null) parts.wakeOthers()
}
