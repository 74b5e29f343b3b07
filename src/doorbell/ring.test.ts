import fc from 'fast-check'
import { expect, test } from 'vitest'

import { hostileText } from '../../test/hostile-text.ts'
import { TERMINAL_KINDS } from './kinds.ts'
import { renderNotification } from './notification.ts'
import { type Identity, identityText, notesFor, RESERVED_KEYS, type Ring } from './ring.ts'

const issue = { repo: 'infra', number: 42 }
const event = { kind: 'done', issue, threadId: 't1', detail: 'merged + CI green' } as const
const ring: Ring = {
  id: 'ring_0190a5d0-0000-7000-8000-000000000000',
  key: 'run:1',
  issue,
  threadId: 't1',
  notification: renderNotification(event, { baseUrl: 'https://t3.test' }),
  source: 'loop',
  acceptedAt: 1_000,
}
const minute = 60_000

test('the keys of runs and drills are the node’s own', () => {
  expect(RESERVED_KEYS).toEqual(['run:', 'drill:'])
})

test.each([
  ['what the loop judged needs no note', 'loop', 0, []],
  ['a drill says that no run ended', 'drill', 0, ['This is a drill: no run ended.']],
  ['what a token posted says which', 'ci', 0, ['reported by ci']],
  ['what came out of the spool says so', 'spool', 0, ['reported by spool']],
  ['five minutes are not late', 'loop', 5 * minute, []],
  ['past five minutes is late', 'loop', 5 * minute + 1, ['Sent 5 min after the run ended.']],
  ['late is told in whole minutes', 'loop', 8 * minute - 1, ['Sent 7 min after the run ended.']],
  ['a day is told in minutes too', 'loop', 1_440 * minute, ['Sent 1440 min after the run ended.']],
  ['a clock that stepped back is not late', 'loop', -9 * minute, []],
  [
    'who reported it stands before how late it is',
    'ci',
    6 * minute,
    ['reported by ci', 'Sent 6 min after the run ended.'],
  ],
])('%s', (_, source, lateMs, notes) => {
  expect(notesFor({ ...ring, source }, ring.acceptedAt + lateMs)).toEqual(notes)
})

const identity: fc.Arbitrary<Identity> = fc.record({
  kind: fc.constantFrom(...TERMINAL_KINDS),
  repo: hostileText,
  number: fc.nat(),
  threadId: fc.option(hostileText),
  detail: hostileText,
  link: fc.option(hostileText),
})

test('an identity is read back out of its text: it is unambiguous', () => {
  fc.assert(
    fc.property(identity, (identity) => {
      const { kind, repo, number, threadId, detail, link } = identity
      const parts: unknown = JSON.parse(identityText(identity))
      expect(parts).toEqual([kind, repo, number, threadId, detail, link])
    }),
  )
})

const base: Identity = {
  kind: 'done',
  repo: 'infra',
  number: 42,
  threadId: 't1',
  detail: 'merged',
  link: null,
}

test.each<[string, Partial<Identity>]>([
  ['kind', { kind: 'frozen' }],
  ['repository', { repo: 'infra2' }],
  ['number', { number: 4 }],
  ['thread', { threadId: 't2' }],
  ['thread that is none', { threadId: null }],
  ['thread that is empty', { threadId: '' }],
  ['detail', { detail: 'merged ' }],
  ['link', { link: 'https://t3.test/' }],
  ['detail and thread the other way round', { detail: 't1', threadId: 'merged' }],
])('another %s is another event', (_, other) => {
  expect(identityText({ ...base, ...other })).not.toBe(identityText(base))
})

test('the same event in another order of its facts is the same event', () => {
  const { kind, ...facts } = base
  expect(identityText({ ...facts, kind })).toBe(identityText(base))
})
