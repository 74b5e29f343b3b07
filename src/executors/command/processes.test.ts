import { expect, test } from 'vitest'

import { isSurelyAlive, processes } from './processes.ts'
import { processStart } from './wrapper.ts'

const me = { pid: process.pid, start: processStart(process.pid)! }

test('whoever asks at once is given one look, and whoever asks later another', async () => {
  const [first, second] = [processes(), processes()]
  expect(await second).toBe(await first)
  const third = await processes()
  expect(third).not.toBe(await first)
  expect(third.map(({ pid }) => pid)).toContain(process.pid)
})

test.runIf(process.platform === 'linux')('one file tells whether a process lives', () => {
  expect(isSurelyAlive(me)).toBe(true)
  expect(isSurelyAlive({ ...me, start: '1' })).toBe(false)
  expect(isSurelyAlive({ pid: 2 ** 22 + 1, start: '1' })).toBe(false)
})
