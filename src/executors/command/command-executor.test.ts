import { join } from 'node:path'
import { describe } from 'vitest'

import { commandBench } from '../../../test/command-bench.ts'
import { type Doing, executorContract } from '../../../test/executor.contract.ts'

const does: Readonly<Record<Doing, string>> = {
  finish: 'echo all is well',
  fail: 'echo no >&2; exit 3',
  ask: 'echo "I wonder."; echo "AFK-Question: which colour?"',
  run: 'exec sleep 300',
  leave: 'touch left; echo all is well',
}

describe('the contract of an executor', () => {
  executorContract(() => {
    const bench = commandBench('echo $AFK_TURN >> "$EVIDENCE/begun"; eval "$0"')
    const argv = [...bench.options.argv, '{prompt}']
    bench.knows('run_0190-contract')
    return {
      executor: bench.node({ argv }),
      anotherNode: () => bench.node({ argv }),
      place: join(bench.folder, 'worktrees', 'run_0190-contract'),
      base: bench.base,
      prompt: (doing) => does[doing],
      begun: ({ turn }) => bench.told('begun').filter((line) => line === String(turn)).length,
    }
  })
})
