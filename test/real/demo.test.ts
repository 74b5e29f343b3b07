/** The demo as a person runs it: a throw-away repository, real git, real processes, every verdict. */
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'

import { afk } from '../afk.ts'

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('afk-demo-'))

test('the demo ends as it says, with every promise kept, and leaves nothing behind', async () => {
  const before = folders()
  const { code, out } = await afk(['demo'])
  expect(out).toMatch(/^#1 lands-at-once +done /m)
  expect(out).toMatch(/^#2 needs-two-fixes +done /m)
  expect(out).toMatch(/^#3 asks-a-question +needs-human, then done /m)
  expect(out).toMatch(/^#4 is-withdrawn +withdrawn /m)
  expect(out).toMatch(/^#5 uses-up-its-budget +frozen /m)
  expect(out).toMatch(/^audit: every promise holds$/m)
  expect(code).toBe(0)
  expect(folders()).toEqual(before)
}, 240_000)
