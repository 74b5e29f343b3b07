/**
 * Takes accepted rings to their channels: one lane for each, and a sweep for what a lane left behind.
 *
 * At its start it voids all leases (its node is alone on the store), and opens channels whose credential
 * has changed. The sweep finds new homes for what is owed to channels that are gone: such a ring goes to
 * the channels its routes name now, unless another channel has it or will.
 */
import type { Adapter } from '../channels/channel.ts'
import type { Clock } from '../clock.ts'
import { type Gate, OPEN } from '../doorbell/gate.ts'
import type { Pace } from '../doorbell/pace.ts'
import { route, type Route } from '../doorbell/route.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { type Lane, lane, LEASE_MS } from './lane.ts'
import { patience } from './patience.ts'
import { ticker } from './ticker.ts'
import { valve } from './valve.ts'

export type CourierChannel = {
  readonly channel: Adapter
  readonly concurrency: number
  readonly timeoutMs: number
  readonly pace: Pace
  /** A digest of its configuration: another one is another credential. */
  readonly credential: string
}

export type CourierParts = {
  readonly store: Store
  readonly channels: ReadonlyMap<string, CourierChannel>
  readonly routes: readonly Route[]
  readonly clock: Clock
  readonly dice: () => number
  readonly log: Log
}

export type Courier = {
  /** Something may be due on these channels. */
  wake(channels: Iterable<string>): void
  /** Undefined: there is no such channel. */
  gate(channel: string): Gate | undefined
  /** The channel's credential is believed to be good again; what waits for it is due now. */
  open(channel: string): Promise<void>
  /** Null: it runs. Else what is wrong: no sweep has come by lately, or a lane is stuck. */
  problem(): string | null
  stop(): Promise<void>
}

const sweepEveryMs = 5_000
const graceMs = 5_000
/** For what was aborted at the end of the grace. */
const lastWritesMs = 1_000

export async function startCourier(parts: CourierParts): Promise<Courier> {
  const { store, channels, clock, log } = parts
  await store.voidLeases()
  const patient = patience(parts)
  const lanes = new Map<string, Lane>()
  for (const [name, channel] of channels)
    lanes.set(name, await openLane(name, channel, { ...parts, patience: patient, wake }))

  function wake(names: Iterable<string>) {
    for (const name of names) lanes.get(name)?.wake()
  }

  let sweptAt = clock.now()
  let isStopped = false
  const sweeps = ticker(
    async () => {
      const isMore = await rehome(parts)
      const lapsed = await store.lapsed({ now: clock.now(), limit: 1_000 })
      await Promise.all(lapsed.map(async (each) => lanes.get(each.channel)?.expire(each)))
      // Lanes know when to wake. Should one ever not, it sleeps no longer than this.
      for (const each of lanes.values()) each.wake()
      sweptAt = clock.now()
      return isMore ? sweptAt : sweptAt + sweepEveryMs
    },
    { clock, log, where: 'the sweep' },
  )
  sweeps.wake()
  for (const each of lanes.values()) each.wake()

  return {
    wake,
    gate: (name) => lanes.get(name)?.gate(),
    async open(name) {
      const { credential = '' } = channels.get(name) ?? {}
      lanes.get(name)?.open()
      try {
        await patient.run(() => store.setGate(name, { gate: OPEN, credential }))
        await patient.run(() => store.hasten(name, clock.now()))
      } catch (error) {
        // Stopped meanwhile, it is only not remembered.
        if (!isStopped) log({ event: 'bug', where: `opening ${name}`, detail: String(error) })
      }
      lanes.get(name)?.wake()
    },
    problem() {
      if (isStopped || clock.now() - sweptAt > LEASE_MS) return 'the courier does not run'
      const stuck = [...lanes].filter(([, each]) => each.isStuck()).map(([name]) => name)
      return stuck.length === 0 ? null : `the courier is stuck at ${stuck.join(', ')}`
    },
    async stop() {
      isStopped = true
      const timer = setTimeout(patient.giveUp, graceMs + lastWritesMs)
      const ended = Promise.all([
        sweeps.stop(),
        ...[...lanes.values()].map((each) => each.stop(graceMs)),
      ])
      await Promise.race([ended, pause(graceMs + 2 * lastWritesMs)])
      clearTimeout(timer)
    },
  }
}

/** A node stops, whatever its store or its channels do. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

type Shared = CourierParts & {
  readonly patience: ReturnType<typeof patience>
  readonly wake: Courier['wake']
}

async function openLane(name: string, options: CourierChannel, parts: Shared): Promise<Lane> {
  const { channel, concurrency, timeoutMs, pace, credential } = options
  const { store, clock } = parts
  const stored = await store.gate(name)
  const gate = stored?.credential === credential ? stored.gate : OPEN
  if (stored?.credential !== credential) {
    await store.setGate(name, { gate, credential })
    await store.hasten(name, clock.now())
  }
  const held = valve({ concurrency, pace, gate, now: clock.now() })
  const others = [...parts.channels.keys()].filter((other) => other !== name)
  const wakeOthers = () => parts.wake(others)
  return lane({
    ...parts,
    name,
    channel,
    valve: held,
    timeoutMs,
    rings: store,
    others,
    wakeOthers,
  })
}

const pageSize = 1_000

/** A page of them in one commit. True: there may be more. What a request leaves behind that came before a reload is found here, too. */
async function rehome({ store, channels, routes, clock, log }: CourierParts): Promise<boolean> {
  const names = [...channels.keys()]
  const orphans = await store.orphans(names)
  const moved = orphans.map(async (orphan) => {
    const { notification, issue, id } = orphan.ring
    const routed = route({ ...notification, repo: issue.repo }, { routes, channels: names })
    const to = orphan.hasOther ? [] : routed
    await store.rehome({ orphan, channels: to, now: clock.now() })
    const destination = to.join(', ') || 'nobody more: another channel has it'
    log({ event: 'delivery-rehomed', ring: id, from: orphan.delivery.channel, to: destination })
  })
  await Promise.all(moved)
  return orphans.length === pageSize
}
