/** What is asked, and what becomes of the answer. What cannot be asked: `asker-faults.test.ts`. */
import { describe, expect, test } from 'vitest'

import { base, placeOf } from '../../test/in-memory-executor.ts'
import { asking, redGround } from '../../test/in-memory-asker.ts'
import { inMemoryLoop, typesOf } from '../../test/in-memory-loop.ts'
import { commit, failing, green, none, pending, question, red } from '../../test/runs.ts'
import { CiError } from '../ci/ci-error.ts'
import { asker } from './asker.ts'

const facts = {
  repo: 'infra',
  number: 42,
  title: 'Make it work',
  body: 'It does not.',
  run: 'run_1',
  branch: 'afk/42-1',
  landingBranch: 'main',
  merges: 'nobody',
}

describe('a first turn', () => {
  test('is to implement the issue, as it is now', async () => {
    const ground = inMemoryLoop()
    const stored = await ground.started()
    ground.tracker.edit(42, { body: 'It does not.' })
    const { prompted, ask } = asking(ground)
    await ask(stored)
    expect(prompted).toEqual([['implement', facts]])
  })

  test('is asked under the run’s own ids', async () => {
    const ground = inMemoryLoop()
    await asking(ground).ask(await ground.started())
    expect(ground.executor.orders).toEqual([
      {
        run: 'run_1',
        turn: 1,
        branch: 'afk/42-1',
        base,
        thread: 'thread_1',
        title: '#42',
        continues: null,
        visit: null,
        issue: { repo: 'infra', number: 42 },
        prompt: 'the prompt to implement',
      },
    ])
  })

  test('has its base written down before any agent could have written anything', async () => {
    const ground = inMemoryLoop()
    const { clock } = ground.parts
    ground.landing.push('run_of_another', commit)
    const stored = await ground.started()
    ground.calls.during('executor ask', async () => {
      expect(typesOf(await ground.ledger()).at(-1)).toBe('based')
      expect(await ground.run()).toMatchObject({ base: commit, turn: { is: 'asked' } })
    })
    clock.advance(1)
    await asking(ground).ask(stored)
    expect(ground.landing.asked).toEqual([clock.monotonic()])
    expect(ground.executor.orders).toMatchObject([{ base: commit }])
  })

  test('keeps the base that it was asked with before', async () => {
    const ground = inMemoryLoop()
    ground.executor.answer = { type: 'unreachable', detail: 'no answer' }
    await asking(ground).ask(await ground.started())
    ground.landing.push('run_of_another', commit)
    ground.executor.answer = undefined
    await asking(ground).ask(await ground.stored())
    expect(ground.executor.orders.map((order) => order.base)).toEqual([base, base])
    expect(ground.calls.made.filter((call) => call === 'landing tip')).toHaveLength(1)
    expect(await ground.run()).toMatchObject({ base })
  })

  test('is to implement the issue, though something of the run is red already', async () => {
    const ground = inMemoryLoop()
    await ground.started()
    await ground.happen('run_1', { type: 'based', base }, { type: 'pushed', commit })
    await ground.happen('run_1', { type: 'checked', commit, checks: red })
    const { prompted, ask } = asking(ground)
    await ask(await ground.stored())
    expect(prompted.map(([kind]) => kind)).toEqual(['implement'])
  })

  test('of a continuation names the run in whose place it goes on', async () => {
    const ground = inMemoryLoop()
    await asking(ground).ask(await ground.started({ continues: 'run_0' }))
    expect(ground.executor.orders).toMatchObject([{ run: 'run_1', continues: 'run_0' }])
  })
})

describe('a fix', () => {
  test('has the commit, what fails at it with its address, its logs, and which attempt it is', async () => {
    const ground = await redGround({ limits: { fixForwardAttempts: 3 } })
    ground.tracker.edit(42, { body: 'It does not.' })
    const { prompted, ask } = asking(ground)
    await ask(await ground.stored())
    expect(prompted).toEqual([
      [
        'fix',
        {
          ...facts,
          commit,
          failing: 'test: https://ci.test/1',
          logs: `the logs of test at ${commit}`,
          attempt: 1,
          attempts: 3,
        },
      ],
    ])
    expect(ground.executor.orders).toMatchObject([{ turn: 2, prompt: 'the prompt to fix' }])
    expect(await ground.run()).toMatchObject({ turn: { number: 2, is: 'running' } })
  })

  test('names a check without an address alone, each on a line of its own', async () => {
    const ground = await redGround()
    const checks = { verdict: 'red', failing: [{ name: 'lint', url: null }, ...failing] } as const
    await ground.happen('run_1', { type: 'checked', commit, checks })
    const { prompted, ask } = asking(ground)
    await ask(await ground.stored())
    expect(prompted).toMatchObject([['fix', { failing: 'lint\ntest: https://ci.test/1' }]])
  })

  test('waits where the logs cannot be had, which is thrown', async () => {
    const ground = await redGround()
    ground.calls.during('ci logs', () => {
      throw new CiError('unavailable', 'CI is down')
    })
    await expect(asking(ground).ask(await ground.stored())).rejects.toThrow('CI is down')
    expect(ground.executor.orders).toEqual([])
    expect(await ground.run()).toMatchObject({ state: 'live', turn: { is: 'asked' } })
  })

  test.each([
    ['runs again', pending],
    ['is green after all', green],
    ['is not there', none],
  ] as const)(
    'is not brought while CI %s at its commit, and is once that is red again',
    async (_, checks) => {
      const ground = await redGround()
      const { prompted, ask } = asking(ground)
      await ground.happen('run_1', { type: 'checked', commit, checks })
      await ask(await ground.stored())
      expect([prompted, ground.executor.orders]).toEqual([[], []])
      expect(await ground.run()).toMatchObject({ turn: { number: 2, is: 'asked' } })
      await ground.happen('run_1', { type: 'checked', commit, checks: red })
      await ask(await ground.stored())
      expect(prompted.map(([kind]) => kind)).toEqual(['fix'])
    },
  )

  test('is not brought where CI ran again while its prompt was made', async () => {
    const ground = await redGround()
    const again = { type: 'checked', commit, checks: pending } as const
    ground.calls.duringNext('ci logs', () => ground.happen('run_1', again))
    await asking(ground).ask(await ground.stored())
    expect(ground.executor.orders).toEqual([])
  })

  test('that could not be brought is out of reach no more while it waits', async () => {
    const ground = await redGround()
    ground.executor.answer = { type: 'unreachable', detail: 'no answer' }
    await asking(ground).ask(await ground.stored())
    await ground.happen('run_1', { type: 'checked', commit, checks: pending })
    expect(await ground.run()).toMatchObject({ unreachableSince: null })
  })

  test('whose commit a force-push took away is to implement the issue', async () => {
    const ground = await redGround()
    await ground.happen('run_1', { type: 'unpushed', commit })
    const { prompted, ask } = asking(ground)
    await ask(await ground.stored())
    expect(prompted.map(([kind]) => kind)).toEqual(['implement'])
  })
})

describe('an executor', () => {
  test('that takes the turn has it running, off the commit and in the place it says', async () => {
    const ground = inMemoryLoop()
    await asking(ground).ask(await ground.started())
    expect(await ground.run()).toMatchObject({ base, turn: { is: 'running' } })
    expect((await ground.ledger()).at(-1)).toMatchObject({
      what: { type: 'adopted', turn: 1, place: placeOf('run_1') },
    })
  })

  test('is asked in the run’s conversation, under a title that a person knows it by', async () => {
    const ground = inMemoryLoop()
    const issue = { repo: 'infra', number: 42, title: 'Fix the login' }
    await asking(ground).ask(await ground.started({ issue }))
    const { threadId } = await ground.run()
    const asked = { thread: threadId, title: '#42 Fix the login', visit: null }
    expect(ground.executor.orders).toMatchObject([asked])
  })

  test('that had to begin another conversation has the run in that one', async () => {
    const ground = inMemoryLoop()
    ground.executor.answer = {
      type: 'adopted',
      place: null,
      environment: null,
      thread: 'thread_other',
    }
    await asking(ground).ask(await ground.started())
    expect(await ground.run()).toMatchObject({ threadId: 'thread_other', turn: { is: 'running' } })
  })

  test('that refuses it ends the run, with its reason', async () => {
    const ground = inMemoryLoop()
    ground.executor.answer = { type: 'refused', detail: 'there is no such command' }
    await asking(ground).ask(await ground.started())
    const detail = 'there is no such command'
    expect(await ground.run()).toMatchObject({
      state: 'needs-human',
      cause: 'dispatch-failed',
      detail,
    })
  })

  test('that cannot be asked is told as such, and the turn stays written down', async () => {
    const ground = inMemoryLoop()
    ground.executor.answer = { type: 'unreachable', detail: 'no answer' }
    await asking(ground).ask(await ground.started())
    expect(await ground.run()).toMatchObject({
      state: 'live',
      turn: { is: 'asked' },
      unreachableSince: ground.parts.clock.now(),
    })
  })

  test('that was unreachable and takes the turn now is reached', async () => {
    const ground = inMemoryLoop()
    ground.executor.answer = { type: 'unreachable', detail: 'no answer' }
    await asking(ground).ask(await ground.started())
    ground.executor.answer = undefined
    await asking(ground).ask(await ground.stored())
    expect(await ground.run()).toMatchObject({ unreachableSince: null, turn: { is: 'running' } })
  })

  test('asked again by a node that died before it wrote that down finds the same turn', async () => {
    const ground = inMemoryLoop()
    const stored = await ground.started()
    ground.calls.duringNext('executor ask', () =>
      ground.calls.duringNext('runs move', () => {
        throw new Error('the node is gone')
      }),
    )
    await expect(asking(ground).ask(stored)).rejects.toThrow('the node is gone')
    expect(await ground.run()).toMatchObject({ turn: { is: 'asked' } })
    await asking(ground).ask(await ground.stored())
    const [once, again] = ground.executor.orders
    expect(again).toEqual(once)
    expect(await ground.run()).toMatchObject({ turn: { number: 1, is: 'running' } })
  })
})

describe('nothing is brought', () => {
  test('to the agent of a run that has not begun, or has ended', async () => {
    const ground = inMemoryLoop()
    const { ask } = asking(ground)
    await ask(await ground.queued())
    await ground.happen('run_1', { type: 'started' })
    await ground.happen('run_1', { type: 'withdrawn', by: 'ada' })
    await ask(await ground.stored())
    expect(ground.calls.made.filter((call) => !call.startsWith('runs'))).toEqual([])
  })

  test('of a turn that is with the agent already', async () => {
    const ground = inMemoryLoop()
    const stored = await ground.working()
    ground.executor.orders.length = 0
    await asking(ground).ask(stored)
    expect(ground.executor.orders).toEqual([])
    expect(await ground.stored()).toEqual(stored)
  })

  test('of a run that was withdrawn since it was read', async () => {
    const ground = inMemoryLoop()
    const stored = await ground.started()
    await ground.happen('run_1', { type: 'withdrawn', by: 'ada' })
    await asking(ground).ask(stored)
    expect(ground.executor.orders).toEqual([])
  })

  test('in a repository that is not enrolled', async () => {
    const ground = inMemoryLoop()
    const stored = await ground.started()
    const { parts } = inMemoryLoop({ store: ground.store }, ['web'])
    await asker(parts).ask(stored)
    expect(await ground.stored()).toEqual(stored)
  })
})

test('a turn that is over when its asking is told stays over', async () => {
  const ground = inMemoryLoop()
  const stored = await ground.started()
  const happened = [
    { type: 'adopted', turn: 1, place: null, environment: null, thread: 'thread_1' },
    { type: 'turn-over', turn: 1, end: question, commit: null },
  ] as const
  ground.calls.duringNext('executor ask', () => ground.happen('run_1', ...happened))
  await asking(ground).ask(stored)
  expect(typesOf(await ground.ledger()).filter((type) => type === 'adopted')).toHaveLength(1)
  expect((await ground.run()).state).toBe('needs-human')
})
