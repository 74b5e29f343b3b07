/** The demo as a person runs it: a throw-away repository, real git, real processes, every verdict. */
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'

import { afk } from '../afk.ts'
import { shell } from '../child.ts'
import { temporaryFolder } from '../temporary.ts'

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('afk-demo-'))

test('the demo ends as it says, with every promise kept, and leaves nothing behind', async () => {
  const before = folders()
  const { code, out, err } = await afk(['demo'])
  expect(out).toMatch(/^#1 lands-at-once +done /m)
  expect(out).toMatch(/^#2 needs-two-fixes +done /m)
  expect(out).toMatch(/^#3 asks-a-question +needs-human, then done /m)
  expect(out).toMatch(/^#4 is-withdrawn +withdrawn /m)
  expect(out).toMatch(/^#5 uses-up-its-budget +frozen /m)
  expect(out).toMatch(/^audit: every promise holds$/m)
  expect(code).toBe(0)
  expect(folders()).toEqual(before)
  tellsItsScenes(err.split('\n'))
}, 240_000)

test('a demo that is ended early stops its agent and leaves nothing behind', async () => {
  const before = folders()
  const demo = shell('afk demo', { cwd: temporaryFolder() })
  await demo.saying(/(#1 lands-at-once: working)/)
  demo.stop()
  expect(await demo.ended()).toBe(1)
  expect(folders()).toEqual(before)
})

/** Without a terminal: one after the other, a line for each thing that a run came to, and no line twice. */
function tellsItsScenes(lines: readonly string[]) {
  const told = lines.map((line) => /^-- #(\d) [a-z-]+: (.*)$/.exec(line)?.slice(1) ?? [line])
  const numbers = told.map(([number]) => Number(number))
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
  // That it works may be over before anybody looks.
  const landmark = /^(?:fixing|needs-human$|done$|withdrawn$|frozen$)/
  const landmarks = (scene: string) =>
    told.flatMap(([number, what = '']) => (number === scene && landmark.test(what) ? [what] : []))
  const fixes = ['fixing, fix 1 of 2', 'fixing, fix 2 of 2']
  expect(Object.fromEntries(['1', '2', '3', '4', '5'].map((n) => [n, landmarks(n)]))).toEqual({
    1: ['done'],
    2: [...fixes, 'done'],
    3: ['needs-human', 'done'],
    4: ['withdrawn'],
    5: [...fixes, 'frozen'],
  })
}
