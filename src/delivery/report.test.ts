import { describe, expect, test } from 'vitest'

import type { Outcome } from '../doorbell/outcome.ts'
import { startBell } from '../../test/timed-bell.ts'
import { until } from '../../test/until.ts'

const refusal: Outcome = { type: 'refused', code: 'not-found', detail: 'Slack said is_archived' }
const note = 'team gave this ring up: Slack said is_archived'

describe('a dead escalation', () => {
  test('is told by the ring’s other channels at once, above the other notes', async () => {
    const bell = await startBell({ channels: { phone: {}, team: { answer: () => refusal } } })
    const ring = await bell.ring({ source: 'ci' })
    await bell.settled(ring, 'dead', 'team')
    await until('phone heard of it', () =>
      bell.heard('phone').some(({ notes }) => notes[0] === note),
    )
    const told = bell.heard('phone').at(-1)
    expect(told?.notes).toEqual([note, 'reported by ci'])
    expect(told?.notification).toEqual(ring.ring.notification)
  })

  test('reported where the ring was heard already, it is a message of its own', async () => {
    let isBroken = false
    const answer = (): Outcome =>
      isBroken ? refusal : { type: 'deferred', code: 'network', detail: 'could not connect' }
    const bell = await startBell({ channels: { phone: {}, team: { answer } } })
    const ring = await bell.ring()
    await bell.settled(ring, 'accepted', 'phone')
    isBroken = true
    bell.clock.advance(3_000)
    await bell.settled(ring, 'dead', 'team')
    await until('phone heard twice', () => bell.heard('phone').length === 2)
    const [first, second] = bell.heard('phone')
    expect(first?.handle).not.toBe(second?.handle)
    expect([first?.notes[0], second?.notes[0]]).toEqual(['reported by ci', note])
  })

  test('that is a report is not reported again', async () => {
    const answers: Outcome[] = [{ type: 'accepted', reference: 'm1' }]
    const phone = () => answers.shift() ?? refusal
    let isBroken = false
    const team = (): Outcome =>
      isBroken ? refusal : { type: 'deferred', code: 'network', detail: 'could not connect' }
    const bell = await startBell({ channels: { phone: { answer: phone }, team: { answer: team } } })
    const ring = await bell.ring()
    await bell.settled(ring, 'accepted', 'phone')
    isBroken = true
    bell.clock.advance(3_000)
    await bell.settled(ring, 'dead', 'team')
    await bell.settled(ring, 'dead', 'phone')
    const { deliveries } = await bell.story(ring)
    expect(deliveries.map(({ channel, purpose }) => [channel, purpose])).toEqual([
      ['phone', 'ring'],
      ['team', 'ring'],
      ['phone', 'report'],
    ])
  })

  test('is not told of a done', async () => {
    const bell = await startBell({ channels: { phone: {}, team: { answer: () => refusal } } })
    const ring = await bell.ring({ kind: 'done' })
    await bell.settled(ring, 'dead', 'team')
    await bell.settled(ring, 'accepted', 'phone')
    expect(bell.heard('phone')).toHaveLength(1)
    expect((await bell.story(ring)).deliveries).toHaveLength(2)
  })
})
