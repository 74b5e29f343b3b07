import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { accepts, type Bell, bell, read, ringBody } from '../../test/bell.ts'
import { exposition } from '../../test/exposition.ts'
import { until } from '../../test/until.ts'
import { TERMINAL_KINDS } from '../doorbell/kinds.ts'
import type { Outcome } from '../doorbell/outcome.ts'
import type { LogEvent } from '../log.ts'
import { metrics, type MetricsParts } from './metrics.ts'
import { Accepted } from './schemas.ts'

const names = [
  'afk_accept_seconds',
  'afk_armed',
  'afk_build_info',
  'afk_channel_closed',
  'afk_dead_deliveries',
  'afk_due_deliveries',
  'afk_oldest_due_seconds',
  'afk_rings_total',
  'afk_time_to_first_try_seconds',
  'afk_tries_total',
]
const outcomes = ['accepted', 'refused', 'deferred', 'unknown']

const refuses = (): Outcome => ({ type: 'refused', code: 'invalid', detail: 'no such topic' })
const aMinute = { retryAfterMs: 60_000 }
const defers = (): Outcome => ({
  type: 'deferred',
  code: 'network',
  detail: 'nobody is there',
  ...aMinute,
})
const shuts = (): Outcome => ({ type: 'refused', code: 'credential', detail: 'wrong token' })
const unsure = (): Outcome => ({
  type: 'unknown',
  code: 'timeout',
  detail: 'no answer in 10 s',
  ...aMinute,
})

const scrape = async (node: Bell) => exposition(await (await node.get('/metrics')).text())
const rung = async (node: Bell, more: object = {}) =>
  read(Accepted, await node.post('/v1/rings', ringBody(more)))
/** At least, since a death may be reported in a message of its own. */
const tried = (node: Bell, count: number) =>
  until(`${count} tries are told`, () => {
    return node.events.filter((each) => 'outcome' in each).length >= count
  })

describe('/metrics', () => {
  test('is what Prometheus reads: these names, each with its type and a help', async () => {
    const node = await bell()
    const answer = await node.get('/metrics')
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const { names: found, family } = exposition(await answer.text())
    expect(found.toSorted()).toEqual(names)
    for (const name of names) {
      const { type, help } = family(name)
      const isHistogram = name.endsWith('_seconds') && name !== 'afk_oldest_due_seconds'
      expect(type).toBe(isHistogram ? 'HISTOGRAM' : name.endsWith('_total') ? 'COUNTER' : 'GAUGE')
      expect(help).toMatch(/^[A-Z0-9].*\.$/)
    }
  })

  test('has no name beside these after all has happened', async () => {
    const node = await bell({ channels: { good: accepts, bad: refuses, shut: shuts } })
    await rung(node)
    await tried(node, 3)
    expect((await scrape(node)).names.toSorted()).toEqual(names)
  })

  test('has the rings of every kind and source, at 0, before the first', async () => {
    const all = await scrape(await bell())
    for (const kind of TERMINAL_KINDS)
      for (const source of ['operator', 'ring', 'local', 'spool', 'drill', 'loop'])
        expect([kind, source, all.value('afk_rings_total', { kind, source })]).toEqual([
          kind,
          source,
          0,
        ])
  })

  test('has every series of the tries, at 0, before the first', async () => {
    const all = await scrape(await bell({ channels: { phone: accepts, team: accepts } }))
    expect(all.family('afk_tries_total').metrics).toHaveLength(8)
    for (const channel of ['phone', 'team'])
      for (const outcome of outcomes)
        expect(all.value('afk_tries_total', { channel, outcome })).toBe(0)
  })

  test('says at rest that nothing waits, nothing is dead, nothing is closed', async () => {
    const all = await scrape(await bell())
    expect(all.value('afk_build_info', { version: '1.2.3' })).toBe(1)
    for (const name of ['oldest_due_seconds', 'due_deliveries', 'dead_deliveries', 'armed'])
      expect([name, all.value(`afk_${name}`)]).toEqual([name, 0])
    expect(all.value('afk_channel_closed', { channel: 'phone' })).toBe(0)
    expect(all.histogram('afk_accept_seconds').count).toBe(0)
  })

  test('needs the operator token where there are tokens', async () => {
    const [operator, ring] = ['operator-token-0123456789', 'ring-token-0123456789']
    const node = await bell({ tokens: { operator, ring } })
    const status = async (authorization?: string) =>
      (await node.get('/metrics', authorization === undefined ? {} : { authorization })).status
    expect(await status()).toBe(401)
    expect(await status(`Bearer ${ring}`)).toBe(403)
    expect(await status(`Bearer ${operator}`)).toBe(200)
  })
})

describe('the numbers', () => {
  test('are those of what happened', async () => {
    const channels = { good: accepts, bad: refuses, shut: shuts, away: defers, slow: unsure }
    const tokens = { operator: 'operator-token-0123456789' }
    const node = await bell({ channels, tokens })
    const asked = { authorization: `Bearer ${tokens.operator}` }
    const post = (more: object) => node.post('/v1/rings', ringBody(more), asked)
    await post({ kind: 'done', key: 'k' })
    await tried(node, 5)
    await post({ kind: 'done', key: 'k' })
    const all = exposition(await (await node.get('/metrics', asked)).text())
    expect(all.counted('afk_rings_total')).toEqual({ 'done operator': 1 })
    expect(all.counted('afk_tries_total')).toEqual({
      'good accepted': 1,
      'bad refused': 1,
      'shut refused': 1,
      'away deferred': 1,
      'slow unknown': 1,
    })
    expect(all.counted('afk_channel_closed')).toEqual({ shut: 1 })
    expect(all.value('afk_dead_deliveries')).toBe(1)
    expect(all.value('afk_due_deliveries')).toBe(3)
  })

  test('count a ring once under its kind and source, however often its key comes', async () => {
    const node = await bell()
    for (const key of ['a', 'a', 'b']) await rung(node, { key })
    await node.post('/v1/rings', ringBody({ key: 'a', detail: 'other' }))
    await rung(node, { kind: 'frozen' })
    await node.post('/v1/drill', { kind: 'done' })
    const all = await scrape(node)
    expect(all.counted('afk_rings_total')).toEqual({
      'needs-human local': 2,
      'frozen local': 1,
      'done drill': 1,
    })
    expect(all.histogram('afk_accept_seconds').count).toBe(4)
  })

  test('time each ring until it is on disk, in seconds', async () => {
    const node = await bell()
    const startedAt = performance.now()
    await rung(node)
    const seconds = (performance.now() - startedAt) / 1_000
    const { sum, buckets } = (await scrape(node)).histogram('afk_accept_seconds')
    expect(sum).toBeGreaterThan(0)
    expect(sum).toBeLessThan(seconds)
    expect(buckets['+Inf']).toBe(1)
  })

  test('time the first try of each delivery, and no other', async () => {
    const answers = [unsure, accepts]
    const node = await bell({ channels: { phone: () => (answers.shift() ?? accepts)() } })
    const { id } = await rung(node)
    await tried(node, 1)
    node.later(61_000)
    node.courier.wake(['phone'])
    await tried(node, 2)
    await node.post(`/v1/rings/${id}/resend`)
    await tried(node, 3)
    const { count, sum } = (await scrape(node)).histogram('afk_time_to_first_try_seconds')
    expect(count).toBe(1)
    expect(sum).toBeLessThan(60)
  })

  test('say how long the oldest ring waits, and that grows with time', async () => {
    const node = await bell({ channels: { away: defers } })
    await rung(node)
    await tried(node, 1)
    const age = async () => (await scrape(node)).value('afk_oldest_due_seconds') ?? NaN
    const first = await age()
    node.later(600_000)
    await rung(node)
    const second = await age()
    expect(first).toBeLessThan(60)
    expect(second - first).toBeGreaterThanOrEqual(600)
    expect(second - first).toBeLessThan(660)
  })

  test('say that nothing waits any more once a channel took it', async () => {
    const answers = [defers]
    const node = await bell({ channels: { phone: () => (answers.shift() ?? accepts)() } })
    await rung(node)
    await tried(node, 1)
    expect((await scrape(node)).value('afk_oldest_due_seconds')).toBeGreaterThan(0)
    node.later(61_000)
    node.courier.wake(['phone'])
    await tried(node, 2)
    const all = await scrape(node)
    expect([all.value('afk_oldest_due_seconds'), all.value('afk_due_deliveries')]).toEqual([0, 0])
  })

  test('say that nothing is dead any more once it was sent again', async () => {
    const answers = [refuses]
    const node = await bell({ channels: { phone: () => (answers.shift() ?? accepts)() } })
    const { id } = await rung(node)
    await tried(node, 1)
    expect((await scrape(node)).value('afk_dead_deliveries')).toBe(1)
    await node.post(`/v1/rings/${id}/resend`)
    await tried(node, 2)
    expect((await scrape(node)).value('afk_dead_deliveries')).toBe(0)
  })

  test('say that nothing is dead any more once a person heard of it', async () => {
    const node = await bell({ channels: { phone: refuses } })
    const { id } = await rung(node)
    await tried(node, 1)
    expect((await scrape(node)).value('afk_dead_deliveries')).toBe(1)
    await node.post(`/v1/rings/${id}/ack`)
    expect((await scrape(node)).value('afk_dead_deliveries')).toBe(0)
  })

  test('say that a channel is open again once it was opened', async () => {
    const answers = [shuts]
    const node = await bell({ channels: { phone: () => (answers.shift() ?? accepts)() } })
    await rung(node)
    await tried(node, 1)
    const closed = async () =>
      (await scrape(node)).value('afk_channel_closed', { channel: 'phone' })
    expect(await closed()).toBe(1)
    await node.courier.open('phone')
    expect(await closed()).toBe(0)
  })
})

const atRest: MetricsParts = {
  version: '1',
  channels: [],
  isArmed: true,
  tallies: async () => [],
  isClosed: () => true,
  now: () => 1_000,
}

describe('after a reload', () => {
  test('a new channel has every series of its tries, a gone one is no longer closed', async () => {
    const counted = metrics()
    const before = exposition(await counted.text({ ...atRest, channels: ['old'] }))
    expect(before.value('afk_channel_closed', { channel: 'old' })).toBe(1)
    const after = exposition(await counted.text({ ...atRest, channels: ['new'] }))
    for (const outcome of outcomes)
      expect(after.value('afk_tries_total', { channel: 'new', outcome })).toBe(0)
    expect(after.counted('afk_channel_closed')).toEqual({ new: 1 })
  })
})

describe('a clock that was set back', () => {
  const tally = { channel: 'phone', due: 1, dead: 0, oldestDueRing: 'ring_1' }

  test('makes no wait negative', async () => {
    const counted = metrics()
    counted.tell({ ...accepted('phone'), waitedMs: -3_600_000 })
    const tallies = async () => [{ ...tally, oldestDueAcceptedAt: 5_000 }]
    const all = exposition(await counted.text({ ...atRest, tallies }))
    expect(all.value('afk_oldest_due_seconds')).toBe(0)
    expect(all.histogram('afk_time_to_first_try_seconds')).toMatchObject({ count: 1, sum: 0 })
  })
})

function accepted(channel: string): Extract<LogEvent, { event: 'delivery-accepted' }> {
  const facts = { ring: 'ring_1', delivery: 'delivery_1', tries: 1, at: 1, ms: 1, waitedMs: null }
  return { event: 'delivery-accepted', ...facts, channel, outcome: 'accepted' }
}

describe('a label', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom('"', '\\', '\n', '\r', '}', '{', ',', '=', ' ', '#', 'n', 'é', '💥'))
      .map((parts) => parts.join('')),
    fc.constant('a"} 1\nafk_dead_deliveries 7\n# TYPE afk_armed counter\nx{y="'),
  )

  test('says what it was given, whatever that is, and breaks out of no line', async () => {
    const property = fc.asyncProperty(hostile, hostile, async (channel, source) => {
      const counted = metrics()
      counted.tell(accepted(channel))
      const ring = { ring: 'ring_1', kind: 'done', title: 't', source, ms: 1 } as const
      counted.tell({ event: 'ring-accepted', ...ring })
      const text = await counted.text(atRest)
      const all = exposition(text)
      expect(all.names.toSorted()).toEqual(names)
      expect(all.value('afk_dead_deliveries')).toBe(0)
      expect(all.family('afk_tries_total').metrics).toHaveLength(1)
      expect(all.value('afk_tries_total', { channel, outcome: 'accepted' })).toBe(1)
      expect(all.value('afk_rings_total', { kind: 'done', source })).toBe(1)
      const lines = text.split('\n').filter((line) => line !== '')
      expect(lines.filter((line) => !/^(# (HELP|TYPE) )?afk_[a-z_]+/.test(line))).toEqual([])
    })
    await fc.assert(property)
  })
})
