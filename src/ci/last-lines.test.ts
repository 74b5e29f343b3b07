import { expect, test } from 'vitest'

import { lastLines } from './last-lines.ts'

test('short output is whole, but for the lines that are empty at its end', () => {
  expect(lastLines('a\n\nb\n\n')).toBe('a\n\nb')
  expect(lastLines('')).toBe('')
})

test('200 lines are kept, and 32 KiB of them, from a whole character on', () => {
  const lines = Array.from({ length: 500 }, (_, n) => `${n}`)
  expect(lastLines(lines.join('\n'))).toBe(lines.slice(300).join('\n'))
  const long = lastLines(`${'€'.repeat(20_000)}e`)
  expect(Buffer.byteLength(long)).toBe(32_767)
  expect(long).toMatch(/^€+e$/)
})
