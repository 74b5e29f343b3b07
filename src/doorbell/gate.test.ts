import fc from 'fast-check'
import { expect, test } from 'vitest'

import { type Closed, OPEN, passGate } from './gate.ts'
import type { FailureCode, Outcome } from './outcome.ts'

const detail = 'the token was refused'
const minute = 60_000
const hour = 60 * minute
const refusal: Outcome = { type: 'refused', code: 'credential', detail }
const closed: Closed = { state: 'closed', closedAt: 1, detail, probeAt: 2 }

test('a refused credential closes the channel, and the first probe goes out 15 minutes later', () => {
  const gate = passGate(OPEN, refusal, 1_000)
  expect(gate).toEqual({ state: 'closed', closedAt: 1_000, detail, probeAt: 1_000 + 15 * minute })
})

test.each<[string, Outcome]>([
  ['an acceptance', { type: 'accepted', reference: 'm1' }],
  ['a refused payload', { type: 'refused', code: 'invalid', detail: '' }],
  ['a busy receiver', { type: 'deferred', code: 'rate-limited', detail: '' }],
  ['no answer', { type: 'unknown', code: 'timeout', detail: '' }],
])('%s leaves an open channel as it is', (_, outcome) => {
  expect(passGate(OPEN, outcome, 1_000)).toBe(OPEN)
})

test.each<[string, Outcome]>([
  ['an acceptance', { type: 'accepted', reference: 'm1' }],
  ['a payload refused as invalid', { type: 'refused', code: 'invalid', detail: '' }],
  ['a payload refused as too large', { type: 'refused', code: 'too-large', detail: '' }],
])('%s opens a closed channel: the credential was taken', (_, outcome) => {
  expect(passGate(closed, outcome, 1_000)).toBe(OPEN)
})

test('a probe that is refused keeps the channel closed, with the newest reason, for an hour', () => {
  const gate = passGate(closed, { ...refusal, detail: 'the token is revoked' }, 9_000)
  expect(gate).toEqual({ ...closed, detail: 'the token is revoked', probeAt: 9_000 + hour })
})

test.each<[string, Outcome]>([
  ['a busy receiver', { type: 'deferred', code: 'rate-limited', detail: 'slow' }],
  ['a receiver that is away', { type: 'deferred', code: 'network', detail: 'away' }],
  ['no answer', { type: 'unknown', code: 'timeout', detail: 'late' }],
  ['a node that died', { type: 'unknown', code: 'lease-expired', detail: 'died' }],
])('a probe that meets %s says nothing of the credential: closed for an hour', (_, outcome) => {
  expect(passGate(closed, outcome, 9_000)).toEqual({ ...closed, probeAt: 9_000 + hour })
})

const code = fc.constantFrom<FailureCode>('credential', 'invalid', 'rate-limited', 'server')
const failure = (type: 'refused' | 'deferred' | 'unknown') =>
  fc.record({ type: fc.constant(type), code, detail: fc.string() })
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({ type: fc.constant('accepted' as const), reference: fc.string() }),
  failure('refused'),
  failure('deferred'),
  failure('unknown'),
)

test('while a channel is closed its probes are never closer than 15 minutes, then an hour', () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 50 }), (outcomes) => {
      let gate = passGate(OPEN, refusal, 0)
      let last = 0
      let wait = 15 * minute
      for (const outcome of outcomes) {
        if (gate.state === 'open') break
        expect(gate.closedAt).toBe(0)
        expect(gate.probeAt - last).toBe(wait)
        last = gate.probeAt
        wait = hour
        gate = passGate(gate, outcome, last)
      }
    }),
  )
})

test('only a refused credential closes an open channel', () => {
  fc.assert(
    fc.property(outcome, fc.nat(), (outcome, now) => {
      const isRefusal = outcome.type === 'refused' && outcome.code === 'credential'
      expect(passGate(OPEN, outcome, now).state).toBe(isRefusal ? 'closed' : 'open')
    }),
  )
})

test('only an answer that took the credential opens a closed channel', () => {
  fc.assert(
    fc.property(outcome, fc.nat(), (outcome, now) => {
      const tookIt =
        outcome.type === 'accepted' || (outcome.type === 'refused' && outcome.code !== 'credential')
      expect(passGate(closed, outcome, now).state).toBe(tookIt ? 'open' : 'closed')
    }),
  )
})

test('a try that was under way when the channel was closed is no probe', () => {
  const refusal = { type: 'refused', code: 'credential', detail: 'wrong token' } as const
  const timeout = { type: 'unknown', code: 'timeout', detail: 'no answer in time' } as const
  const closed = passGate(OPEN, refusal, 1_000)
  expect(passGate(closed, refusal, 1_500)).toBe(closed)
  expect(passGate(closed, timeout, 2_000)).toBe(closed)
  expect(closed).toMatchObject({ probeAt: 1_000 + 15 * 60_000 })
})
