import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

import { type CommandBench, commandBench, killNow } from '../../../test/command-bench.ts'
import { until } from '../../../test/until.ts'
import { writePlace } from '../../worktrees/places.ts'
import type { Order } from '../executor.ts'
import { readStarted } from './records.ts'

/** It counts itself, waits to be let go, and says so. */
const agent =
  'echo $$ >> "$EVIDENCE/begun"; until [ -e "$EVIDENCE/go" ]; do sleep 0.05; done; echo well'

describe('a node that is killed while it asks, and another that asks again', () => {
  test.each<[string, (bench: CommandBench) => string]>([
    ['when the place is intended', (b) => join(b.folder, 'places', `${b.turn.run}.json`)],
    ['when the worktree is begun', (b) => b.worktree],
    ['when the worktree is checked out', (b) => join(b.worktree, 'a.txt')],
    ['when the records are begun', (b) => b.records()],
    ['when the prompt is written', (b) => join(b.records(), 'prompt')],
    ['when the order is written', (b) => join(b.records(), 'order.json')],
    ['when the turn is taken', (b) => join(b.records(), 'started.json')],
    ['when the agent runs', (b) => join(b.records(), 'agent.json')],
  ])('%s, find one agent', async (_, pathOf) => {
    const bench = commandBench(agent)
    const order = bench.order()
    await killedOnce(() => existsSync(pathOf(bench)), bench, order)
    const answers = [await bench.executor.ask(order)]
    await until('it is adopted', async () => {
      const answer = await bench.node().ask(order)
      answers.push(answer)
      return answer.type === 'adopted'
    })
    expect(answers.map(({ type }) => type)).not.toContain('refused')
    await expectOneAgent(bench)
  })

  test('at any moment, find one agent', async () => {
    for (const afterMs of [150, 220, 260, 300, 340, 380, 420, 460, 500, 560]) {
      const bench = commandBench(agent)
      const order = bench.order()
      const beganAt = performance.now()
      await killedOnce(() => performance.now() - beganAt > afterMs, bench, order)
      await until('it is adopted', async () => (await bench.executor.ask(order)).type === 'adopted')
      await expectOneAgent(bench)
      await bench.endAllOf(bench.turn.run)
    }
  }, 60_000)
})

test('a worktree that a crash left half made is made anew; once an agent was in it, it never is', async () => {
  const bench = commandBench('test -e a.txt && echo well')
  const base = bench.sh('git rev-parse HEAD').trim()
  const place = { path: bench.worktree, branch: `afk/${bench.turn.run}`, base, rank: 0 }
  writePlace(bench.folder, bench.turn.run, { ...place, isMade: false })
  bench.sh(
    `git branch ${place.branch}; mkdir -p ${bench.worktree}; echo half > ${bench.worktree}/b.txt`,
  )
  expect(await bench.executor.ask(bench.order())).toEqual({
    type: 'adopted',
    place: bench.worktree,
    environment: null,
    thread: 'thread_1',
  })
  expect(await bench.over()).toMatchObject({ end: { how: 'finished' } })
  expect(existsSync(join(bench.worktree, 'b.txt'))).toBe(false)

  bench.sh('echo mine > b.txt', bench.worktree)
  await bench.executor.ask(bench.order({ turn: 2 }))
  await bench.over({ ...bench.turn, turn: 2 })
  expect(existsSync(join(bench.worktree, 'b.txt'))).toBe(true)
})

test('records that were begun, and no more, are of a turn that was never asked', async () => {
  const bench = commandBench('echo well')
  mkdirSync(bench.records(), { recursive: true })
  expect(await bench.executor.look([bench.turn])).toEqual([])
})

test('a turn interrupted before it began never begins, whoever still asks', async () => {
  const bench = commandBench(agent)
  mkdirSync(bench.records(), { recursive: true })
  expect(await bench.executor.interrupt(bench.turn)).toBe(true)
  expect(await bench.over()).toMatchObject({ end: { how: 'lost' } })
  await bench.executor.ask(bench.order())
  expect(await bench.alive()).toEqual([])
  expect(bench.told('begun')).toEqual([])
})

test('an agent whose records were all removed is not joined by a second one', async () => {
  const bench = commandBench(agent)
  await bench.executor.ask(bench.order())
  await until('it works', () => bench.told('begun').length === 1)
  const started = readStarted(bench.records())
  if (started?.type !== 'started') throw new Error('it did not start')
  // Where the wrapper lives, it puts them back.
  killNow(started.pid)
  rmSync(bench.records(), { recursive: true })
  const answer = await bench.node().ask(bench.order())
  expect(answer).toMatchObject({ type: 'unreachable', detail: expect.stringContaining('end it') })
  expect(bench.told('begun')).toHaveLength(1)
})

async function expectOneAgent(bench: CommandBench) {
  await until('an agent works', () => bench.told('begun').length > 0)
  bench.sh('touch go', bench.evidence)
  expect(await bench.over()).toMatchObject({ end: { how: 'finished', said: 'well' } })
  await until('its wrapper has gone', async () => (await bench.alive()).length === 0)
  expect(bench.told('begun')).toHaveLength(1)
  expect(bench.sh('git worktree list').trim().split('\n')).toHaveLength(2)
}

/** Asks in a process of its own, and kills that as soon as it is so, or lets it end if it is faster. */
async function killedOnce(isSo: () => boolean, { options }: CommandBench, order: Order) {
  const { clock: _, ...rest } = options
  const script = join(import.meta.dirname, '../../../test/ask-child.ts')
  const argv = [script, JSON.stringify(rest), JSON.stringify(order)]
  const child: ChildProcess = spawn(process.execPath, argv, { stdio: 'ignore' })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const isOver = () => child.exitCode !== null
  await until('it is the moment', () => isOver() || isSo())
  child.kill('SIGKILL')
  await ended
}
