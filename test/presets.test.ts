/**
 * Every preset through the whole loop: one node, a stand-in CLI that replays what the real ones printed, in real time,
 * and real git in between. All recordings run at once, each in a repository of its own.
 */
import { beforeAll, describe, expect, test } from 'vitest'

import { auditSqlite } from '../src/app/beside-node.ts'
import { type PresetsGround, presetsGround, type Replay, type SeenRun } from './presets-ground.ts'
import { openStore } from './temporary.ts'
import { until } from './until.ts'

type Recorded = {
  readonly sample: string
  /** What of its output a person reads. */
  readonly says: string
  /** What it says that it cost; null: it tells none. */
  readonly costUsd: number | null
}

const landing: readonly Recorded[] = [
  { sample: 'claude-ok', says: 'All done: fixed it.', costUsd: 0.00014 },
  { sample: 'claude-tool', says: 'All done: fixed it.', costUsd: 0.00028 },
  { sample: 'codex-ok', says: 'All done: fixed it.', costUsd: null },
  { sample: 'codex-tool', says: 'All done: fixed it.', costUsd: null },
  { sample: 'opencode-ok', says: 'All done: fixed it.', costUsd: 0 },
]

const failing: readonly Recorded[] = [
  {
    sample: 'claude-api-401',
    says: 'api_error: Invalid API key · Fix external API key: exit code 1',
    costUsd: 0,
  },
  { sample: 'claude-api-529', says: '529 Overloaded', costUsd: 0 },
  {
    sample: 'claude-max-turns',
    says: 'error_max_turns: Reached maximum number of turns (2): exit code 1',
    costUsd: 0.00028,
  },
  {
    sample: 'claude-sigint',
    says: 'error_during_execution: [ede_diagnostic]',
    costUsd: 0,
  },
  {
    sample: 'codex-401',
    says: 'unexpected status 401 Unauthorized: Incorrect API key provided',
    costUsd: null,
  },
  { sample: 'opencode-401', says: 'APIError: bad key: exit code 1', costUsd: null },
]

const priced = { name: 'opencode-priced', sample: 'opencode-ok', costUsd: 0.25 }
const limited = { name: 'codex-429', sample: 'codex-429' }
const replays: readonly Replay[] = [
  ...landing.map(({ sample }) => ({ name: sample, sample, works: true })),
  ...failing.map(({ sample }) => ({ name: sample, sample })),
  { ...priced, works: true, isHeld: true },
  limited,
]
const numberOf = (name: string) => replays.findIndex((replay) => replay.name === name) + 1
const refOf = (name: string) => `${name}#${numberOf(name)}`

let ground: PresetsGround
beforeAll(async () => {
  ground = await presetsGround(replays)
  return ground.close
}, 60_000)

const line = ({ ledger }: SeenRun, type: string) => ledger.find((each) => each.type === type)!
const types = ({ ledger }: SeenRun) => ledger.map(({ type }) => type)
const says = (part: string) => expect.stringContaining(part) as string

/** One turn, that was with the agent before it was over: for how long, in milliseconds. */
function playedFor(run: SeenRun): number {
  const marks = ['asked', 'adopted', 'turn-over']
  expect(types(run).filter((type) => marks.includes(type))).toEqual(marks)
  return Date.parse(line(run, 'turn-over').at) - Date.parse(line(run, 'adopted').at)
}

/** A cost is a line of the ledger once it is more than nothing. */
function expectSpent(run: SeenRun, { costUsd }: Pick<Recorded, 'costUsd'>) {
  const spent = types(run).filter((type) => type === 'spent')
  expect(spent).toHaveLength((costUsd ?? 0) > 0 ? 1 : 0)
}

/** Exactly one ring of its repository is written down, and the terminal printed it once. */
async function expectRung(name: string, ring: { kind: string; body: unknown }) {
  const rings = await ground.rings(name)
  expect(rings).toMatchObject([ring])
  const { title } = rings[0]!
  await until(`the terminal printed ${title}`, () => ground.printed(title) > 0)
  expect(ground.printed(title)).toBe(1)
}

/** Of all but the one that waits for its limit. */
async function allEnded() {
  ground.letGo(priced.name)
  for (const { name } of replays) if (name !== limited.name) await ground.ended(name)
}

describe('a turn that ends well', () => {
  test.each(landing)('$sample lands, and rings once', async (recorded) => {
    const { sample } = recorded
    const run = await ground.ended(sample)
    const { commit } = run.verdict!
    const verdict = { kind: 'done', passed: ['grep -qx fixed work.txt'] }
    expect(run).toMatchObject({ phase: 'done', verdict })
    expect(line(run, 'turn-over').says).toContain(`the agent says: ${recorded.says}`)
    expect(playedFor(run)).toBeGreaterThanOrEqual(0)
    expectSpent(run, recorded)
    const message = `work: fixed\n\nRefs #${numberOf(sample)}\n\nAFK-Run: ${run.id}`
    expect(await ground.landed(sample)).toBe(`${commit} ${message}`)
    await expectRung(sample, { kind: 'done', body: says(`commit ${commit!.slice(0, 12)}`) })
  })
})

describe('a turn that ends badly', () => {
  test.each(failing)('$sample calls a human, in the agent’s words', async (recorded) => {
    const run = await ground.ended(recorded.sample)
    const verdict = { kind: 'needs-human', cause: 'agent-error', commit: null }
    expect(run).toMatchObject({ phase: 'needs-human', verdict })
    expect(run.verdict!.detail).toContain(recorded.says)
    expect(playedFor(run)).toBeGreaterThanOrEqual(0)
    expectSpent(run, recorded)
    const body = says(`The agent failed: ${run.verdict!.detail}`)
    await expectRung(recorded.sample, { kind: 'needs-human', body })
  })
})

test('a turn is over when its agent has played it, and not before', async () => {
  // A recording of 6.6 s is played in 3; how late its start is told depends on how busy the machine is.
  expect(playedFor(await ground.ended('claude-sigint'))).toBeGreaterThan(1_500)
})

test('a turn is seen while it runs: what it pushed is judged, OpenCode’s cost counts, and only its process ends it', async () => {
  const { name, costUsd } = priced
  const isSeen = async () => {
    const run = await ground.run(name)
    return run.pushed?.checks === 'green' && types(run).includes('spent')
  }
  await until('its commit is green and its cost is known', isSeen)
  const run = await ground.run(name)
  const seen = { endedAt: null, phase: 'checking', turn: { state: 'running' } }
  expect(run).toMatchObject({ ...seen, budget: { costUsd: { used: costUsd } } })
  expect(types(run)).not.toContain('turn-over')
  expect(await ground.rings(name)).toEqual([])

  ground.letGo(name)
  const over = await ground.ended(name)
  expect(over.phase).toBe('done')
  expectSpent(over, priced)
  await expectRung(name, { kind: 'done', body: says('$0.25') })
})

test('a usage limit is waited for, and rings nobody', async () => {
  const { name } = limited
  const isOver = async () => (await ground.run(name)).turn?.state === 'over'
  await until(`${name} met its limit`, isOver)
  await allEnded()
  const run = await ground.run(name)
  expect(run).toMatchObject({ phase: 'paused-for-limit', endedAt: null, turn: { number: 1 } })
  const until2030 = new Date(2030, 0, 23, 18, 8).toISOString().slice(0, 16).replace('T', ' ')
  expect(line(run, 'turn-over').says).toBe(`turn 1 met a usage limit, until ${until2030} UTC`)
  expect(await ground.rings(name)).toEqual([])
})

test('afterwards there is one run of each, every promise holds, and the ledgers have the exact costs', async () => {
  await allEnded()
  const issues = (await ground.runs()).map(({ issueRef }) => issueRef)
  expect(issues.toSorted()).toEqual(replays.map(({ name }) => refOf(name)).toSorted())
  await ground.stop()
  expect(auditSqlite(ground.store)).toEqual([])
  const store = openStore({ path: ground.store })
  for (const { sample, costUsd } of [...landing, ...failing]) {
    const ledger = await store.ledger(`${refOf(sample)}@main`)
    const spent = ledger.flatMap(({ what }) => (what.type === 'spent' ? [what.costUsd] : []))
    expect([sample, ...spent]).toEqual(costUsd ? [sample, expect.closeTo(costUsd, 8)] : [sample])
  }
})
