import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { manualClock } from '../../../test/manual-clock.ts'
import { type T3Bench, t3Bench } from '../../../test/t3-bench.ts'
import type { AgentTurn } from '../../../test/t3/agent-turn.ts'
import { until } from '../../../test/until.ts'
import { systemClock } from '../../clock.ts'
import type { T3Client } from '../../t3/client.ts'
import type { Fleet } from '../../t3/fleet.ts'

const versions = ['27', '32', '0821'] as const
const says = (part: string) => expect.stringContaining(part) as string

/** Its first turn is asked, and its agent has begun. */
async function begun(prompt: string, wish: Parameters<typeof t3Bench>[0] = {}) {
  const bench = await t3Bench(wish)
  await bench.executor.ask(bench.order({ prompt }))
  await until('an agent works', () => bench.began.length === 1)
  return bench
}

/** Each client's read is shared for 50 ms. */
const shown = (bench: T3Bench) => bench.client.freshFleet()

describe.each(versions)('an end on %s', (version) => {
  test.each<[string, object]>([
    ['finish', { how: 'finished', said: 'all is well' }],
    ['ask', { how: 'asking', for: 'answer', question: 'which colour?' }],
    ['fail', { how: 'failed', detail: 'no such thing' }],
    ['approve', { how: 'asking', for: 'permission', question: 'Bash: rm -rf x' }],
    ['question', { how: 'asking', for: 'answer', question: 'Which db? (pg / sqlite)' }],
  ])('of an agent that is to %s', async (prompt, end) => {
    const bench = await begun(prompt, { version })
    expect(await bench.over()).toMatchObject({ end, costUsd: null })
  })

  test('by a usage limit, which only the last words tell', async () => {
    const agent = async (turn: AgentTurn) =>
      turn.limitReached("You've hit your limit · resets 3pm (Europe/Berlin)")
    const bench = await begun('go', { version, agent })
    const { end } = await bench.over()
    if (end.how !== 'limited') throw new Error(`it was taken for ${end.how}`)
    expect(end.until).toBeGreaterThan(Date.now())
    expect(end.until).toBeLessThan(Date.now() + 25 * 3_600_000)
  })

  test('by a crash of the agent’s process', async () => {
    const agent = async (turn: AgentTurn) => turn.crash('Claude Code process exited with code 1')
    const bench = await begun('go', { version, agent })
    const detail = 'Claude Code process exited with code 1'
    expect(await bench.over()).toMatchObject({ end: { how: 'failed', detail } })
  })

  test('with a clock of T3 that is an hour ahead, or behind', async () => {
    for (const skewMs of [3_600_000, -3_600_000]) {
      const before = Date.now()
      const bench = await begun('run', { version, skewMs })
      const sight = await bench.look()
      if (sight?.type !== 'running') throw new Error(`it is ${sight?.type}`)
      expect(sight.seenAt).toBeGreaterThanOrEqual(before)
      expect(sight.seenAt).toBeLessThanOrEqual(Date.now())
      await bench.executor.interrupt(bench.turn)
      const second = bench.order({ turn: 2 })
      await until('it is adopted', async () => {
        return (await bench.executor.ask(second)).type === 'adopted'
      })
      const over = await bench.over(second)
      expect(over).toMatchObject({ end: { how: 'finished', said: 'all is well' } })
      expect(over.at).toBeGreaterThanOrEqual(before)
      expect(over.at).toBeLessThanOrEqual(Date.now())
    }
  })

  test('of a turn whose program is not there', async () => {
    const clock = manualClock(Date.now())
    const bench = await t3Bench({ version, client: { reuseMs: 0 }, executor: { clock } })
    bench.t3.failStart('cli missing')
    await bench.executor.ask(bench.order())
    await until('T3 says so', async () => {
      return (await shown(bench)).row(bench.thread)?.session?.status === 'stopped'
    })
    // 0.0.27 shows what happened, and so is believed at once.
    const first = version === '27' ? 'over' : 'running'
    expect(await bench.look()).toMatchObject({ type: first })
    clock.advance(3_000)
    expect(await bench.look()).toMatchObject({ end: { how: 'failed', detail: says('failed') } })
    expect(bench.began).toEqual([])
  })

  test('after a person spoke into the turn is the end of all of it', async () => {
    const bench = await begun('run', { version })
    bench.t3.people.send(bench.thread, 'and this')
    expect(await bench.look()).toMatchObject({ type: 'running' })
    bench.t3.people.interrupt(bench.thread)
    const { end } = await bench.over()
    expect(['finished', 'failed']).toContain(end.how)
  })

  test('is withdrawn where a person put the thread away, and stays so', async () => {
    for (const how of ['archive', 'delete'] as const) {
      const bench = await begun('run', { version })
      bench.t3.people[how](bench.thread)
      await shown(bench)
      const by = `a person who ${how}d its thread`
      const sight = await bench.look()
      expect(sight).toMatchObject({ type: 'withdrawn', by })
      if (how === 'archive') bench.t3.people.unarchive(bench.thread)
      expect(await bench.node({ client: bench.clientFor() }).look([bench.turn])).toEqual([sight])
      expect(await bench.executor.interrupt(bench.turn)).toBe(true)
    }
  })
})

describe('a turn that nobody takes up', () => {
  async function lost(wish: Parameters<typeof t3Bench>[0] = {}) {
    const clock = manualClock(Date.now())
    const bench = await t3Bench({ ...wish, executor: { clock } })
    bench.t3.failStart('lost')
    await bench.executor.ask(bench.order())
    expect(await bench.look()).toMatchObject({ type: 'running' })
    return { bench, clock }
  }

  test.each(versions)('is waited for for two minutes, and then is lost (%s)', async (version) => {
    const { bench, clock } = await lost({ version })
    clock.advance(119_000)
    expect(await bench.look()).toMatchObject({ type: 'running' })
    clock.advance(1_000)
    expect(await bench.look()).toMatchObject({ type: 'over', end: { how: 'lost' } })
    // Asked anew as another turn, it runs.
    expect(await bench.executor.ask(bench.order({ turn: 2 }))).toMatchObject({ type: 'adopted' })
    expect(await bench.over({ ...bench.turn, turn: 2 })).toMatchObject({ end: { how: 'finished' } })
    expect(bench.began).toHaveLength(1)
  })

  test('is not lost because this machine slept, or its clock was set', async () => {
    const { bench, clock } = await lost()
    let ahead = 0
    const set = { ...clock, now: () => clock.now() + ahead }
    const node = bench.node({ clock: set })
    await node.look([bench.turn])
    ahead = 3_600_000
    expect(await node.look([bench.turn])).toMatchObject([{ type: 'running' }])
  })

  test('of a provider that is not configured has failed, with its reason', async () => {
    const model = { instanceId: 'nobody', model: 'x' }
    const clock = manualClock(Date.now())
    const bench = await t3Bench({ client: { reuseMs: 0 }, executor: { model, clock } })
    await bench.executor.ask(bench.order())
    await until('T3 says so', async () => {
      return (await shown(bench)).row(bench.thread)?.session?.status === 'error'
    })
    await bench.look()
    clock.advance(3_000)
    expect(await bench.look()).toMatchObject({ end: { how: 'failed', detail: says('nobody') } })
  })

  test('of a provider that is not configured on 0.0.27 shows so when it is lost', async () => {
    const model = { instanceId: 'nobody', model: 'x' }
    const clock = manualClock(Date.now())
    const bench = await t3Bench({ version: '27', executor: { model, clock } })
    await bench.executor.ask(bench.order())
    await bench.look()
    await until('T3 says so', async () => {
      const { activities } = (await bench.client.freshFleet()).transcript(bench.thread)
      return activities.length > 0
    })
    clock.advance(120_000)
    await bench.client.freshFleet()
    expect(await bench.look()).toMatchObject({ end: { how: 'failed', detail: says('nobody') } })
  })
})

describe('a server that starts again', () => {
  test('has lost the turn, and says so; another goes on in the thread', async () => {
    const bench = await begun('run')
    bench.t3.restart()
    await shown(bench).catch(() => {})
    expect(await bench.over()).toMatchObject({ end: { how: 'lost' } })
    await bench.executor.ask(bench.order({ turn: 2 }))
    expect(await bench.over({ ...bench.turn, turn: 2 })).toMatchObject({ end: { how: 'finished' } })
  })

  test('while something was asked leaves its flags, and nobody believes them', async () => {
    const bench = await begun('approve')
    await until(
      'it asks',
      async () => (await shown(bench)).row(bench.thread)?.waitsFor === 'approval',
    )
    bench.t3.restart()
    await shown(bench).catch(() => {})
    expect(await bench.over()).toMatchObject({ end: { how: 'lost' } })
  })

  test.each(['27', '32'] as const)(
    'is a ghost on %s that runs for ever, without a sign of life, and can be ended',
    async (version) => {
      const clock = manualClock(Date.now())
      const bench = await begun('run', { version, executor: { clock } })
      await bench.look()
      bench.t3.restart()
      clock.advance(60_000)
      await shown(bench).catch(() => {})
      const first = await bench.look()
      clock.advance(3_600_000)
      await shown(bench)
      expect(first).toMatchObject({ type: 'running' })
      expect(await bench.look()).toEqual(first)
      const node = bench.node({ client: bench.clientFor(), clock: systemClock })
      expect(await node.interrupt(bench.turn)).toBe(true)
      expect((await shown(bench)).row(bench.thread)?.session?.status).toBe('stopped')
    },
  )

  test('as another one, with none of its data, has lost the turn', async () => {
    const bench = await begun('run')
    const other = await t3Bench()
    const node = bench.node({ client: other.client })
    expect(await node.look([bench.turn])).toMatchObject([{ type: 'over', end: { how: 'lost' } }])
  })
})

describe('a server that cannot be asked', () => {
  test('says nothing of a turn that runs, and takes nothing from one that is over', async () => {
    const bench = await begun('finish', { client: { timeoutMs: 200 } })
    const over = await bench.over()
    await bench.executor.ask(bench.order({ turn: 2, prompt: 'run' }))
    bench.t3.hang()
    await bench.client.freshFleet().catch(() => {})
    const second = { ...bench.turn, turn: 2 }
    const detail = says('did not answer')
    expect(await bench.executor.look([bench.turn, second])).toEqual([
      over,
      { id: second, costUsd: null, type: 'unreachable', detail },
    ])
    expect(await bench.executor.interrupt(second)).toBe(false)
    const tidied = await bench.executor.tidy(bench.turn.run)
    expect(tidied).toEqual({ type: 'kept', path: bench.worktree, why: detail })
  })

  test('while an end is read says nothing of it yet', async () => {
    const bench = await begun('finish')
    await until('it is over', async () => {
      return (await shown(bench)).row(bench.thread)?.session?.status === 'ready'
    })
    bench.t3.fail('500', { at: /threads/ })
    expect(await bench.look()).toMatchObject({ type: 'unreachable', detail: says('500') })
    expect(await bench.over()).toMatchObject({ end: { how: 'finished' } })
  })

  test('of another generation is told as such', async () => {
    const bench = await begun('run')
    bench.t3.restart('0821', 'v2')
    await shown(bench).catch(() => {})
    expect(await bench.look()).toMatchObject({ type: 'unreachable', detail: says('generation') })
  })
})

test('a server that takes messages and starts nothing is told, once two threads wait for a minute', async () => {
  const clock = manualClock(Date.now())
  const bench = await t3Bench({ client: { clock, reuseMs: 0 }, executor: { clock } })
  bench.t3.wedge()
  const other = { run: 'run_b', turn: 1 }
  await bench.executor.ask(bench.order())
  await bench.executor.ask(bench.order({ ...other, thread: 'thread_b', branch: 'afk/b' }))
  expect(await bench.executor.look([bench.turn, other])).toMatchObject([
    { type: 'running' },
    { type: 'running' },
  ])
  clock.advance(61_000)
  const detail = says('2 threads have waited')
  expect(await bench.executor.look([bench.turn, other])).toMatchObject([
    { type: 'unreachable', detail },
    { type: 'unreachable', detail },
  ])
  const mend = says('restart T3 Code')
  expect(await bench.executor.check()).toContainEqual({ type: 'bad', what: detail, mend })
})

describe('a turn that T3 does not take for three minutes', () => {
  const refusal = { status: 403, type: 'application/json', text: '{}' } as const

  test('is neither over nor a sign of anything meanwhile, and waits anew once it is taken', async () => {
    const clock = manualClock(Date.now())
    const bench = await t3Bench({ client: { clock, reuseMs: 0 }, executor: { clock } })
    await bench.executor.ask(bench.order())
    await bench.over()
    const second = bench.order({ turn: 2, prompt: 'run' })
    bench.t3.fail(refusal, { at: /dispatch/, times: 4 })
    for (let minute = 0; minute < 4; minute += 1) {
      expect(await bench.executor.ask(second)).toMatchObject({ type: 'unreachable' })
      expect(await bench.look(second)).toMatchObject({ type: 'running' })
      clock.advance(60_000)
    }
    bench.t3.hold()
    expect(await bench.executor.ask(second)).toMatchObject({ type: 'adopted' })
    expect(await bench.look(second)).toMatchObject({ type: 'running' })
    bench.t3.release()
    await until('it runs', () => bench.began.length === 2)
    const node = bench.node({ client: bench.clientFor({ clock: systemClock }), clock: systemClock })
    expect(await node.interrupt({ ...bench.turn, turn: 2 })).toBe(true)
    expect(bench.began[1]?.signal.aborted).toBe(true)
  })

  test('of two threads is no server that starts nothing', async () => {
    const clock = manualClock(Date.now())
    const bench = await t3Bench({ client: { clock, reuseMs: 0 }, executor: { clock } })
    const other = bench.order({ run: 'run_b', thread: 'thread_b', branch: 'afk/b' })
    for (const order of [bench.order(), other]) {
      await bench.executor.ask(order)
      await bench.over(order)
    }
    const seconds = [bench.order({ turn: 2 }), { ...other, turn: 2 }]
    bench.t3.fail(refusal, { at: /dispatch/, times: 2 })
    for (const order of seconds) await bench.executor.ask(order)
    await bench.executor.look(seconds)
    clock.advance(61_000)
    await bench.executor.look(seconds)
    expect(bench.client.wedge.suspected()).toBeNull()
  })
})

test('a turn whose subagents still work is not over', async () => {
  let release = () => {}
  const bench = await begun('go', {
    agent: async (turn) => {
      turn.background('working')
      turn.say('all is well')
      release = () => turn.background(null)
    },
  })
  await until('it completed', async () => {
    return (await shown(bench)).row(bench.thread)?.latestTurn?.state === 'completed'
  })
  expect(await bench.look()).toMatchObject({ type: 'running' })
  release()
  expect(await bench.over()).toMatchObject({ end: { how: 'finished' } })
})

test('a record that somebody changed says nothing of the turn', async () => {
  const bench = await begun('run')
  writeFileSync(join(bench.records(), 'turn.json'), '{"type":"asked"}')
  expect(await bench.look()).toMatchObject({
    type: 'unreachable',
    detail: says('no record of ours'),
  })
  expect(readFileSync(join(bench.records(), 'turn.json'), 'utf8')).toBe('{"type":"asked"}')
})

test('twelve megabytes of a transcript keep no look waiting, and are cut', async () => {
  const bench = await begun('go', {
    version: '27',
    agent: async (turn) => turn.say(`${'x'.repeat(12 * 1024 * 1024)} the end`),
  })
  const { end } = await bench.over()
  if (end.how !== 'finished') throw new Error(`it ${end.how}`)
  expect(end.said.endsWith('the end')).toBe(true)
  expect(end.said.length).toBeLessThan(2_001)
})

test('0.0.30 lists no turn that has ended, and its end is found by what was said since', async () => {
  const bench = await t3Bench({ version: '32' })
  const { client } = bench
  const forgetful = (fleet: Fleet): Fleet => ({
    ...fleet,
    row(id) {
      const row = fleet.row(id)
      return row?.latestTurn?.state === 'completed' ? { ...row, latestTurn: null } : row
    },
  })
  const old: T3Client = {
    ...client,
    environment: async () => ({ ...(await client.environment()), version: '0.0.30' }),
    fleet: async () => forgetful(await client.fleet()),
    freshFleet: async () => forgetful(await client.freshFleet()),
  }
  const node = bench.node({ client: old })
  await node.ask(bench.order())
  await until('it is over, unseen', async () => {
    const row = (await client.freshFleet()).row(bench.thread)
    return row?.latestTurn?.state === 'completed' && row.session?.status === 'ready'
  })
  expect(await bench.over(bench.turn, node)).toMatchObject({ end: { said: 'all is well' } })
  expect(await node.ask(bench.order({ turn: 2, prompt: 'again' }))).toMatchObject({
    type: 'adopted',
  })
  const second = await bench.over({ ...bench.turn, turn: 2 }, node)
  expect(second).toMatchObject({ end: { said: 'again' } })
})
