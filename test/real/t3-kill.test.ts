/**
 * The loop's promises with T3 Code as its executor, whatever `kill -9` does to its node.
 *
 * As `loop-kill.test.ts`, with 100 kills: T3's server and its agents go on meanwhile, as they do. In the end no
 * thread was made twice and no turn sent twice, no run is lost, each ringing end rang once, and the audit is clean.
 */
import { expect, test } from 'vitest'

import { auditSqlite } from '../../src/store/sqlite/audit.ts'
import { factsOf, storyOf } from '../loop-world-facts.ts'
import { countsOf, instants, live } from '../loop-world-killer.ts'
import { ringSink } from '../loop-world-sink.ts'
import { wrongs } from '../loop-world-wrongs.ts'
import { t3World, t3Wrongs } from '../t3-world.ts'

const kills = Number(process.env['AFK_KILLS'] ?? 100)
const worlds = 4

test(`a loop with its agents in T3 Code, killed at ${kills} random instants, makes no thread and sends no turn twice, loses no run, and rings once`, async () => {
  const seed = Number(process.env['AFK_SEED'] ?? Date.now())
  console.log(`t3-kill suite: seed ${seed}`)
  const sink = await ringSink()
  const all = await Promise.all(
    instants(kills, worlds, seed).map(async (its, at) => {
      const world = await t3World(`w${at}`, sink.url)
      await live(world, its)
      return { world, facts: await factsOf(world) }
    }),
  )
  const counts = countsOf(all.map(({ facts }) => facts))
  console.log(`t3-kill suite: ${kills} kills, ${counts} in ${sink.requests()} requests`)
  const wrong = all.flatMap(({ world, facts }) => {
    const audit = auditSqlite(`${world.folder}/afk.db`)
    const seen = [...wrongs(world.scenes, facts, sink.heard), ...t3Wrongs(world, facts)]
    const its = [...seen, ...audit]
    if (its.length > 0) console.log([world.name, ...storyOf(facts)].join('\n'))
    return its.map((what) => `${world.name}: ${what}`)
  })
  expect(wrong).toEqual([])
  expect(sink.heard.size).toBe(all.flatMap(({ facts }) => facts.rings).length)
}, 900_000)
