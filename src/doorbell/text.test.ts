import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { hostileText } from '../../test/hostile-text.ts'
import { oneLine, plain } from './text.ts'

const control = /[\p{Cc}--[\n\t]]/v
const turning = /[\u061c\u202a-\u202e\u2066-\u2069\ufeff]/

/** Something hostile between two words, and what may be left of it. */
const separator = fc.constantFrom(
  { raw: '\x1b[31m', left: '' },
  { raw: '\x1b[38;5;196m', left: '' },
  { raw: '\x9b2J', left: '' },
  { raw: '\x1b]0;new title\x07', left: '' },
  { raw: '\x1b]8;;https://evil.test\x1b\\', left: '' },
  { raw: '\x1bPq#0\x1b\\', left: '' },
  { raw: '\x1b(B', left: '' },
  { raw: '\x1bc', left: '' },
  { raw: '\0', left: '' },
  { raw: '\x07\x08', left: '' },
  { raw: '\x7f', left: '' },
  { raw: '\u202e', left: '' },
  { raw: '\u2066', left: '' },
  { raw: '\ufeff', left: '' },
  { raw: '\ud800', left: '\ufffd' },
  { raw: '\udc00', left: '\ufffd' },
  { raw: '\r', left: '\n' },
  { raw: '\r\n', left: '\n' },
  { raw: '\u0085', left: '\n' },
  { raw: '\u2028', left: '\n' },
  { raw: '\n\n\t', left: '\n\n\t' },
  { raw: '😀', left: '😀' },
)
const word = fc.string({
  unit: fc.constantFrom(...'abcxyzABCXYZ0123456789éß漢字'),
  minLength: 1,
  maxLength: 5,
})
const harmless = fc.string({ unit: fc.oneof(word, fc.constantFrom(...'\n\t .,:;[](){}…–😀👩‍👧')) })

describe('plain', () => {
  test.each([
    ['a colour', '\x1b[1;31mred\x1b[0m', 'red'],
    ['a colour in one byte', '\x9b31mred', 'red'],
    ['a window title', '\x1b]0;pwned\x07red', 'red'],
    ['a window title that never ends, up to its line', 'CI\x1b]0;red\nnext', 'CI\nnext'],
    ['a sequence cut short', 'CI\x1b[', 'CI'],
    ['a bare escape at the end', 'CI\x1b', 'CI'],
    ['an escape within an escape', '\x1b\x1b[31mred', 'red'],
    ['an escape pieced together by what is dropped', '\x1b\0[31mred', '[31mred'],
    ['a reversed reading order', 'user\u202etxt.exe', 'usertxt.exe'],
    ['an isolate', '\u2066a\u2069', 'a'],
    ['a bell and a backspace', 'a\x07b\x08c', 'abc'],
    ['a half of a pair', 'a\ud83d', 'a\ufffd'],
    ['two halves in the wrong order', '\ude00\ud83d', '\ufffd\ufffd'],
    ['two halves that a control character parts', '\ud83d\0\ude00', '\ufffd\ufffd'],
    ['line breaks of other systems', 'a\r\nb\rc\u2028d\u0085e', 'a\nb\nc\nd\ne'],
  ])('%s', (_, text, shown) => {
    expect(plain(text)).toBe(shown)
  })

  test('leaves harmless text as it is', () => {
    fc.assert(
      fc.property(harmless, (text) => {
        expect(plain(text)).toBe(text)
      }),
    )
  })

  test('keeps every word, whatever stands between them', () => {
    const parts = fc.array(fc.tuple(word, separator), { maxLength: 20 })
    fc.assert(
      fc.property(parts, (parts) => {
        const text = parts.map(([word, { raw }]) => word + raw).join('')
        const kept = parts.map(([word, { left }]) => word + left).join('')
        expect(plain(text)).toBe(kept)
      }),
    )
  })

  test('lets no control character, override or lone surrogate through', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = plain(text)
        expect(shown).not.toMatch(control)
        expect(shown).not.toMatch(turning)
        expect(shown.isWellFormed()).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  test('applied twice changes nothing more', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(plain(plain(text))).toBe(plain(text))
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('oneLine', () => {
  test.each([
    ['a line break', 'a\nb', 'a b'],
    ['several breaks and tabs are one space', 'a\r\n\n\tb', 'a b'],
    ['a header in disguise', 'infra\r\nX-Evil: 1', 'infra X-Evil: 1'],
    ['a separator of lines', 'a\u2028b\u2029c', 'a b c'],
    ['spaces are left as they are', 'a  b', 'a  b'],
  ])('%s', (_, text, shown) => {
    expect(oneLine(text)).toBe(shown)
  })

  test('is one line without control characters, and applied twice changes nothing more', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = oneLine(text)
        expect(shown).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(oneLine(shown)).toBe(shown)
      }),
      { numRuns: 1_000 },
    )
  })
})
