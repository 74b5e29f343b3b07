import { describe, expect, test } from 'vitest'

import { type Bell, bell, read } from '../../test/bell.ts'
import { readyIssue, unreadable } from '../../test/loop-stand-ins.ts'
import { commit, finished, green, question, red } from '../../test/runs.ts'
import { Granted, PausesView, RunPageView, RunSummary, RunView } from './run-schemas.ts'
import { RingPageView, StatusView } from './schemas.ts'

const issue = { repo: 'infra', number: 42 }
const adopted = {
  type: 'adopted',
  turn: 1,
  place: null,
  environment: null,
  thread: 'thread_1',
} as const
const asks = { type: 'turn-over', turn: 1, end: question, commit: null } as const

/** A node whose loop is armed, and has these issues. */
const armed = (...issues: Array<Parameters<typeof readyIssue>[0]>) =>
  bell({ issues: (issues.length === 0 ? [{}] : issues).map((wish) => readyIssue(wish)) })

async function started(node: Bell, more: object = {}): Promise<string> {
  const answer = await node.post('/v1/start', { ...issue, ...more })
  expect(answer.status).toBe(202)
  return (await read(RunSummary, answer)).id
}

const show = async (node: Bell, id: string) => read(RunView, await node.get(`/v1/runs/${id}`))

const page = async (node: Bell, query = '') => read(RunPageView, await node.get(`/v1/runs${query}`))

/** Ends the run as it would end by itself, with its slot free again. */
async function ended(node: Bell, id: string): Promise<void> {
  const { threadId: thread } = await show(node, id)
  await node.happen(id, { ...adopted, thread }, asks)
  await node.store.freeSlot(id)
}

describe('POST /v1/start', () => {
  test('writes a run down, with who asked', async () => {
    const node = await armed()
    const id = await started(node, { by: 'ada' })
    expect(await show(node, id)).toMatchObject({
      issueRef: 'infra#42',
      title: 'Make it work',
      phase: 'dispatching',
      by: 'ada',
      endedAt: null,
      verdict: null,
      turn: { number: 1, state: 'asked' },
      chores: [{ kind: 'mark-issue', state: 'due', tries: 0 }],
    })
    expect(await node.store.slots()).toEqual(new Map([['infra', id]]))
  })

  test('asked again finds the repository busy, and starts no second run', async () => {
    const node = await armed()
    const id = await started(node)
    const answer = await node.post('/v1/start', issue)
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { code: 'loop_refused', issues: [{ message: expect.stringContaining(`busy with ${id}`) }] },
    ])
    expect((await page(node)).runs).toHaveLength(1)
  })

  test.each([
    ['there is no such issue', { number: 7 }, /there is no issue infra#7/],
    ['the repository is not enrolled', { repo: 'acme/web' }, /acme\/web is not enrolled/],
    ['the issue is not ready', { number: 8 }, /not labelled ready/],
    ['the issue makes no sense', { number: unreadable }, /has no title: give it one/],
  ])('is refused with the reason where %s', async (_, more, reason) => {
    const node = await armed({ number: 8, labels: [] })
    const answer = await node.post('/v1/start', { ...issue, ...more })
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { code: 'loop_refused', issues: [{ path: '', message: expect.stringMatching(reason) }] },
    ])
    expect((await page(node)).runs).toEqual([])
    expect(node.events).toEqual([])
  })
})

describe('GET /v1/runs', () => {
  test('tells of a run under way its turn, its thread and what is left of its budget', async () => {
    const node = await armed()
    const id = await started(node)
    await node.happen(id, adopted, { type: 'pushed', commit })
    await node.happen(id, { type: 'checked', commit, checks: red })
    const [run] = (await page(node)).runs
    expect(run).toMatchObject({
      id,
      issue: { repo: 'infra', number: 42, url: 'https://tracker.test/infra/42' },
      live: {
        link: expect.stringContaining('https://t3.test'),
        unreachableSince: null,
        turn: { number: 1, state: 'running', seenAt: expect.any(String) },
        checks: 'CI is red: test',
        budget: { attempts: { used: 0, granted: 0 } },
      },
    })
    expect(run?.live?.budget.attempts.left).toBe(run?.live?.budget.attempts.limit)
  })

  test('tells no more of a run that has ended', async () => {
    const node = await armed()
    await ended(node, await started(node))
    expect((await page(node)).runs).toMatchObject([{ phase: 'needs-human', live: null }])
  })
})

describe('POST /v1/continue', () => {
  test('goes on in the thread and place of the last run', async () => {
    const node = await armed()
    const first = await started(node)
    await ended(node, first)
    const answer = await node.post('/v1/continue', { ...issue, by: 'ada' })
    expect(answer.status).toBe(202)
    const [before, after] = [
      await show(node, first),
      await show(node, (await read(RunSummary, answer)).id),
    ]
    expect(after).toMatchObject({ continues: first, threadId: before.threadId, by: 'ada' })
    expect([after.id === first, after.branch]).toEqual([false, before.branch])
  })

  test.each([
    ['there was no run', async () => {}, /has no run to go on in/],
    ['it has not ended', async (node: Bell) => void (await started(node)), /has not ended yet/],
  ])('is refused where %s', async (_, arrange, reason) => {
    const node = await armed()
    await arrange(node)
    const before = await page(node)
    const answer = await node.post('/v1/continue', issue)
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { issues: [{ message: expect.stringMatching(reason) }] },
    ])
    expect(await page(node)).toEqual(before)
  })
})

describe('POST /v1/runs/:id/stop', () => {
  test('ends the run as withdrawn, rings nobody, and ends its agent', async () => {
    const node = await armed()
    const id = await started(node)
    const answer = await node.post(`/v1/runs/${id}/stop`, { by: 'ada' })
    expect(answer.status).toBe(200)
    expect(await read(RunSummary, answer)).toMatchObject({ id, phase: 'withdrawn' })
    const { verdict, chores } = await show(node, id)
    expect(verdict).toMatchObject({ kind: 'withdrawn', withdrawnBy: 'ada' })
    expect(chores.map(({ kind }) => kind)).toContain('stop-agent')
    expect((await read(RingPageView, await node.get('/v1/rings'))).rings).toEqual([])
  })

  test('of a run that has ended is refused, and changes nothing', async () => {
    const node = await armed()
    const id = await started(node)
    await node.post(`/v1/runs/${id}/stop`)
    const before = await show(node, id)
    const answer = await node.post(`/v1/runs/${id}/stop`, { by: 'eve' })
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { code: 'loop_refused', issues: [{ message: 'it has ended already' }] },
    ])
    expect(await show(node, id)).toEqual(before)
  })

  test('of a run whose repository is not enrolled any more withdraws it all the same', async () => {
    const node = await armed()
    const id = await left(node, { repo: 'gone', number: 1 })
    expect((await node.post(`/v1/runs/${id}/stop`)).status).toBe(200)
    expect((await show(node, id)).phase).toBe('withdrawn')
  })
})

describe('a run that there is not', () => {
  test.each(['absent', 'run_absent', '%00', '%E0%A4%A', '..%2f..%2fetc', "' or 1=1 --", '💥'])(
    'is 404 and no bug: %j',
    async (id) => {
      for (const node of [await bell(), await armed()]) {
        for (const answer of [
          await node.get(`/v1/runs/${id}`),
          await node.post(`/v1/runs/${id}/stop`),
        ])
          expect([answer.status, await answer.json()]).toMatchObject([
            404,
            { code: 'run_not_found' },
          ])
        expect(node.events).toEqual([])
      }
    },
  )
})

describe('POST /v1/grants', () => {
  const grant = { ...issue, attempts: 2, minutes: 30, why: 'the flaky test is gone' }

  test('gives the issue more, with who gave it and why', async () => {
    const node = await armed()
    const id = await started(node)
    const answer = await node.post('/v1/grants', { ...grant, costUsd: 20, by: 'ada' })
    expect(answer.status).toBe(200)
    const { run, phase, budget } = await read(Granted, answer)
    expect([run, phase]).toEqual([id, 'dispatching'])
    expect(budget).toMatchObject({
      attempts: { used: 0, limit: 5, granted: 2, left: 7 },
      minutes: { used: 0, limit: 60, granted: 30, left: 90 },
      costUsd: { used: 0, limit: 100, granted: 20, left: 120 },
    })
    const { ledger } = await show(node, id)
    expect(ledger.at(-1)).toMatchObject({
      type: 'granted',
      says: 'ada granted 2 corrective turns, 30 min, $20.00: the flaky test is gone',
    })
  })

  test('given twice is twice as much', async () => {
    const node = await armed()
    await started(node)
    await node.post('/v1/grants', grant)
    const { budget } = await read(Granted, await node.post('/v1/grants', grant))
    expect(budget.attempts.granted).toBe(4)
  })

  test.each([
    [{ attempts: 1.5 }, 'attempts', 'must be a whole number'],
    [{ attempts: '2' }, 'attempts', 'must be a whole number'],
    [{ minutes: 0.5 }, 'minutes', 'must be a whole number'],
    [{ minutes: -1 }, 'minutes', 'must not be negative'],
    [{ attempts: 101 }, 'attempts', 'must be 100 or less'],
  ])('of %j is refused in words', async (wrong, path, message) => {
    const answer = await (await armed()).post('/v1/grants', { ...grant, ...wrong })
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { code: 'invalid_body', issues: [{ path, message }] },
    ])
  })

  test('is refused for an issue without a run', async () => {
    const answer = await (await armed()).post('/v1/grants', grant)
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { issues: [{ message: 'infra#42 has no run yet, and its whole budget' }] },
    ])
  })
})

describe('POST /v1/pause and /v1/resume', () => {
  const pauses = async (answer: Response) =>
    (await read(PausesView, answer)).pauses.map(({ scope, by }) => [scope, by])

  test.each([
    ['everything', {}, '*'],
    ['one repository', { repo: 'infra' }, 'infra'],
  ])(
    'hold %s, with a loop and without, and said twice are as said once',
    async (_, body, scope) => {
      for (const [node, knows] of [
        [await bell(), null],
        [await armed(), true],
      ] as const) {
        const first = await read(PausesView, await node.post('/v1/pause', body))
        expect(first).toEqual({
          pauses: [{ scope, at: expect.any(String), by: 'local' }],
          enrolled: scope === '*' || knows,
        })
        node.later(1_000)
        expect(await read(PausesView, await node.post('/v1/pause', body))).toEqual(first)
        expect((await read(StatusView, await node.get('/v1/status'))).loop.pauses).toEqual(
          first.pauses,
        )
        expect(await pauses(await node.post('/v1/resume', body))).toEqual([])
        expect(await pauses(await node.post('/v1/resume', body))).toEqual([])
      }
    },
  )

  test('of all and of one are two', async () => {
    const node = await armed()
    await node.post('/v1/pause', { repo: 'infra' })
    expect(await pauses(await node.post('/v1/pause'))).toHaveLength(2)
    expect(await pauses(await node.post('/v1/resume'))).toEqual([['infra', 'local']])
  })

  test('say that a repository is not enrolled', async () => {
    const answer = await (await armed()).post('/v1/pause', { repo: 'infa' })
    expect((await read(PausesView, answer)).enrolled).toBe(false)
  })
})

describe('a disarmed loop', () => {
  test.each([
    ['start', issue],
    ['continue', issue],
    ['grants', { ...issue, attempts: 1, minutes: 0, why: 'x' }],
    ['runs/ID/stop', {}],
  ])('refuses /v1/%s, and says what is missing', async (path, body) => {
    const node = await bell()
    const answer = await node.post(`/v1/${path.replace('ID', await left(node))}`, body)
    expect(answer.status).toBe(409)
    const { loop } = await read(StatusView, await node.get('/v1/status'))
    expect(loop.missing.length).toBeGreaterThan(1)
    expect(await answer.json()).toMatchObject({
      code: 'loop_disarmed',
      issues: loop.missing.map((message) => ({ path: '', message })),
    })
  })

  test('shows the runs that it left', async () => {
    const node = await bell()
    const id = await left(node)
    expect((await show(node, id)).phase).toBe('queued')
    const { loop } = await read(StatusView, await node.get('/v1/status'))
    expect(loop.runs).toEqual([{ id, issue: 'infra#42', phase: 'queued' }])
  })
})

/** A run of a loop that was armed once. */
async function left(node: Bell, of = issue): Promise<string> {
  await node.store.queueRun({
    id: 'run_left',
    state: 'queued',
    begins: { with: 'turn' },
    environmentId: null,
    issue: of,
    lineage: 'infra#42@main',
    threadId: 'thread_left',
    branch: 'afk/42-left',
    by: 'loop',
    continues: null,
    digest: '0'.repeat(64),
    queuedAt: Date.now(),
  })
  return 'run_left'
}

describe('GET /v1/runs/:id', () => {
  test('tells the story of a red run that was mended: budget, ledger, chores, verdict', async () => {
    const node = await armed()
    const id = await started(node)
    await node.happen(id, adopted, { type: 'spent', turn: 1, costUsd: 1.5 })
    await node.happen(id, { type: 'turn-over', turn: 1, end: finished, commit })
    await node.happen(id, { type: 'checked', commit, checks: red }, { ...adopted, turn: 2 })
    node.later(6 * 60_000)
    expect(await show(node, id)).toMatchObject({
      phase: 'fixing',
      pushed: { commit, checks: 'red', failing: [{ name: 'test', url: 'https://ci.test/1' }] },
      budget: {
        attempts: { used: 1, left: 4 },
        minutes: { used: 6, left: 54 },
        costUsd: { used: 1.5, left: 98.5 },
        running: true,
      },
    })
    const mended = 'c'.repeat(40)
    await node.happen(id, { type: 'turn-over', turn: 2, end: finished, commit: mended })
    await node.happen(id, { type: 'checked', commit: mended, checks: green })
    const story = await show(node, id)
    expect(story).toMatchObject({
      phase: 'done',
      verdict: { kind: 'done', commit: mended, passed: ['lint', 'test'], cause: null },
      budget: { running: false },
    })
    expect(story.ledger.map(({ type }) => type).slice(0, 4)).toEqual([
      'started',
      'asked',
      'adopted',
      'spent',
    ])
    expect(story.ledger.at(-1)?.says).toBe('it ended: done')
    expect(story.chores.map(({ kind }) => kind).at(-1)).toBe('free-slot')
  })

  test('links to the thread as the ring of its end does', async () => {
    const node = await armed()
    const id = await started(node)
    const { threadId, link } = await show(node, id)
    expect(link).toBe(`https://t3.test/?thread=${threadId}`)
    await ended(node, id)
    const { rings } = await read(RingPageView, await node.get('/v1/rings'))
    expect(await (await node.get(`/v1/rings/${rings[0]!.id}`)).json()).toMatchObject({ link })
  })

  test('keeps the ledgers of two runs of one issue apart, and their budget together', async () => {
    const node = await armed()
    const first = await started(node)
    await node.happen(first, adopted, { type: 'spent', turn: 1, costUsd: 2 })
    await ended(node, first)
    await node.post('/v1/continue', issue)
    const { runs } = await page(node, '?live=true')
    const second = await show(node, runs[0]!.id)
    expect(second.ledger.map(({ type }) => type)).toEqual(['started', 'asked'])
    expect(second.budget.costUsd.used).toBe(2)
  })
})
