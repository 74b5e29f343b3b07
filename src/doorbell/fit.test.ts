import fc from 'fast-check'
import { expect, test } from 'vitest'

import { hostileText } from '../../test/hostile-text.ts'
import { byteLength, cut } from './cut.ts'
import { fit } from './fit.ts'
import { threadLine } from './notification.ts'

const link = 'https://t3.test/?thread=t'
const thread = threadLine(link)
const notes = ['reported by ci', 'Sent 7 min after the run ended.']
const below = '\nreported by ci\nSent 7 min after the run ended.'
const linked = (detail: string) => ({ body: `${detail}${thread}`, link })

test('what fits is the body and a line for each note', () => {
  expect(fit(linked('green'), notes, 4_096)).toBe(`green${thread}${below}`)
})

test('what just fits is left whole', () => {
  const whole = `green${thread}${below}`
  expect(fit(linked('green'), notes, byteLength(whole))).toBe(whole)
})

test('without notes or a link the body stands alone', () => {
  expect(fit({ body: 'green', link: null }, [], 4_096)).toBe('green')
})

test('only the detail is cut', () => {
  const room = byteLength(`${thread}${below}`)
  expect(fit(linked('abcdefgh'), notes, room + 5)).toBe(`ab…${thread}${below}`)
})

test('a note is measured in bytes too', () => {
  expect(fit({ body: 'abcdefgh', link: null }, ['équipe'], 13)).toBe('ab…\néquipe')
})

test('a detail with no room at all leaves the link and the notes', () => {
  const room = byteLength(`${thread}${below}`)
  expect(fit(linked('abcdefgh'), notes, room)).toBe(`${thread}${below}`)
})

test('a link that does not fit is left out whole, before a note is cut', () => {
  expect(fit(linked('abc'), notes, 12)).toBe('\nreported…')
})

test('a detail that only looks like a link line is cut like any other', () => {
  const body = `abcdefgh${thread}`
  expect(fit({ body, link: null }, ['n'], 8)).toBe('abc…\nn')
})

test('a link that is not below the body is not put there', () => {
  expect(fit({ body: 'green', link }, [], 4_096)).toBe('green')
})

test.each(['a', 'é', '😀', '\ud800', '\udc00', `${thread}`])(
  'a megabyte of %j pushes out neither the link nor the notes',
  (unit) => {
    const detail = unit.repeat(Math.ceil(1_048_576 / unit.length))
    const shown = fit(linked(detail), notes, 4_096)
    expect(byteLength(shown)).toBeLessThanOrEqual(4_096)
    expect(byteLength(shown)).toBeGreaterThan(4_096 - byteLength(unit))
    expect(shown.endsWith(`…${thread}${below}`)).toBe(true)
  },
)

const limit = fc.integer({ min: 0, max: 400 })
const note = fc.constantFrom('reported by ci', 'reported by équipe 😀', '')
const someNotes = fc.array(note, { maxLength: 3 })

test('no text is ever longer than the limit', () => {
  const anyLink = fc.constantFrom(link, null)
  fc.assert(
    fc.property(hostileText, anyLink, someNotes, limit, (detail, link, notes, maxBytes) => {
      const body = link === null ? detail : `${detail}${threadLine(link)}`
      expect(byteLength(fit({ body, link }, notes, maxBytes))).toBeLessThanOrEqual(maxBytes)
    }),
    { numRuns: 1_000 },
  )
})

test('the link and the notes stand at the end whenever they fit, below all the detail there is room for', () => {
  fc.assert(
    fc.property(hostileText, someNotes, limit, (detail, notes, maxBytes) => {
      const tail = `${thread}${notes.map((note) => `\n${note}`).join('')}`
      const room = maxBytes - byteLength(tail)
      fc.pre(room >= 0)
      expect(fit(linked(detail), notes, maxBytes)).toBe(`${cut(detail, room)}${tail}`)
    }),
    { numRuns: 1_000 },
  )
})
