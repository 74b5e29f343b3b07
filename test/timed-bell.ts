/**
 * A bell for tests of the courier: a real store, channels that do as they are told, and time that
 * passes when the test says so.
 */
import { onTestFinished } from 'vitest'

import type { Message } from '../src/channels/channel.ts'
import { channel } from '../src/channels/sender.ts'
import { type Courier, type CourierChannel, startCourier } from '../src/delivery/courier.ts'
import type { Outcome } from '../src/doorbell/outcome.ts'
import type { Pace } from '../src/doorbell/pace.ts'
import type { LogEvent } from '../src/log.ts'
import type { NewRing, RingStory } from '../src/store/rings.ts'
import type { Store } from '../src/store/store.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'
import { newRing } from './rings.ts'
import { openStore } from './temporary.ts'
import { until } from './until.ts'

export type Answer = (message: Message, signal: AbortSignal) => Outcome | Promise<Outcome>

export type ChannelWish = {
  readonly answer?: Answer
  readonly concurrency?: number
  readonly pace?: Pace
  readonly credential?: string
  readonly timeoutMs?: number
}

export type TimedBell = {
  readonly store: Store
  readonly clock: ManualClock
  readonly courier: Courier
  readonly log: readonly LogEvent[]
  /** What the channel was asked to send, in order. */
  heard(channel: string): readonly Message[]
  ring(wish?: Parameters<typeof newRing>[0]): Promise<NewRing>
  story(ring: NewRing): Promise<RingStory>
  /** Waits until the newest delivery of the ring to the channel has this state. */
  settled(ring: NewRing, state: string, channel?: string): Promise<void>
  /** Waits until that delivery was tried so often and is not being tried. */
  tried(ring: NewRing, tries: number, channel?: string): Promise<void>
}

export type BellWish = {
  readonly channels?: Readonly<Record<string, ChannelWish>>
  readonly store?: Store
  readonly clock?: ManualClock
}

export const accepted: Outcome = { type: 'accepted', reference: 'm1' }

/** Answers nothing until it is released, and then everything. */
export function holding() {
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  const answer: Answer = () => released.then(() => accepted)
  return { answer, release: () => release() }
}

/** Never answers; an abort ends the try as a channel must: it may have arrived. */
export const hang: Answer = (_, signal) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () =>
      resolve({ type: 'unknown', code: 'timeout', detail: 'no answer in time' }),
    )
  })

export async function startBell(wish: BellWish = {}): Promise<TimedBell> {
  const { channels = { phone: {} }, store = openStore(), clock = manualClock() } = wish
  const log: LogEvent[] = []
  const heard = new Map<string, Message[]>(Object.keys(channels).map((name) => [name, []]))
  const made = Object.entries(channels).map(
    ([name, each]) => [name, recording(each, heard.get(name) ?? [])] as const,
  )
  const tell = (event: LogEvent) => log.push(event)
  const parts = { store, channels: new Map(made), routes: [], clock, dice: () => 0.5, log: tell }
  const courier = await startCourier(parts)
  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= courier.stop())
  onTestFinished(stop)

  async function newest(ring: NewRing, name: string) {
    const story = await store.story(ring.ring.id)
    return story?.deliveries.filter((each) => each.channel === name).at(-1)
  }

  return {
    store,
    clock,
    courier: { ...courier, stop },
    log,
    heard: (name) => heard.get(name) ?? [],
    async ring(more = {}) {
      const names = Object.keys(channels)
      const ring = newRing({ channels: names, acceptedAt: clock.now(), ...more })
      await store.accept([ring])
      courier.wake(ring.channels)
      return ring
    },
    async story(ring) {
      const story = await store.story(ring.ring.id)
      if (story === undefined) throw new Error(`no ring ${ring.ring.id}`)
      return story
    },
    settled: (ring, state, name = 'phone') =>
      until(`${name} is ${state}`, async () => (await newest(ring, name))?.state === state),
    tried: (ring, tries, name = 'phone') =>
      until(`${name} tried ${tries} times`, async () => {
        const delivery = await newest(ring, name)
        return delivery?.tries.length === tries && !delivery.isTrying
      }),
  }
}

function recording(wish: ChannelWish, heard: Message[]): CourierChannel {
  const { answer = () => accepted, concurrency = 4, timeoutMs = 10_000 } = wish
  const { credential = 'first', pace = { burst: 1_000, everyMs: 0 } } = wish
  const made = channel({
    type: 'recording',
    async send(message, signal) {
      heard.push(message)
      return answer(message, signal)
    },
    check: async () => [],
    close: async () => {},
  })
  return { channel: made, concurrency, timeoutMs, pace, credential }
}
