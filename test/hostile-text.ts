/**
 * Text as whoever means harm would write it: any UTF-16 code units at all, halves of a pair among
 * them, and far more often than chance the ones that drive terminals, split lines or steer a URL.
 */
import fc from 'fast-check'

const harmful = [
  ...[
    '\x1b',
    '\x1b[',
    '\x1b[31m',
    '\x1b]0;title\x07',
    '\x1b]8;;https://evil.test\x1b\\',
    '\x9b',
    '\x9d',
  ],
  ...['\0', '\x07', '\x08', '\x0b', '\x7f', '\r', '\n', '\r\n', '\t', '\u0085', '\u2028', '\u2029'],
  ...['\u202a', '\u202e', '\u2066', '\u2069', '\u061c', '\ufeff', '\u200b'],
  ...['\ud800', '\udbff', '\udc00', '\udfff', '😀', '👩‍👩‍👧', 'é', '…'],
  ...[
    '.',
    '..',
    '/',
    '\\',
    '//',
    '?',
    '#',
    '&',
    '=',
    '%',
    '%0a',
    '%2e',
    '+',
    '@',
    ':',
    ' ',
    '"',
    '<',
  ],
  ...['{threadId}', '{baseUrl}', '$&', '$1', '\nThread: https://evil.test'],
] as const

export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...harmful),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))
