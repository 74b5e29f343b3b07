import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { framesOf } from '../../test/follower.ts'
import type { LogEvent } from '../log.ts'
import { type Change, changeOf, changes } from './changes.ts'

const ring = (number: number): Change => ({ type: 'ring', id: `ring_${number}` })
const resync = { type: 'resync' }
const boot = 'aB-3_x'

/** So many changes of `ring_1`, `ring_2`, ... */
function known({ kept = 100, count = 0 }) {
  const buffer = changes({ boot, kept })
  const add = (number: number) => buffer.add(ring(number))
  return { ...buffer, added: Array.from({ length: count }, (_, i) => add(i + 1)) }
}

const lastIdOf = (text: string) => framesOf(text).at(-1)?.id

describe('a change', () => {
  test('is one frame, with an id and one line of data', () => {
    expect(changes({ boot, kept: 3 }).add(ring(1))).toBe(
      `id: ${boot}-1\ndata: {"type":"ring","id":"ring_1"}\n\n`,
    )
  })

  test('of another start of the node has another id', () => {
    const [one, two] = ['one', 'two'].map((start) => changes({ boot: start, kept: 3 }).add(ring(1)))
    expect(lastIdOf(one ?? '')).not.toBe(lastIdOf(two ?? ''))
  })

  test('whose text holds line ends is one frame all the same', () => {
    const id = 'x\n\ndata: {"type":"resync"}\r\n\nid: 7'
    const text = changes({ boot, kept: 3 }).add({ type: 'channel', id })
    expect(framesOf(text)).toEqual([{ id: `${boot}-1`, data: { type: 'channel', id } }])
  })
})

describe('whoever comes', () => {
  test('for the first time gets nothing old, and an id to come back with', () => {
    const { since } = known({ count: 3 })
    expect(since(null)).toBe(`id: ${boot}-3\n\n`)
  })

  test('back gets exactly what came since, in order, or one resync', () => {
    const wish = fc.record({
      kept: fc.integer({ min: 1, max: 8 }),
      count: fc.nat(30),
      seen: fc.nat(40),
    })
    fc.assert(
      fc.property(wish, ({ kept, count, seen }) => {
        const { since, added } = known({ kept, count })
        const missed = added.slice(seen)
        const isKnown = seen <= count && missed.length <= kept
        const answer = since(`${boot}-${seen}`)
        const told = framesOf(answer).flatMap(({ data }) => (data === undefined ? [] : [data]))
        const expected = missed.map((frame) => framesOf(frame)[0]?.data)
        expect(told).toEqual(isKnown ? expected : [resync])
        expect(lastIdOf(answer)).toBe(`${boot}-${count}`)
      }),
    )
  })

  test('and goes as they like hears of every change once, but for those before a resync', () => {
    const steps = fc.array(fc.oneof(fc.constant('back'), fc.integer({ min: 1, max: 6 })))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), steps, (kept, wishes) => {
        const { add, since } = changes({ boot, kept })
        let [lastId, count, heard] = [lastIdOf(since(null)) ?? '', 0, 0]
        for (const wish of wishes) {
          if (typeof wish === 'number') {
            for (let i = 0; i < wish; i += 1) add(ring((count += 1)))
            continue
          }
          const answer = since(lastId)
          const told = framesOf(answer).map(({ data }) => data)
          const later = Array.from({ length: count - heard }, (_, i) => ring(heard + i + 1))
          expect(told).toEqual(
            later.length > kept ? [resync] : later.length > 0 ? later : [undefined],
          )
          lastId = lastIdOf(answer) ?? ''
          heard = count
        }
      }),
    )
  })

  test.each([
    ['another start', 'other-2'],
    ['a start whose name this one’s begins with', 'aB-2'],
    ['the future', `${boot}-4`],
    ['the far future', `${boot}-${'9'.repeat(400)}`],
    ['nowhere', ''],
    ['no number', boot],
    ['no whole number', `${boot}-1.5`],
    ['a number in another notation', `${boot}-0x1`],
    ['below zero', `${boot}--1`],
    ['more than an id', `${boot}-1 `],
  ])('with an id from %s gets one resync, and an id of this start', (_, lastId) => {
    const { since } = known({ count: 3 })
    expect(framesOf(since(lastId))).toEqual([{ id: `${boot}-3`, data: resync }])
  })

  test('with any text for an id gets a resync, if it is not one of these ids', () => {
    const ids = ['0', '1', '2', '3'].map((number) => `${boot}-${number}`)
    const { since } = known({ count: 3 })
    const parts = fc.tuple(fc.constantFrom(boot, `${boot} `, '', 'b'), fc.string(), fc.string())
    const near = parts.map((each) => each.join('-'))
    fc.assert(
      fc.property(near, (lastId) => {
        fc.pre(!ids.includes(lastId))
        expect(framesOf(since(lastId)).map(({ data }) => data)).toEqual([resync])
      }),
    )
  })
})

const ringed = { ring: 'ring_1' }
const tried = {
  ...ringed,
  delivery: 'delivery_1',
  channel: 'phone',
  tries: 2,
  at: 1,
  ms: 20,
  waitedMs: null,
}
const failing = { ...tried, code: 'timeout', detail: 'no answer in time' }

/** Every event: one more in the type is an error here. */
const events: {
  readonly [E in LogEvent['event']]: Omit<Extract<LogEvent, { event: E }>, 'event'>
} = {
  'node-started': { at: 'http://h', store: 'afk.db', loop: 'disarmed' },
  'node-stopped': {},
  'ring-accepted': { ...ringed, kind: 'done', title: 't', source: 'local', ms: 1.5 },
  'ring-acknowledged': { ...ringed, by: 'ada' },
  'ring-resent': { ...ringed, by: 'ada', channels: ['phone'] },
  'delivery-accepted': { ...tried, outcome: 'accepted' },
  'delivery-retrying': { ...failing, outcome: 'unknown', nextAt: '2026-11-24T00:00:00.000Z' },
  'delivery-held': { ...failing, outcome: 'refused' },
  'delivery-dead': { ...failing, outcome: 'refused' },
  'delivery-rehomed': { ...ringed, from: 'old', to: 'phone' },
  'channel-closed': { channel: 'phone', detail: 'wrong token', probeAt: 'soon' },
  'channel-opened': { channel: 'phone' },
  'rings-forgotten': { count: 3, days: 365 },
  'heartbeat-refused': { detail: 'it answered 404' },
  'heartbeat-taken': {},
  'node-reloaded': { restart: ['listen'] },
  'reload-refused': { detail: 'no such key' },
  'store-refusing': { detail: 'the disk is full' },
  'store-writing': {},
  'spool-refused': { file: 'a.json', detail: 'it is not JSON' },
  'run-queued': { run: 'run_1', issue: 'infra#42', by: 'loop' },
  'run-ended': { run: 'run_1', issue: 'infra#42', state: 'landed' },
  'look-failed': { repo: 'infra', detail: 'no such folder' },
  'loop-paused': { scope: '*', by: 'operator' },
  'loop-resumed': { scope: '*', by: 'operator' },
  'budget-granted': { issue: 'infra#42', by: 'ada', why: 'nearly there' },
  'issue-faulty': { repo: 'infra', where: '42.md', detail: 'it has no title' },
  'token-expires': { server: '127.0.0.1:3773', at: '2026-11-25T09:00:00.000Z' },
  'chore-waits': { run: 'run_1', kind: 'label', detail: 'the tracker refuses' },
  bug: { where: 'lane phone', detail: 'TypeError' },
}

describe('what happens in a node', () => {
  const changed = { type: 'delivery', id: 'delivery_1', ring: 'ring_1' }
  const told: Partial<Record<LogEvent['event'], object>> = {
    'ring-accepted': { type: 'ring', id: 'ring_1' },
    'ring-acknowledged': { type: 'ring', id: 'ring_1' },
    'ring-resent': { type: 'ring', id: 'ring_1' },
    'delivery-rehomed': { type: 'ring', id: 'ring_1' },
    'delivery-accepted': changed,
    'delivery-retrying': changed,
    'delivery-held': changed,
    'delivery-dead': changed,
    'channel-closed': { type: 'channel', id: 'phone' },
    'channel-opened': { type: 'channel', id: 'phone' },
    'run-queued': { type: 'run', id: 'run_1' },
    'run-ended': { type: 'run', id: 'run_1' },
    'chore-waits': { type: 'run', id: 'run_1' },
    'loop-paused': { type: 'loop' },
    'loop-resumed': { type: 'loop' },
    'budget-granted': { type: 'loop' },
  }

  test.each(Object.keys(events) as LogEvent['event'][])(
    '%s says what to read again, and nothing more',
    (event) => {
      const happened = { event, ...events[event] } as LogEvent
      expect(changeOf(happened)).toEqual(told[event] ?? null)
    },
  )
})
