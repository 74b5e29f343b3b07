import { expect, test } from 'vitest'

import { t3Bench } from '../../../test/t3-bench.ts'

test('of two projects of one clone the threads of both are found, and those of another’s are not', async () => {
  let time = Date.now()
  const bench = await t3Bench({ version: '27', now: () => (time += 1) })
  const { people } = bench.t3
  const ours = [people.createProject(bench.repo), people.createProject(`${bench.repo}/`)]
  for (const project of ours) {
    const thread = people.createThread({ project, branch: 'kim/x' })
    const found = { branch: 'kim/x', place: bench.repo, turn: null }
    expect(await bench.executor.find(thread)).toEqual(found)
  }
  const other = people.createThread({ project: people.createProject(bench.root) })
  expect(await bench.executor.find(other)).toBeNull()
})
