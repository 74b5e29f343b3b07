import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { openCi } from '../../../test/command-ci.ts'
import { temporaryFolder } from '../../../test/temporary.ts'

test.each([
  ['sh', 'good', 'the CI command sh is installed'],
  [process.execPath, 'good', 'is installed'],
  ['no-such-program', 'bad', 'is not on its PATH'],
  ['/no/such/program', 'bad', 'cannot be run'],
  ['./test.sh', 'unproven', 'whether a commit has'],
])('the CI command %s is %s', async (program, type, what) => {
  const { ci } = await openCi([program, 'secret-argument'])
  const found = await ci.check()
  expect(found).toEqual([expect.objectContaining({ type, what: expect.stringContaining(what) })])
  expect(JSON.stringify(found)).not.toContain('secret-argument')
})

test('it is looked for on the PATH that it gets, and not run', async () => {
  const tools = temporaryFolder()
  const { open, noted } = await openCi(['mine'])
  writeFileSync(join(tools, 'mine'), '#!/bin/sh\necho ran >> "$NOTES"\n', { mode: 0o755 })
  expect(await open().check()).toMatchObject([{ type: 'bad' }])
  expect(await open({ env: { PATH: tools } }).check()).toMatchObject([{ type: 'good' }])
  expect(noted()).toEqual([])
})
