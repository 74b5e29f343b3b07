import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type Sources, substitute } from './substitute.ts'

const files = new Map([
  ['/run/secrets/unix', 'from-file\n'],
  ['/run/secrets/windows', 'from-file\r\n'],
  ['/run/secrets/bare', 'from-file'],
  ['/run/secrets/blank', 'from-file\n\n'],
])

const sources: Sources = {
  env: { NAME: 'value', EMPTY: '', NESTED: '${NAME}', _X1: 'under' },
  readFile: (path) => files.get(path),
}

describe('a placeholder', () => {
  test.each([
    ['${NAME}', 'value'],
    ['a ${NAME} b', 'a value b'],
    ['${NAME}${_X1}', 'valueunder'],
    ['${file:/run/secrets/unix}', 'from-file'],
    ['${file:/run/secrets/windows}', 'from-file'],
    ['${file:/run/secrets/bare}', 'from-file'],
  ])('%j is filled as %j', (text, filled) => {
    expect(substitute({ key: text }, sources)).toEqual({ value: { key: filled }, missing: [] })
  })

  test('loses one line break at the end of a file, no more', () => {
    const { value } = substitute('${file:/run/secrets/blank}', sources)
    expect(value).toBe('from-file\n')
  })

  test('is found at any depth, and values that are not text stay as they are', () => {
    const document = { a: [{ b: '${NAME}' }, 1, true, null], c: 'plain $NAME {NAME} $' }
    const filled = { a: [{ b: 'value' }, 1, true, null], c: 'plain $NAME {NAME} $' }
    expect(substitute(document, sources)).toEqual({ value: filled, missing: [] })
  })

  test('is not looked for in what another was filled with', () => {
    expect(substitute('${NESTED}', sources).value).toBe('${NAME}')
  })

  test('is not looked for in keys', () => {
    expect(substitute({ '${NAME}': 1 }, sources)).toEqual({ value: { '${NAME}': 1 }, missing: [] })
  })

  test('is filled to the byte, whatever the value holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (secret) => {
        const { value } = substitute({ key: '<${S}>' }, { ...sources, env: { S: secret } })
        expect(value).toEqual({ key: `<${secret}>` })
      }),
    )
  })
})

describe('a placeholder that finds nothing', () => {
  test.each([
    ['${ABSENT}', 'needs the environment variable ABSENT, which is not set'],
    ['${EMPTY}', 'needs the environment variable EMPTY, which is not set'],
    ['${file:/absent}', 'needs the file /absent, which cannot be read'],
    ['${}', 'has a placeholder that is neither ${NAME} nor ${file:/path}'],
    ['${two words}', 'has a placeholder that is neither ${NAME} nor ${file:/path}'],
  ])('%j says so, with the way to its key', (text, message) => {
    const { missing } = substitute({ a: [{ b: text }] }, sources)
    expect(missing).toEqual([{ path: ['a', 0, 'b'], message }])
  })

  test('is told once for each place', () => {
    const { missing } = substitute({ a: '${ONE}', b: '${TWO} ${NAME}' }, sources)
    expect(missing.map(({ path }) => path)).toEqual([['a'], ['b']])
  })
})
