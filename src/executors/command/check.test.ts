import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { commandBench } from '../../../test/command-bench.ts'
import { temporaryFolder } from '../../../test/temporary.ts'

const good = (what: string) => ({ type: 'good', what: expect.stringContaining(what) })
const bad = (what: string, mend: string) => ({
  type: 'bad',
  what: expect.stringContaining(what),
  mend: expect.stringContaining(mend),
})

test('a clone, an agent on the PATH and a folder that is to be made are good', async () => {
  const { executor, repo, folder } = commandBench(['bash', '-c', 'exit'])
  expect(await executor.check()).toEqual([
    good(`${repo} is a clone with a remote origin`),
    good('the agent bash is installed'),
    good(`worktrees can be made in ${folder}`),
  ])
})

test('a clone that is gone, is none, or has no origin is bad', async () => {
  const bench = commandBench(['true'])
  bench.sh('git remote remove origin')
  expect((await bench.executor.check())[0]).toEqual(bad('no whole clone', 'clone it anew'))
  const plain = temporaryFolder()
  expect((await bench.node({ repo: plain }).check())[0]).toEqual(bad(plain, 'clone it anew'))
  renameSync(bench.repo, `${bench.repo}-away`)
  expect((await bench.executor.check())[0]).toEqual(bad('is not there', 'clone the repository'))
})

test('an agent is looked for on its own PATH, and none is started', async () => {
  const { node, evidence, told } = commandBench(['true'])
  const tools = temporaryFolder()
  const agent = join(tools, 'my-agent')
  writeFileSync(agent, `#!/bin/sh\ntouch '${evidence}/begun'\n`)
  const of = async (argv: readonly string[], PATH = tools) =>
    (await node({ argv, env: { PATH } }).check())[1]
  expect(await of(['my-agent'])).toEqual(bad(`not on the agent’s PATH (${tools})`, 'install it'))
  chmodSync(agent, 0o755)
  expect(await of(['my-agent'])).toEqual(good('my-agent is installed'))
  expect(await of([agent], '')).toEqual(good('is installed'))
  expect(await of([join(tools, 'other')])).toEqual(bad('cannot be run', 'correct'))
  expect(told('begun')).toEqual([])
})

test.each([['./agent.sh'], ['scripts/agent'], ['{worktree}/agent.sh']])(
  '%s may be in the worktree: that is not known',
  async (program) => {
    const { executor } = commandBench([program])
    expect((await executor.check())[1]).toMatchObject({ type: 'unproven' })
  },
)

test('a folder of which a part is a file is bad', async () => {
  const { node, evidence } = commandBench(['true'])
  const file = join(evidence, 'file')
  writeFileSync(file, '', { mode: 0o755 })
  const found = (await node({ folder: join(file, 'web/agents') }).check())[2]
  expect(found).toEqual(bad(`${file} cannot be written to`, 'move the store'))
})

test.skipIf(process.getuid?.() === 0)('a folder that may not be written to is bad', async () => {
  const { node } = commandBench(['true'])
  const shut = temporaryFolder()
  chmodSync(shut, 0o500)
  const found = (await node({ folder: join(shut, 'agents') }).check())[2]
  expect(found).toEqual(bad('(EACCES)', 'mend its rights'))
})
