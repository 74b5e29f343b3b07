/**
 * Agents that mean harm, people in between, and repositories that are not well: one real node, a repository
 * for each, all at once.
 *
 * Each ends as docs/verdict.md says, rings as often as it must, and leaves the loop running: the next issue
 * of its repository lands. One that writes a gigabyte, and one that fills the disk, have a node of their own.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { auditSqlite } from '../../src/app/beside-node.ts'
import { folderOf, processes } from '../../src/executors/command/processes.ts'
import { killNow } from '../command-bench.ts'
import { CASES } from '../hostile-cases.ts'
import { layPlot } from '../hostile-ground.ts'
import { type Enrolment, type HostileNode, hostileNode } from '../hostile-node.ts'
import { type Hostile, type Played, play } from '../hostile-play.ts'
import { itsOwnCommit } from '../hostile-steps.ts'
import { canMount, smallDisk } from '../small-disk.ts'
import { until } from '../until.ts'

const secrets = { AFK_OPERATOR_TOKEN: 'hostile-operator-token', AFK_TEST_SECRET: 'planted-secret' }
const folder = mkdtempSync(join(tmpdir(), 'afk-hostile-'))

beforeAll(() => void Object.assign(process.env, secrets))

afterAll(async () => {
  for (const name of Object.keys(secrets)) delete process.env[name]
  await until('whoever is left below the folder is ended', async () => {
    const all = await processes()
    const left = all.filter(({ pid }) => folderOf(pid)?.startsWith(folder) === true)
    for (const { pid } of left) killNow(pid)
    return left.length === 0
  })
  rmSync(folder, { recursive: true })
})

describe('agents and people, all at once', () => {
  const store = join(folder, 'afk.db')
  const played = new Map<string, Promise<PromiseSettledResult<Played>>>()
  let node: HostileNode

  beforeAll(async () => {
    const enrolments = await Promise.all(CASES.map((hostile) => enrol(hostile)))
    node = await hostileNode(store, enrolments)
    for (const [index, hostile] of CASES.entries()) {
      const mine = play(hostile, { plot: enrolments[index]!.plot, node })
      played.set(
        hostile.name,
        Promise.allSettled([mine]).then(([how]) => how),
      )
    }
  })

  afterAll(async () => {
    await Promise.all(played.values())
    await node.stop()
  }, 120_000)

  test.each(CASES)('$name: ends $verdict', async (hostile) => {
    const how = await played.get(hostile.name)!
    if (how.status === 'rejected') throw how.reason
    expectEnded(how.value, hostile)
  })

  test('every promise of the store holds', async () => {
    await Promise.all(played.values())
    expect(auditSqlite(store)).toEqual([])
  })

  test('every run that ended in a kind that rings has exactly one ring', async () => {
    const ends = node.events.flatMap((each) =>
      each.event === 'run-ended' && each.state !== 'withdrawn' ? [each.issue] : [],
    )
    const rung: string[] = []
    for (const issue of new Set(ends))
      rung.push(...(await node.ringsOf(issue)).map(({ issueRef }) => issueRef))
    expect(rung.toSorted()).toEqual(ends.toSorted())
  })

  test('nothing was a bug, and what fails at every look is told once', () => {
    expect(node.events.filter(({ event }) => event === 'bug')).toEqual([])
    const told = node.events.flatMap((each) =>
      each.event === 'look-failed' ? [`${each.repo}: ${each.detail}`] : [],
    )
    // A turn that does not start is asked three times, and each says so once.
    const [starts, others] = [true, false].map((isOf) =>
      told.filter((each) => /its wrapper did not start/.test(each) === isOf),
    ) as [string[], string[]]
    expect(others.toSorted()).toEqual([...new Set(others)].toSorted())
    expect(starts.length).toBeLessThanOrEqual(3)
  })
})

test('one that writes a gigabyte costs seconds, and no memory or disk; then it lands', async () => {
  const name = 'writes-without-end'
  let grownBy = 0
  const flood: Hostile = {
    name,
    does: 'write without end',
    verdict: 'done',
    async meanwhile({ node, issue }) {
      const before = process.memoryUsage().rss
      const isOver = () => {
        // It may never be above what it was: whatever ran before has left its garbage.
        grownBy = Math.max(grownBy, process.memoryUsage().rss - before)
        return node.endsOf(issue).length > 0
      }
      await until('it ends', isOver, 110_000)
    },
    afterwards: itsOwnCommit,
  }
  const ended = await playAlone(flood, join(folder, 'flood', 'afk.db'))
  expectEnded(ended, flood)
  expect(Number(ended.plot.noted('cpu-ms'))).toBeLessThan(10_000)
  expect(grownBy).toBeLessThan(50 * 1024 * 1024)
  const agents = join(folder, 'flood', 'loop', name, 'agents')
  const files = readdirSync(agents, { recursive: true, withFileTypes: true })
  const records = files.filter(
    (each) => each.isFile() && each.parentPath.endsWith(`/${ended.run.id}.1`),
  )
  expect(records.length).toBeGreaterThan(0)
  const sizes = records.map((each) => statSync(join(each.parentPath, each.name)).size)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(7 * 1024 * 1024)
})

const noDisk = !canMount('tmpfs')

test.skipIf(noDisk)(
  `one that fills the disk is judged once there is room${noDisk ? ' (skipped: cannot mount a small file system)' : ''}`,
  async () => {
    const disk = smallDisk('tmpfs', '96m')
    const filler = join(disk, 'filler')
    const glutton: Hostile = {
      name: 'fills-the-disk',
      does: 'fill the disk',
      verdict: 'needs-human: nothing-pushed',
      order: () => ({ filler }),
      async meanwhile({ plot, node, issue }) {
        await plot.isNoted('full')
        const felt = () => node.events.some(({ event }) => /look-failed|refusing|bug/.test(event))
        await until('it is felt', () => felt() || node.endsOf(issue).length > 0, 110_000)
        expect((await fetch(`${node.url}/healthz`)).status).toBe(200)
        rmSync(filler)
      },
    }
    const ended = await playAlone(glutton, join(disk, 'afk.db'))
    expectEnded(ended, glutton)
  },
)

async function enrol({ name, before, settings }: Hostile): Promise<Enrolment> {
  const plot = await layPlot(folder, name)
  await before?.(plot)
  return { plot, settings: settings?.(plot) ?? {} }
}

/** With a node of its own; every promise of its store holds. */
async function playAlone(hostile: Hostile, store: string): Promise<Played> {
  const enrolment = await enrol(hostile)
  const node = await hostileNode(store, [enrolment])
  try {
    const played = await play(hostile, { plot: enrolment.plot, node })
    expect(auditSqlite(store)).toEqual([])
    return played
  } finally {
    await node.stop()
  }
}

function expectEnded({ rings, ...seen }: Played, { verdict, runs = 1 }: Hostile) {
  const [kind] = verdict.split(':')
  expect(seen).toMatchObject({ verdict, good: 'done', goodLanded: true, survivors: [] })
  const rang = kind === 'withdrawn' ? [] : Array.from({ length: runs }, () => kind)
  expect(rings.map((ring) => ring.kind)).toEqual(rang)
}
