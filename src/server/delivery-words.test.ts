import { describe, expect, test } from 'vitest'

import type { DeliveryStory, TryStory } from '../store/rings.ts'
import { deliveryWords, tryWords } from './delivery-words.ts'

const tried = (number: number, code: string | null = 'timeout'): TryStory => ({
  number,
  at: 0,
  ms: 212,
  outcome: code === null ? 'accepted' : 'unknown',
  code,
  detail: code === null ? null : 'no answer in 10 s',
})

const all = (...codes: ReadonlyArray<string | null>) =>
  codes.map((code, index) => tried(index + 1, code))

function delivery(wish: Partial<DeliveryStory>) {
  const due = { channel: 'phone', state: 'due', isTrying: false, purpose: 'ring' } as const
  return { ...due, code: null, detail: null, tries: [], ...wish }
}

describe('a delivery', () => {
  const cases: ReadonlyArray<readonly [string, Partial<DeliveryStory>]> = [
    ['waits for phone', {}],
    ['being sent to phone now', { isTrying: true }],
    ['waits for phone, tried once; the first got no answer', { tries: all('timeout') }],
    [
      'waits for phone, tried twice; the first and second did not get through',
      { tries: all('network', 'network') },
    ],
    [
      'waits until phone is open again; the first had its credential refused',
      { tries: all('credential') },
    ],
    ['accepted by phone', { state: 'accepted', tries: all(null) }],
    [
      'accepted by phone after 3 tries; the second got no answer',
      { state: 'accepted', tries: [tried(1, null), tried(2), tried(3, null)] },
    ],
    [
      'accepted by phone after 5 tries; tries 1 to 3 did not get through, the fourth was told to wait',
      {
        state: 'accepted',
        tries: all('network', 'network', 'network', 'rate-limited', null),
      },
    ],
    [
      'accepted by phone after 5 tries; last, the second got no answer, the third was told to wait, the fourth went wrong',
      { state: 'accepted', tries: all('network', 'timeout', 'rate-limited', 'unheard-of', null) },
    ],
    ...(
      [
        [11, '11th'],
        [12, '12th'],
        [21, '21st'],
        [22, '22nd'],
        [23, '23rd'],
        [24, '24th'],
        [113, '113th'],
        [131, '131st'],
      ] as const
    ).map(
      ([number, word]) =>
        [
          `waits for phone, tried once; the ${word} got no answer`,
          { tries: [tried(number)] },
        ] as const,
    ),
    [
      'phone gave it up after 1 try: no such topic',
      { state: 'dead', code: 'not-found', detail: 'no such topic', tries: all('not-found') },
    ],
    [
      'phone gave it up after 2 tries: no such topic; the first got no answer, the second found nobody there',
      {
        state: 'dead',
        code: 'not-found',
        detail: 'no such topic',
        tries: all('timeout', 'not-found'),
      },
    ],
    [
      'not sent to phone any more: somebody had acknowledged it',
      { state: 'dropped', code: 'acknowledged' },
    ],
    [
      'not sent to phone any more: it was sent again instead',
      { state: 'dropped', code: 'superseded' },
    ],
    [
      'not sent to phone any more: the channel is gone',
      { state: 'dropped', code: 'channel-removed' },
    ],
    ['sent again: accepted by phone', { purpose: 'resend', state: 'accepted', tries: all(null) }],
    [
      'told of a channel that gave it up: accepted by phone',
      { purpose: 'report', state: 'accepted', tries: all(null) },
    ],
  ]

  test.each(cases)('says %s', (words, wish) => {
    expect(deliveryWords(delivery(wish))).toBe(words)
  })
})

describe('a try', () => {
  test('says how long it took until it was accepted', () => {
    expect(tryWords(tried(1, null))).toBe('accepted after 212 ms')
  })

  test('says what is known of it, and never that it failed where it may have arrived', () => {
    expect(tryWords(tried(1))).toBe('got no answer: no answer in 10 s')
    expect(tryWords({ ...tried(1, 'constructor'), detail: null })).toBe('went wrong')
  })
})
