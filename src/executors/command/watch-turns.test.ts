import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

import { commandBench } from '../../../test/command-bench.ts'
import { countedReads } from '../../../test/counted-reads.ts'
import { manualClock } from '../../../test/manual-clock.ts'
import { temporaryFolder } from '../../../test/temporary.ts'
import { until } from '../../../test/until.ts'
import { turnName } from '../../worktrees/records.ts'
import type { TurnId } from '../executor.ts'
import { readStarted } from './records.ts'
import { watchTurns } from './watch-turns.ts'

/** Watches a folder in which every turn that is looked at is over. */
function watched(...names: readonly string[]) {
  const folder = temporaryFolder()
  const clock = manualClock()
  for (const name of names) mkdirSync(join(folder, 'turns', name), { recursive: true })
  const [asked, woken]: [string[][], string[]] = [[], []]
  const areOver = async (turns: readonly TurnId[]) => {
    asked.push(turns.map(turnName))
    return turns
  }
  onTestFinished(watchTurns({ folder, clock, areOver }, (turn) => woken.push(turnName(turn))))
  const look = async () => {
    const before = asked.length
    clock.advance(1_000)
    await until('it has looked, and sleeps', () => asked.length > before && clock.nextAt() !== null)
    return asked.at(-1)
  }
  return { folder, look, woken }
}

test('a look is at what is open, and a turn is told once', async () => {
  const { look, woken } = watched('run_a.1', 'run_b.1')
  expect(await look()).toEqual(['run_a.1', 'run_b.1'])
  expect(await look()).toEqual([])
  expect(woken).toEqual(['run_a.1', 'run_b.1'])
})

test('a turn that was moved away is forgotten', async () => {
  const { folder, look, woken } = watched('run_a.1')
  await look()
  renameSync(join(folder, 'turns/run_a.1'), join(folder, 'run_a.1'))
  expect(await look()).toEqual([])
  renameSync(join(folder, 'run_a.1'), join(folder, 'turns/run_a.1'))
  await look()
  expect(woken).toEqual(['run_a.1', 'run_a.1'])
})

test('what was over before is not looked at', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'turns/run_a.1'), { recursive: true })
  writeFileSync(join(folder, 'turns/run_a.1/end.json'), '{}')
  const clock = manualClock()
  const asked: TurnId[] = []
  const areOver = async (turns: readonly TurnId[]) => {
    asked.push(...turns)
    return turns
  }
  onTestFinished(watchTurns({ folder, clock, areOver }, () => expect.unreachable('it was over')))
  clock.advance(1_000)
  await until('it sleeps again', () => clock.nextAt() !== null)
  expect(asked).toEqual([])
})

test.runIf(process.platform === 'linux')(
  'of all processes only the wrapper of a turn that runs is looked at (needs /proc)',
  async () => {
    const bench = commandBench('exec sleep 300')
    await bench.executor.ask(bench.order())
    const started = readStarted(bench.records())
    if (started?.type !== 'started') throw new Error('it did not start')
    const clock = manualClock(Date.now())
    onTestFinished(bench.node({ clock }).watch(() => expect.unreachable('it runs')))
    const read = countedReads()
    clock.advance(1_000)
    await until('it has looked, and sleeps', () => clock.nextAt() !== null)
    const looked = read.stop().filter((path) => /^\/proc(\/\d+\/stat)?$/.test(path))
    expect(looked).toEqual([`/proc/${started.pid}/stat`])
  },
)
