import fc from 'fast-check'
import { expect, test } from 'vitest'

import { hostileText } from '../../test/hostile-text.ts'
import { assertTerminalKind, isEscalation, TERMINAL_KINDS, type TerminalKind } from './kinds.ts'

test('there are three kinds, in their order', () => {
  expect(TERMINAL_KINDS).toEqual(['done', 'needs-human', 'frozen'])
})

test('nobody can add a kind, take one away or change one', () => {
  expect(Object.isFrozen(TERMINAL_KINDS)).toBe(true)
  // @ts-expect-error the list is read-only in the types too
  expect(() => TERMINAL_KINDS.push('merged')).toThrow(TypeError)
  // @ts-expect-error the list is read-only in the types too
  expect(() => (TERMINAL_KINDS[0] = 'frozen')).toThrow(TypeError)
  expect(TERMINAL_KINDS).toEqual(['done', 'needs-human', 'frozen'])
})

test('the types refuse a fourth kind', () => {
  // @ts-expect-error there is no fourth kind
  const fourth: TerminalKind = 'merged'
  expect(() => assertTerminalKind(fourth)).toThrow(TypeError)
})

test.each(TERMINAL_KINDS)('%s is a kind', (kind) => {
  expect(() => assertTerminalKind(kind)).not.toThrow()
})

test.each<[string, unknown, string]>([
  ['another word', 'merged', '"merged"'],
  ['another case', 'Done', '"Done"'],
  ['a kind and a space', 'done ', '"done "'],
  ['an empty word', '', '""'],
  ['a line break', 'done\n', String.raw`"done\n"`],
  ['a name every object has', 'constructor', '"constructor"'],
  ['a list of one kind', ['done'], 'object'],
  ['a boxed kind', Object('done'), 'object'],
  ['null', null, 'object'],
  ['nothing', undefined, 'undefined'],
  ['a place in the list', 0, 'number'],
])('%s is refused, naming the three and the offender', (_, kind, offender) => {
  const message = `kind must be one of done, needs-human, frozen; got ${offender}`
  expect(() => assertTerminalKind(kind)).toThrow(new TypeError(message))
})

test('whatever is not one of the three is refused, in a short message of one line', () => {
  const offender = hostileText.filter((text) => !TERMINAL_KINDS.some((kind) => kind === text))
  fc.assert(
    fc.property(offender, fc.integer({ min: 1, max: 50 }), (text, times) => {
      try {
        assertTerminalKind(text.repeat(times))
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
        expect(String(error)).not.toMatch(/[\n\r\x1b]/)
        expect(String(error).length).toBeLessThan(600)
        return
      }
      expect.unreachable()
    }),
  )
})

test.each<[TerminalKind, boolean]>([
  ['done', false],
  ['needs-human', true],
  ['frozen', true],
])('%s calls a person: %s', (kind, calls) => {
  expect(isEscalation(kind)).toBe(calls)
})
