import fc from 'fast-check'
import { expect, test } from 'vitest'

import { durationMs } from './duration.ts'

test.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['0s', 0],
  [' 10 s ', 10_000],
])('%j is %i milliseconds', (text, ms) => {
  expect(durationMs(text)).toBe(ms)
})

test.each(['', '10', 's', '-1s', '1.5h', '1e3s', '10S', '10sec', '1h30m', '5 m m', '9999999999s'])(
  '%j is not a duration',
  (text) => {
    expect(durationMs(text)).toBeNull()
  },
)

test('any text is a safe whole number of milliseconds, or none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,12} ?(ms|s|m|h|d|x)$/)), (text) => {
      const ms = durationMs(text)
      expect(ms === null || (Number.isSafeInteger(ms) && ms >= 0)).toBe(true)
    }),
    { examples: [['999999999d']] },
  )
})
