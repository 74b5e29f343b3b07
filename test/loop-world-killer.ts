/**
 * The life of a world whose node is killed at random instants, again and again, and at last is let be.
 *
 * An instant is counted from when the node is called into being, from when it listens, or from the next news of it:
 * an agent that starts or ends, a run that is queued or ends, a ring. Red takes CI two seconds and a half.
 */
import fc from 'fast-check'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'

import { bugsOf, type LoopWorld } from './loop-world.ts'
import { type Facts, processesOf, storeOf } from './loop-world-facts.ts'
import { play } from './loop-world-player.ts'
import type { NodeProcess } from './node-process.ts'
import { until } from './until.ts'

export type Instant = {
  readonly after: 'spawn' | 'listening' | 'news'
  readonly delayMs: number
}

const instant = fc.oneof(
  { weight: 2, arbitrary: within('spawn', 0, 300) },
  { weight: 7, arbitrary: within('listening', 0, 900) },
  { weight: 2, arbitrary: within('listening', 1_000, 4_000) },
  { weight: 9, arbitrary: within('news', 0, 300) },
)

function within(after: Instant['after'], min: number, max: number) {
  return fc.record({ after: fc.constant(after), delayMs: fc.integer({ min, max }) })
}

/** So many, dealt out to so many worlds. */
export function instants(kills: number, worlds: number, seed: number) {
  const all = fc.sample(instant, { numRuns: kills, seed })
  return Array.from({ length: worlds }, (_, at) =>
    all.filter((_each, index) => index % worlds === at),
  )
}

const newsPatienceMs = 4_000

/** Resolves when nothing is left to do in it. */
export async function live(world: LoopWorld, its: readonly Instant[]): Promise<void> {
  world.fileRound()
  for (const each of its)
    await (each.after === 'spawn' ? killStarting(world, each.delayMs) : killRunning(world, each))
  await finish(world)
}

async function killStarting(world: LoopWorld, delayMs: number) {
  const spawned = world.spawn()
  const isUp = Promise.allSettled([spawned.isUp])
  await pause(delayMs)
  await spawned.kill()
  const [up] = await isUp
  if (up.status === 'rejected') expect(String(up.reason)).toContain('exited null')
}

async function killRunning(world: LoopWorld, { after, delayMs }: Instant) {
  const node = await world.spawn().isUp
  let isOver = false
  const kill = async () => {
    if (after === 'news') await news(world, node)
    await pause(delayMs)
    isOver = true
    await node.kill()
  }
  await Promise.all([play({ world, node, isOver: () => isOver, mayFile: true }), kill()])
  expect(bugsOf(node)).toEqual([])
}

/** In vain where nothing happens for a while. */
async function news(world: LoopWorld, { log }: NodeProcess) {
  const told = () => `${log.length} ${world.noted()}`
  const before = told()
  const isLate = by(newsPatienceMs)
  await until('something happens', () => told() !== before || isLate(), 2 * newsPatienceMs)
}

/** The last node lives until nothing is left to do. Who is left then is named by `wrongs`. */
async function finish(world: LoopWorld) {
  const node = await world.spawn().isUp
  await play({ world, node, isOver: by(120_000), mayFile: false })
  await until('every ring was taken', async () => (await node.status()).channels[0]?.due === 0)
  // One that could not be done again and again is tried once a minute.
  const isTooLate = by(180_000)
  await until('every chore is done', () => left(world).length === 0 || isTooLate(), 200_000)
  expect(left(world)).toEqual([])
  expect(await node.stop()).toBe(0)
  expect(bugsOf(node)).toEqual([])
  const isLate = by(10_000)
  await until('nobody is left', () => processesOf(world).length === 0 || isLate(), 20_000)
}

function by(withinMs: number): () => boolean {
  const deadline = performance.now() + withinMs
  return () => performance.now() > deadline
}

/** What is still to be done, and by whom its repository is still held. */
function left(world: LoopWorld): readonly unknown[] {
  const { chores, slots } = storeOf(world)
  return [...chores.filter(({ isDone }) => !isDone), ...slots]
}

/** What all of them came to, in words. */
export function countsOf(facts: readonly Facts[]): string {
  const count = (of: (each: Facts) => readonly unknown[]) =>
    facts.reduce((sum, each) => sum + of(each).length, 0)
  const turns = count(({ notes }) => notes.filter(({ what }) => what === 'start'))
  return `${count(({ runs }) => runs)} runs, ${turns} turns, ${count(({ rings }) => rings)} rings`
}
