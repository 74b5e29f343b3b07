/** The contract of an executor, on the T3 Code servers that are known. What else it does: `*.test.ts` beside this. */
import { join } from 'node:path'
import { beforeEach, describe } from 'vitest'

import { executorContract } from '../../../test/executor.contract.ts'
import { t3Bench, type T3Bench } from '../../../test/t3-bench.ts'

describe.each(['27', '32', '0821'] as const)('on T3 Code %s', (version) => {
  let bench: T3Bench
  beforeEach(async () => {
    bench = await t3Bench({ version })
  })
  executorContract(() => ({
    executor: bench.executor,
    anotherNode: () => bench.node({ client: bench.clientFor() }),
    place: join(bench.folder, 'worktrees', 'run_0190-contract'),
    base: bench.base,
    prompt: (doing) => doing,
    begun: () => bench.began.length,
  }))
})
