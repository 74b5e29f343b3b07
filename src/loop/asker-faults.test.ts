/** A turn whose prompt or base cannot be had. */
import { describe, expect, test } from 'vitest'

import { redGround } from '../../test/in-memory-asker.ts'
import { type Ground, inMemoryLoop } from '../../test/in-memory-loop.ts'
import { commit } from '../../test/runs.ts'
import { LandingError } from '../landing/landing-error.ts'
import { TrackerError } from '../trackers/tracker-error.ts'
import { asker } from './asker.ts'

describe('a prompt with a hole in it', () => {
  const ask = async (ground: Ground) => asker(ground.parts).ask(await ground.stored())

  test('ends the run, and its variable is named', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    ground.landing.files.set('.afk/implement.md', 'Mend {{isue}}.')
    await ask(ground)
    expect(await ground.run()).toMatchObject({
      state: 'needs-human',
      cause: 'dispatch-failed',
      detail: expect.stringContaining('{{isue}}'),
    })
    expect(ground.executor.orders).toEqual([])
  })

  test('of a fix ends the run with what it pushed', async () => {
    const ground = await redGround()
    ground.landing.files.set('.afk/fix.md', 'Mend {{comit}}.')
    await ask(ground)
    expect(await ground.run()).toMatchObject({ cause: 'dispatch-failed', commit })
  })
})

const remoteDown = () => new LandingError('unreachable', 'the remote is down')
const trackerDown = () => new TrackerError('unreachable', 'the tracker is down')
const tokenRefused = () => new TrackerError('misconfigured', 'the token is refused')

describe.each([
  ['landing tip', 'cannot be reached', remoteDown],
  ['landing read', 'cannot be reached', remoteDown],
  ['tracker read', 'cannot be reached', trackerDown],
  ['tracker read', 'is refused', tokenRefused],
] as const)('where %s %s', (call, _, error) => {
  async function unreachable() {
    const ground = inMemoryLoop()
    await ground.started()
    ground.calls.duringNext(call, () => {
      throw error()
    })
    const ask = async () => asker(ground.parts).ask(await ground.stored())
    await ask()
    return { ...ground, ask }
  }

  test('that is told as such, and the turn stays written down', async () => {
    const { run, executor, parts } = await unreachable()
    expect(executor.orders).toEqual([])
    expect(await run()).toMatchObject({
      state: 'live',
      turn: { is: 'asked' },
      unreachableSince: parts.clock.now(),
    })
  })

  test('that ends it after an hour, with the last that was said of it', async () => {
    const { run, calls, ask, parts, happen } = await unreachable()
    calls.during(call, () => {
      throw new TrackerError('unreachable', 'no answer')
    })
    await ask()
    calls.during(call, () => {
      throw error()
    })
    await ask()
    parts.clock.advance(3_600_000)
    await happen('run_1', { type: 'tick' })
    const detail = `its turn could not be brought to the agent for 60 min: ${error().message}`
    expect(await run()).toMatchObject({ cause: 'executor-unreachable', detail })
  })

  test('the turn is brought when it can be', async () => {
    const { run, ask } = await unreachable()
    await ask()
    expect(await run()).toMatchObject({ unreachableSince: null, turn: { is: 'running' } })
  })
})

describe('what only a person can mend ends the run, with its reason', () => {
  const broken = [
    ['a branch that the remote lacks', 'landing tip', new LandingError('missing', 'no main')],
    ['a broken clone', 'landing read', new LandingError('unreadable', 'no such object')],
    ['an issue that cannot be read', 'tracker read', new TrackerError('malformed', 'no title')],
  ] as const

  test.each(broken)('%s', async (_, call, error) => {
    const ground = inMemoryLoop()
    const stored = await ground.started()
    ground.calls.during(call, () => {
      throw error
    })
    await asker(ground.parts).ask(stored)
    const { message: detail } = error
    const cause = 'dispatch-failed'
    expect(await ground.run()).toMatchObject({ state: 'needs-human', where: null, cause, detail })
    expect(ground.executor.orders).toEqual([])
  })

  test('an issue that is gone', async () => {
    const ground = inMemoryLoop()
    const stored = await ground.started()
    ground.tracker.remove(42)
    await asker(ground.parts).ask(stored)
    expect(await ground.run()).toMatchObject({
      cause: 'dispatch-failed',
      detail: expect.stringContaining('infra#42'),
    })
  })
})

describe('what is neither is thrown', () => {
  test.each(['landing tip', 'tracker read', 'executor ask'])('at %s', async (call) => {
    const ground = inMemoryLoop()
    const stored = await ground.started()
    ground.calls.during(call, () => {
      throw new Error('a bug')
    })
    await expect(asker(ground.parts).ask(stored)).rejects.toThrow('a bug')
    expect(await ground.run()).toMatchObject({ state: 'live', turn: { is: 'asked' } })
  })
})
