/**
 * The contract of an executor on a real T3 Code server, on this machine.
 *
 * It needs TEST_T3_URL, TEST_T3_TOKEN and a provider whose agent does as it is told: it writes one line to the file
 * that its prompt names, and then what the prompt says. A scripted `claude` does; a real one may, but for failing.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, onTestFinished } from 'vitest'

import { systemClock } from '../../src/clock.ts'
import { t3Executor } from '../../src/executors/t3/t3-executor.ts'
import { t3Client } from '../../src/t3/client.ts'
import { type Doing, executorContract } from '../executor.contract.ts'
import { clonedRepository } from '../t3-bench.ts'

const url = process.env['TEST_T3_URL']
const token = process.env['TEST_T3_TOKEN']

const does: Readonly<Record<Doing, string>> = {
  finish: 'answer with these words: all is well',
  fail: 'end with an error of yours',
  ask: 'answer with a last line that says: AFK-Question: which colour?',
  run: 'work until you are interrupted',
  leave: 'make an empty file "left" in your folder, and answer with these words: all is well',
}

const isThere = url !== undefined && token !== undefined
const name = isThere
  ? 'on a real T3 Code server'
  : 'skipped: TEST_T3_URL and TEST_T3_TOKEN are not set'

describe.skipIf(!isThere)(name, () => {
  executorContract(() => {
    const { repo, folder, root, base } = clonedRepository()
    const evidence = join(root, 'begun')
    const node = () => {
      const client = t3Client({ url: url ?? '', token: () => token ?? '', clock: systemClock })
      onTestFinished(() => client.close())
      const git = { repo, folder, landingBranch: 'main', env: {} }
      const how = { model: null, runtimeMode: 'full-access', clock: systemClock } as const
      return t3Executor({ client, ...git, ...how })
    }
    const executor = node()
    onTestFinished(async () => {
      for (const turn of [1, 2]) await executor.interrupt({ run: 'run_0190-contract', turn })
    })
    return {
      executor,
      anotherNode: node,
      place: join(folder, 'worktrees', 'run_0190-contract'),
      // No thread's id is ever free again.
      thread: `thread_${randomUUID()}`,
      base,
      prompt: (doing) => `Append the line "begun" to ${evidence}, then ${does[doing]}`,
      begun: () =>
        existsSync(evidence) ? readFileSync(evidence, 'utf8').split('\n').length - 1 : 0,
    }
  })
})
