import { expect, test } from 'vitest'

import { inMemoryCalls } from '../../test/in-memory-calls.ts'
import { inMemoryExecutor } from '../../test/in-memory-executor.ts'
import { manualClock } from '../../test/manual-clock.ts'
import { faults } from './faults.ts'
import type { LoopEvent } from './tell.ts'
import { toldExecutor } from './told-executor.ts'

const order = {
  ...{ run: 'run_1', turn: 1, branch: 'afk/7', base: 'b'.repeat(40), thread: 'thread_1' },
  ...{ title: '#7 do it', prompt: 'do it', continues: null, visit: null },
  issue: { repo: 'infra', number: 7 },
}

function telling() {
  const told: LoopEvent[] = []
  const executor = inMemoryExecutor(inMemoryCalls(), manualClock())
  const { failed, well } = faults((event) => void told.push(event))
  return { told, executor, heard: toldExecutor(executor, { repo: 'infra', failed, well }) }
}

const turn = { run: 'run_1', turn: 1 }
const silent = (detail: string) => ({ type: 'unreachable', detail }) as const
const line = (detail: string) => ({ event: 'look-failed', repo: 'infra', detail })

test('an executor that cannot be asked is told in its words, once until they change', async () => {
  const { told, executor, heard } = telling()
  executor.answer = silent('no answer')
  for (const _ of [1, 2, 3]) expect(await heard.ask(order)).toEqual(silent('no answer'))
  executor.answer = silent('the token is refused')
  await heard.ask(order)
  expect(told).toEqual([line('no answer'), line('the token is refused')])
})

test('a turn that cannot be looked at is told, and told again after it could be', async () => {
  const { told, executor, heard } = telling()
  await heard.ask(order)
  const runs = { type: 'running', seenAt: 1 } as const
  for (const sight of [silent('no answer'), silent('no answer'), runs, silent('no answer')]) {
    executor.shows(turn, sight)
    await heard.look([turn])
  }
  expect(told).toEqual([line('no answer'), line('no answer')])
})

test('a look at nothing says nothing of the executor', async () => {
  const { told, executor, heard } = telling()
  executor.answer = silent('no answer')
  await heard.ask(order)
  await heard.look([])
  await heard.ask(order)
  expect(told).toHaveLength(1)
})
