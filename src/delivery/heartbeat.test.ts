import { describe, expect, onTestFinished, test } from 'vitest'

import type { LogEvent } from '../log.ts'
import { nodeState } from '../server/node-state.ts'
import type { Store } from '../store/store.ts'
import { manualClock } from '../../test/manual-clock.ts'
import { openStore } from '../../test/temporary.ts'
import { startBell } from '../../test/timed-bell.ts'
import { until } from '../../test/until.ts'
import { heartbeat, type HeartbeatParts, type Signal } from './heartbeat.ts'

const everyMs = 300_000

type Wish = Partial<Pick<HeartbeatParts, 'ping' | 'health' | 'everyMs'>> & {
  readonly clock?: ReturnType<typeof manualClock>
  readonly isNew?: boolean
}

function beating(wish: Wish = {}) {
  const { clock = manualClock(), isNew = true } = wish
  const [sent, log] = [[] as Array<readonly [Signal, string]>, [] as LogEvent[]]
  const beats = heartbeat(
    {
      everyMs: wish.everyMs ?? everyMs,
      ping: async (signal, body) => {
        sent.push([signal, body])
        return wish.ping ? wish.ping(signal, body) : null
      },
      health: wish.health ?? (async () => 'nothing waits'),
      clock,
      log: (event) => void log.push(event),
    },
    { isNew },
  )
  onTestFinished(beats.stop)
  beats.start()
  const heard = (count: number) => until(`${count} pings`, () => sent.length === count)
  const asleep = () => until('it sleeps until the next beat', () => clock.nextAt() !== null)
  return { ...beats, clock, sent, log, heard, asleep }
}

describe('a heartbeat', () => {
  test('says that the node starts, and then every period that all is well', async () => {
    const beats = beating()
    await beats.heard(2)
    await beats.asleep()
    beats.clock.advance(everyMs)
    await beats.heard(3)
    expect(beats.sent).toEqual([
      ['start', 'the node starts'],
      ['alive', 'nothing waits'],
      ['alive', 'nothing waits'],
    ])
  })

  test('says nothing of a start where the node only reloads', async () => {
    const beats = beating({ isNew: false })
    await beats.heard(1)
    expect(beats.sent).toEqual([['alive', 'nothing waits']])
  })

  test('is silent while the node is not well, and there again when it is', async () => {
    let asked = 0
    let isWell = false
    const health = async () => {
      asked += 1
      return isWell ? 'well' : null
    }
    const beats = beating({ health, isNew: false })
    await beats.asleep()
    beats.clock.advance(everyMs)
    await until('asked twice', () => asked === 2)
    expect(beats.sent).toEqual([])
    isWell = true
    await beats.asleep()
    beats.clock.advance(everyMs)
    await beats.heard(1)
  })

  test('that is not taken is told once, and once when it is again', async () => {
    const answers = ['the heartbeat’s URL answered 404', 'the same', null, null]
    const beats = beating({ isNew: false, ping: async () => answers.shift() ?? null })
    for (let count = 1; count <= 4; count += 1) {
      await beats.heard(count)
      await beats.asleep()
      beats.clock.advance(everyMs)
    }
    expect(beats.log).toEqual([
      { event: 'heartbeat-refused', detail: 'the heartbeat’s URL answered 404' },
      { event: 'heartbeat-taken' },
    ])
  })

  test('that hangs is alone: the next one waits for it', async () => {
    let release = () => {}
    const hung = new Promise<null>((resolve) => (release = () => resolve(null)))
    const beats = beating({ isNew: false, ping: () => hung })
    await beats.heard(1)
    beats.clock.advance(10 * everyMs)
    expect(beats.sent).toHaveLength(1)
    release()
    await beats.heard(2)
  })

  test('says that the node was stopped on purpose', async () => {
    const beats = beating({ isNew: false })
    await beats.heard(1)
    await beats.sayGoodbye()
    expect(beats.sent.at(-1)?.[0]).toBe('stop')
  })
})

describe('a heartbeat of a real courier', () => {
  const arming = { armed: false, missing: [] }
  async function whole(answer: Parameters<typeof startBell>[0] = {}) {
    const bell = await startBell(answer)
    const { store, courier, clock } = bell
    const facts = { version: '1', threadLinks: 'none', startedAt: clock.now(), now: clock.now }
    const state = nodeState({
      store,
      courier,
      channels: new Map(),
      arming,
      github: () => [],
      ...facts,
    })
    return { bell, beats: beating({ clock, health: state.health, everyMs: 60_000, isNew: false }) }
  }

  test('carries the oldest ring that waits', async () => {
    const answer = () => ({ type: 'deferred', code: 'network', detail: 'no such host' }) as const
    const { bell, beats } = await whole({ channels: { phone: { answer } } })
    const ring = await bell.ring()
    await bell.tried(ring, 1)
    await beats.heard(1)
    bell.clock.advance(60_000)
    await until('it is carried', () => beats.sent.length >= 2)
    expect(beats.sent.at(-1)?.[1]).toBe(
      `oldest unsent ring: ${ring.ring.id}, for 60 s; 1 due, 0 dead`,
    )
  })

  test('stops within two periods of a courier that is wedged', async () => {
    let isWedged = false
    const store = openStore()
    const claim: Store['claim'] = (ask) => (isWedged ? new Promise(() => {}) : store.claim(ask))
    const { bell, beats } = await whole({ store: { ...store, claim } })
    await bell.settled(await bell.ring(), 'accepted')
    await beats.heard(1)
    isWedged = true
    await bell.ring()

    let silentSince = 0
    for (let second = 0; second < 240; second += 5) {
      const before = beats.sent.length
      bell.clock.advance(5_000)
      await until('the sweep is by', () => bell.clock.nextAt() !== null)
      await new Promise(setImmediate)
      if (beats.sent.length > before) silentSince = second
    }
    expect(bell.courier.problem()).toBe('the courier is stuck at phone')
    expect(silentSince).toBeLessThanOrEqual(120)
  })
})
