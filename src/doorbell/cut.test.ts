import fc from 'fast-check'
import { expect, test } from 'vitest'

import { hostileText } from '../../test/hostile-text.ts'
import { byteLength, cut } from './cut.ts'

test.each([
  ['text that just fits is left as it is', 'abcd', 4, 'abcd'],
  ['one byte too many', 'abcde', 4, 'a…'],
  ['room for nothing but the mark', 'abcd', 3, '…'],
  ['no room even for the mark', 'abc', 2, ''],
  ['no room at all', 'a', 0, ''],
  ['less than no room', 'a', -1, ''],
  ['nothing fits anywhere', '', 0, ''],
  ['a character of two bytes is kept whole', 'éé…', 5, 'é…'],
  ['a character of two bytes is never halved', 'éé…', 4, '…'],
  ['a character of four bytes is kept whole', '😀😀', 7, '😀…'],
  ['a character of four bytes is never halved', '😀😀', 6, '…'],
  ['half a pair counts as three bytes', '\ud83d\ud83d\ud83d', 8, '\ud83d…'],
])('%s', (_, text, maxBytes, shown) => {
  expect(cut(text, maxBytes)).toBe(shown)
})

test.each(['a', 'é', '…', '😀', '\ud800'])('a megabyte of %j is cut to the limit', (unit) => {
  const text = unit.repeat(1_048_576)
  const shown = cut(text, 4_096)
  expect(byteLength(shown)).toBeLessThanOrEqual(4_096)
  expect(byteLength(shown)).toBeGreaterThan(4_096 - byteLength(unit))
})

test('the length is what goes over the wire', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      expect(byteLength(text)).toBe(Buffer.byteLength(text))
    }),
  )
})

test('text that fits comes back as it is, and other text is as long as it can be', () => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 0, max: 300 }), (text, maxBytes) => {
      const shown = cut(text, maxBytes)
      expect(byteLength(shown)).toBeLessThanOrEqual(maxBytes)
      if (byteLength(text) <= maxBytes) {
        expect(shown).toBe(text)
      } else if (maxBytes < 3) {
        expect(shown).toBe('')
      } else {
        const kept = shown.slice(0, -1)
        const [next] = text.slice(kept.length)
        expect(shown).toBe(`${kept}…`)
        expect(text.startsWith(kept)).toBe(true)
        expect(byteLength(`${kept}${next}…`)).toBeGreaterThan(maxBytes)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('a cut never halves a character', () => {
  const wellFormed = hostileText.map((text) => text.toWellFormed())
  fc.assert(
    fc.property(wellFormed, fc.integer({ min: 0, max: 300 }), (text, maxBytes) => {
      expect(cut(text, maxBytes).isWellFormed()).toBe(true)
    }),
    { numRuns: 1_000 },
  )
})
