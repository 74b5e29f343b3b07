import fc from 'fast-check'
import { expect, test } from 'vitest'

import { keptOutput } from './kept-output.ts'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const kept = (chunks: readonly string[], room: number) => {
  const output = keptOutput(room)
  for (const chunk of chunks) output.add(new TextEncoder().encode(chunk))
  return output
}

test('whatever its chunks were, the first and the last of it are kept, and what is missing is said', () => {
  const chunk = fc.string({ unit: fc.constantFrom(...'abcdefgh'), maxLength: 40 })
  fc.assert(
    fc.property(fc.array(chunk), fc.integer({ min: 1, max: 30 }), (chunks, room) => {
      const whole = chunks.join('')
      const missing = whole.length - 2 * room
      const note = `\n[afk: ${missing} bytes left out here]\n`
      const expected = missing <= 0 ? whole : `${whole.slice(0, room)}${note}${whole.slice(-room)}`
      const output = kept(chunks, room)
      expect([text(output.bytes()), output.total()]).toEqual([expected, whole.length])
    }),
  )
})

test('of nothing, nothing is kept', () => {
  expect(kept([], 5).bytes()).toHaveLength(0)
})
