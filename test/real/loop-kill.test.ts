/**
 * The loop's promises, whatever `kill -9` does to its node.
 *
 * Worlds in parallel, 200 kills between them: on each world's store a node is started again and again, and
 * killed at a random instant of the demo's runs, or of its own start. In the end no turn was started twice,
 * no two agents were in one repository, each run ended as its scene says, budgets, rings and chores are
 * exact, and what is left behind is what a person is called to.
 */
import fc from 'fast-check'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'

import { auditSqlite } from '../../src/store/sqlite/audit.ts'
import { bugsOf, type LoopWorld, loopWorld } from '../loop-world.ts'
import { type Facts, factsOf, processesOf, storeOf, storyOf } from '../loop-world-facts.ts'
import { play } from '../loop-world-player.ts'
import { ringSink } from '../loop-world-sink.ts'
import { wrongs } from '../loop-world-wrongs.ts'
import type { NodeProcess } from '../node-process.ts'
import { until } from '../until.ts'

const kills = Number(process.env['AFK_KILLS'] ?? 200)
const worlds = 4

/**
 * Counted from when the node is called into being, from when it listens, or from the next news of it: an agent
 * that starts or ends, a run that is queued or ends, a ring. Red takes CI two seconds and a half.
 */
const instant = fc.oneof(
  { weight: 2, arbitrary: within('spawn', 0, 300) },
  { weight: 7, arbitrary: within('listening', 0, 900) },
  { weight: 2, arbitrary: within('listening', 1_000, 4_000) },
  { weight: 9, arbitrary: within('news', 0, 300) },
)

function within(after: 'spawn' | 'listening' | 'news', min: number, max: number) {
  return fc.record({ after: fc.constant(after), delayMs: fc.integer({ min, max }) })
}

type Instant = { readonly after: 'spawn' | 'listening' | 'news'; readonly delayMs: number }

const newsPatienceMs = 4_000

test(`a loop whose node is killed at ${kills} random instants dispatches nothing twice, rings once, and keeps its budgets`, async () => {
  const seed = Number(process.env['AFK_SEED'] ?? Date.now())
  console.log(`loop-kill suite: seed ${seed}`)
  const instants = fc.sample(instant, { numRuns: kills, seed })
  const sink = await ringSink()
  const all = await Promise.all(
    Array.from({ length: worlds }, async (_, at) => {
      const world = await loopWorld(`w${at}`, sink.url)
      await live(
        world,
        instants.filter((_each, index) => index % worlds === at),
      )
      return { world, facts: await factsOf(world) }
    }),
  )
  report(
    all.map(({ facts }) => facts),
    sink.requests(),
  )
  const wrong = all.flatMap(({ world, facts }) => {
    const audit = auditSqlite(`${world.folder}/afk.db`)
    const its = [...wrongs(world.scenes, facts, sink.heard), ...audit]
    if (its.length > 0) console.log([world.name, ...storyOf(facts)].join('\n'))
    return its.map((what) => `${world.name}: ${what}`)
  })
  expect(wrong).toEqual([])
  expect(sink.heard.size).toBe(all.flatMap(({ facts }) => facts.rings).length)
}, 900_000)

async function live(world: LoopWorld, instants: readonly Instant[]) {
  world.fileRound()
  for (const instant of instants)
    await (instant.after === 'spawn'
      ? killStarting(world, instant.delayMs)
      : killRunning(world, instant))
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
  await until('every chore is done', () => choresLeft(world) === 0, 60_000)
  expect(await node.stop()).toBe(0)
  expect(bugsOf(node)).toEqual([])
  const isLate = by(10_000)
  await until('nobody is left', () => processesOf(world).length === 0 || isLate(), 20_000)
}

function by(withinMs: number): () => boolean {
  const deadline = performance.now() + withinMs
  return () => performance.now() > deadline
}

function choresLeft(world: LoopWorld): number {
  const { chores, slots } = storeOf(world)
  return chores.filter(({ isDone }) => !isDone).length + slots.length
}

function report(facts: readonly Facts[], requests: number) {
  const count = (of: (each: Facts) => readonly unknown[]) =>
    facts.reduce((sum, each) => sum + of(each).length, 0)
  const turns = count(({ notes }) => notes.filter(({ what }) => what === 'start'))
  const counts = `${count(({ runs }) => runs)} runs, ${turns} turns, ${count(({ rings }) => rings)} rings`
  console.log(`loop-kill suite: ${kills} kills, ${counts} in ${requests} requests`)
}
