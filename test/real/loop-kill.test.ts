/**
 * The loop's promises, whatever `kill -9` does to its node.
 *
 * Worlds in parallel, 200 kills between them: on each world's store a node is started again and again, and
 * killed at a random instant of the demo's runs, or of its own start. In the end no turn was started twice,
 * no two agents were in one repository, each run ended as its scene says, budgets, rings and chores are
 * exact, and what is left behind is what a person is called to.
 */
import { expect, test } from 'vitest'

import { auditSqlite } from '../../src/store/sqlite/audit.ts'
import { loopWorld } from '../loop-world.ts'
import { factsOf, storyOf } from '../loop-world-facts.ts'
import { countsOf, instants, live } from '../loop-world-killer.ts'
import { ringSink } from '../loop-world-sink.ts'
import { wrongs } from '../loop-world-wrongs.ts'

const kills = Number(process.env['AFK_KILLS'] ?? 200)
const worlds = 4

test(`a loop whose node is killed at ${kills} random instants dispatches nothing twice, rings once, and keeps its budgets`, async () => {
  const seed = Number(process.env['AFK_SEED'] ?? Date.now())
  console.log(`loop-kill suite: seed ${seed}`)
  const sink = await ringSink()
  const all = await Promise.all(
    instants(kills, worlds, seed).map(async (its, at) => {
      const world = await loopWorld(`w${at}`, sink.url)
      await live(world, its)
      return { world, facts: await factsOf(world) }
    }),
  )
  const counts = countsOf(all.map(({ facts }) => facts))
  console.log(`loop-kill suite: ${kills} kills, ${counts} in ${sink.requests()} requests`)
  const wrong = all.flatMap(({ world, facts }) => {
    const audit = auditSqlite(`${world.folder}/afk.db`)
    const its = [...wrongs(world.scenes, facts, sink.heard), ...audit]
    if (its.length > 0) console.log([world.name, ...storyOf(facts)].join('\n'))
    return its.map((what) => `${world.name}: ${what}`)
  })
  expect(wrong).toEqual([])
  expect(sink.heard.size).toBe(all.flatMap(({ facts }) => facts.rings).length)
}, 900_000)
