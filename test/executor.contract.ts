/** What every executor must do, whoever it asks to run the agents. */
import { describe, expect, onTestFinished, test } from 'vitest'

import type { Executor, Order, Sight, TurnId } from '../src/executors/executor.ts'
import { until } from './until.ts'

/** What the agent of a turn is to do. `run`: until it is interrupted; `leave`: work that is nowhere else. */
export type Doing = 'finish' | 'fail' | 'ask' | 'run' | 'leave'

export type ExecutorBench = {
  readonly executor: Executor
  /** Another node, with the same configuration and on the same disk. */
  readonly anotherNode: () => Executor
  /** The path of the place of `run_0190-contract`, once it has one; null: nobody could go there. */
  readonly place: string | null
  /** The conversation that is asked for; default: one by a fixed name. */
  readonly thread?: string
  /** A commit that the landing branch has. */
  readonly base: string
  /** The prompt by which the agent does it; it says `all is well`, or asks `which colour?`. */
  readonly prompt: (doing: Doing) => string
  /** How many agents have begun to work on the turn, by their own evidence. */
  readonly begun: (turn: TurnId) => number
}

/** `open` gives a repository and an executor that nobody has used, and ends all that it began. */
export function executorContract(open: () => ExecutorBench): void {
  describe('asking', () => {
    askingContract(open)
  })
  describe('looking', () => {
    lookingContract(open)
  })
  describe('interrupting and watching', () => {
    endingContract(open)
  })
  describe('tidying and forgetting', () => {
    tidyingContract(open)
    placesContract(open)
  })
  test('checked, nothing is bad, and nobody was asked anything', async () => {
    const { executor } = open()
    expect((await executor.check()).filter(({ type }) => type === 'bad')).toEqual([])
    expect(await executor.places()).toEqual([])
  })
}

function askingContract(open: () => ExecutorBench) {
  test('a turn is adopted, and says where it works', async () => {
    const bench = open()
    expect(await bench.executor.ask(order(bench, 'run'))).toMatchObject({
      type: 'adopted',
      place: bench.place,
      thread: bench.thread ?? aThread,
    })
    await until('an agent works', () => bench.begun(first) === 1)
  })

  test('asked twice, one after the other and by another node, it is the same turn', async () => {
    const bench = open()
    const asked = order(bench, 'run')
    const once = await bench.executor.ask(asked)
    expect(await bench.executor.ask(asked)).toEqual(once)
    expect(await bench.anotherNode().ask(asked)).toEqual(once)
    await until('an agent works', () => bench.begun(first) > 0)
    expect(bench.begun(first)).toBe(1)
  })

  test('asked by three at once, one agent works', async () => {
    const bench = open()
    const asked = order(bench, 'finish')
    const nodes = [bench.executor, bench.anotherNode(), bench.executor]
    const answers = await Promise.all(nodes.map((node) => node.ask(asked)))
    // Who comes too early is told to come again.
    expect(answers.some(({ type }) => type === 'adopted')).toBe(true)
    expect(answers.map(({ type }) => type)).not.toContain('refused')
    await over(bench.executor, first)
    expect(bench.begun(first)).toBe(1)
  })

  test('asked once more when it is over, nothing begins again', async () => {
    const bench = open()
    const asked = order(bench, 'finish')
    const once = await bench.executor.ask(asked)
    const end = await over(bench.executor, first)
    expect(await bench.anotherNode().ask(asked)).toEqual(once)
    expect(await over(bench.executor, first)).toEqual(end)
    expect(bench.begun(first)).toBe(1)
  })

  test('a second turn goes on in the place of the first, off the same commit', async () => {
    const bench = open()
    const base = await bench.executor.ask(order(bench, 'fail'))
    await over(bench.executor, first)
    const second = { ...order(bench, 'finish'), turn: 2 }
    expect(await bench.executor.ask(second)).toEqual(base)
    expect(await over(bench.executor, second)).toMatchObject({ end: { how: 'finished' } })
    expect(await over(bench.executor, first)).toMatchObject({ end: { how: 'failed' } })
  })
}

function lookingContract(open: () => ExecutorBench) {
  test('a turn that was never asked is missing in the answer', async () => {
    const bench = open()
    await bench.executor.ask(order(bench, 'run'))
    const sights = await bench.executor.look([{ ...first, turn: 2 }, first, other])
    expect(sights.map(({ id }) => id)).toEqual([first])
    expect(await bench.executor.look([])).toEqual([])
  })

  test('a running turn is running, to every node, and was seen no later than now', async () => {
    const bench = open()
    const before = Date.now()
    await bench.executor.ask(order(bench, 'run'))
    for (const node of [bench.executor, bench.anotherNode()]) {
      const [sight] = await node.look([first])
      expect(sight).toMatchObject({ id: first, type: 'running' })
      if (sight?.type !== 'running') continue
      expect(sight.seenAt).toBeGreaterThanOrEqual(before - 2000)
      expect(sight.seenAt).toBeLessThanOrEqual(Date.now())
    }
  })

  test.each<[Doing, object]>([
    ['finish', { how: 'finished', said: expect.stringContaining('all is well') }],
    ['fail', { how: 'failed', detail: expect.stringMatching(/./) }],
    ['ask', { how: 'asking', for: 'answer', question: expect.stringContaining('which colour?') }],
  ])('an agent that is to %s ends so, and every look says the same', async (doing, end) => {
    const bench = open()
    const before = Date.now()
    await bench.executor.ask(order(bench, doing))
    const sight = await over(bench.executor, first)
    expect(sight).toMatchObject({ id: first, end })
    expect(sight.at).toBeGreaterThanOrEqual(before - 2000)
    expect(sight.at).toBeLessThanOrEqual(Date.now())
    expect(await bench.anotherNode().look([first])).toEqual([sight])
  })
}

function endingContract(open: () => ExecutorBench) {
  test('an interrupted turn is over, and interrupting it again changes nothing', async () => {
    const bench = open()
    await bench.executor.ask(order(bench, 'run'))
    await until('an agent works', () => bench.begun(first) === 1)
    expect(await bench.executor.interrupt(first)).toBe(true)
    const end = await over(bench.executor, first)
    expect(end.end.how).not.toBe('finished')
    expect(await bench.anotherNode().interrupt(first)).toBe(true)
    expect(await over(bench.executor, first)).toEqual(end)
  })

  test('an end wakes whoever watches, within two seconds, and nobody who stopped', async () => {
    const bench = open()
    const woken: TurnId[] = []
    const stop = bench.executor.watch((turn) => woken.push(turn))
    const stopOther = bench.executor.watch(() => expect.unreachable('it has stopped watching'))
    onTestFinished(stop)
    stopOther()
    await bench.executor.ask(order(bench, 'finish'))
    const { at } = await over(bench.executor, first)
    await until('it is woken', () => woken.length > 0)
    expect(woken).toContainEqual(first)
    expect(Date.now() - at).toBeLessThan(2000)
  })
}

function tidyingContract(open: () => ExecutorBench) {
  test('a run that has no place has nothing to let go of, however often', async () => {
    const { executor } = open()
    expect(await executor.tidy(other.run)).toEqual(removed)
    expect(await executor.tidy(other.run)).toEqual(removed)
  })

  test('a place in which an agent works is kept, with its path and the reason', async () => {
    const bench = open()
    await bench.executor.ask(order(bench, 'run'))
    expect(await bench.executor.tidy(first.run)).toEqual({
      type: 'kept',
      path: expect.stringMatching(/./),
      why: expect.stringMatching(/./),
    })
    expect(await bench.executor.look([first])).toMatchObject([{ type: 'running' }])
  })
}

function placesContract(open: () => ExecutorBench) {
  /** The first turn has done this, and is over. */
  async function ended(bench: ExecutorBench, doing: Doing) {
    await bench.executor.ask(order(bench, doing))
    await over(bench.executor, first)
    expect(await bench.executor.interrupt(first)).toBe(true)
  }

  test('nobody who was never asked has a place', async () => {
    expect(await open().executor.places()).toEqual([])
  })

  test('a place is told while it is there, and its turns while it is', async () => {
    const bench = open()
    await ended(bench, 'finish')
    const [place, ...others] = await bench.anotherNode().places()
    expect([place, others]).toEqual([
      { run: first.run, path: bench.place, branch: 'afk/contract', why: null },
      [],
    ])
    expect(await bench.executor.tidy(first.run)).toEqual(removed)
    expect(await bench.anotherNode().tidy(first.run)).toEqual(removed)
    expect(await bench.executor.places()).toEqual([])
    expect(await bench.executor.look([first])).toEqual([])
  })

  test('what would be lost is told, and goes only where it is discarded', async () => {
    const bench = open()
    await ended(bench, 'leave')
    const kept = await bench.executor.tidy(first.run)
    if (kept.type !== 'kept') throw new Error('it was removed')
    expect(await bench.executor.places()).toEqual([
      { run: first.run, path: kept.path, branch: 'afk/contract', why: kept.why },
    ])
    expect(await bench.executor.look([first])).toMatchObject([{ type: 'over' }])
    expect(await bench.executor.tidy(first.run, { discard: true })).toMatchObject({
      type: 'removed',
    })
    expect(await bench.executor.places()).toEqual([])
  })

  test('a place in which an agent works is told with a reason, and not even discarded', async () => {
    const bench = open()
    await bench.executor.ask(order(bench, 'run'))
    const why = expect.stringMatching(/./)
    expect(await bench.executor.places()).toMatchObject([{ run: first.run, why }])
    const tidied = await bench.executor.tidy(first.run, { discard: true })
    expect(tidied).toMatchObject({ type: 'kept', why })
    expect(await bench.executor.look([first])).toMatchObject([{ type: 'running' }])
  })

  test('only turns whose place is gone are forgotten, and nothing else changes', async () => {
    const bench = open()
    await bench.executor.forget(Infinity)
    await ended(bench, 'finish')
    await bench.executor.forget(Infinity)
    expect(await bench.executor.look([first])).toMatchObject([{ type: 'over' }])
    await bench.executor.tidy(first.run)
    for (const before of [0, Infinity, Infinity]) {
      await bench.executor.forget(before)
      expect(await bench.executor.tidy(first.run)).toEqual(removed)
      expect(await bench.executor.look([first])).toEqual([])
    }
  })
}

const removed = { type: 'removed', left: [] }

const first: TurnId = { run: 'run_0190-contract', turn: 1 }
const other: TurnId = { run: 'run_0190-nobody', turn: 1 }

const aThread = 'thread_0190-contract'

function order({ prompt, base, thread = aThread }: ExecutorBench, doing: Doing): Order {
  return {
    ...first,
    branch: 'afk/contract',
    base,
    thread,
    title: '#7 do it',
    prompt: prompt(doing),
    continues: null,
    visit: null,
    issue: { repo: 'owner/name', number: 7 },
  }
}

type OverSight = Sight & { readonly type: 'over' }

async function over(executor: Executor, { run, turn }: TurnId): Promise<OverSight> {
  const found: OverSight[] = []
  await until(`turn ${turn} is over`, async () => {
    const [sight] = await executor.look([{ run, turn }])
    if (sight?.type === 'over') found.push(sight)
    return found.length > 0
  })
  return found[0]!
}
