import { describe, expect, test } from 'vitest'

import { RunPageView } from '../src/server/run-schemas.ts'
import { type Bell, bell, read } from './bell.ts'

/** Queues one in a repository of its own. */
async function queued(node: Bell, number: number): Promise<string> {
  const id = `run_${number}`
  await node.store.queueRun({
    id,
    state: 'queued',
    begins: { with: 'turn' },
    environmentId: null,
    issue: { repo: `repo-${number}`, number },
    lineage: `repo-${number}#${number}@main`,
    threadId: `thread_${number}`,
    branch: `afk/${number}`,
    by: 'loop',
    continues: null,
    digest: '0'.repeat(64),
    queuedAt: Date.now(),
  })
  return id
}

async function filled(count: number) {
  const node = await bell()
  const all: string[] = []
  for (let number = 1; number <= count; number++) all.push(await queued(node, number))
  return { node, all }
}

const page = async (node: Bell, query = '') => read(RunPageView, await node.get(`/v1/runs${query}`))

describe('the list of runs', () => {
  test('is empty at first', async () => {
    expect(await page(await bell())).toEqual({ runs: [], next: null })
  })

  test('has those of one issue, where it is asked for them', async () => {
    const { node } = await filled(3)
    expect((await page(node, '?issue=repo-2%232')).runs.map(({ id }) => id)).toEqual(['run_2'])
    expect((await page(node, '?issue=repo-2%233')).runs).toEqual([])
    expect((await node.get('/v1/runs?issue=repo-2')).status).toBe(400)
  })

  test('has 50 on a page, newest first, unless it is asked for more', async () => {
    const { node, all } = await filled(60)
    expect((await page(node)).runs).toHaveLength(50)
    expect((await page(node, '?limit=200')).runs.map(({ id }) => id)).toEqual(all.toReversed())
  })

  test.each([1, 3, 7, 8])('read by pages of %i loses none and repeats none', async (limit) => {
    const { node, all } = await filled(7)
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const found: Awaited<ReturnType<typeof page>> = await page(
        node,
        `?limit=${limit}${next && `&cursor=${next}`}`,
      )
      seen.push(...found.runs.map(({ id }) => id))
      next = found.next
      // What is queued meanwhile belongs on a page that was already read.
      await queued(node, 1_000 + seen.length)
    }
    expect(seen).toEqual(all.toReversed())
  })

  test('can be of those that are live, or of those that have ended', async () => {
    const { node, all } = await filled(2)
    const from = (await node.store.run('run_1'))!
    const to = { ...from.run, state: 'withdrawn', withdrawnBy: 'ada', endedAt: 1 } as const
    await node.store.move({ from, to, entries: [], ring: null, chores: [], now: 1 })
    const ids = async (query: string) => (await page(node, query)).runs.map(({ id }) => id)
    expect(await ids('?live=true')).toEqual(['run_2'])
    expect(await ids('?live=false')).toEqual(['run_1'])
    expect(await ids('')).toEqual(all.toReversed())
  })

  test.each([
    ['limit', '?limit=0'],
    ['limit', '?limit=201'],
    ['limit', '?limit=many'],
    ['live', '?live=yes'],
    ['live', '?live='],
    ['cursor', '?cursor=!!!'],
    ['cursor', '?cursor=bm9uc2Vuc2U'],
    ['', '?order=oldest'],
  ])('refuses a wrong %s in %s', async (path, query) => {
    const answer = await (await bell()).get(`/v1/runs${query}`)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid_query', issues: [{ path }] })
  })
})

describe('what a person asks of the loop', () => {
  const issue = { repo: 'infra', number: 42 }
  const grant = { ...issue, attempts: 1, minutes: 0, why: 'x' }

  test.each([
    ['start', 'repo', { number: 42 }],
    ['start', 'repo', { ...issue, repo: '../etc' }],
    ['start', 'repo', { ...issue, repo: 'infra#42' }],
    ['start', 'number', { repo: 'infra' }],
    ['start', 'number', { ...issue, number: '42' }],
    ['start', 'number', { ...issue, number: 0 }],
    ['start', 'by', { ...issue, by: '' }],
    ['start', '', { ...issue, force: true }],
    ['start', '', '['],
    ['continue', 'number', { ...issue, number: 1.5 }],
    ['continue', '', 'null'],
    ['pause', 'repo', { repo: '*' }],
    ['pause', 'repo', { repo: null }],
    ['pause', '', { scope: 'infra' }],
    ['resume', 'repo', { repo: 7 }],
    ['grants', 'attempts', { ...grant, attempts: -1, minutes: 2 }],
    ['grants', 'attempts', { ...issue, minutes: 1, why: 'x' }],
    ['grants', 'minutes', { ...grant, minutes: 1e9 }],
    ['grants', 'costUsd', { ...grant, costUsd: '20' }],
    ['grants', 'why', { ...grant, why: ' \n' }],
    ['grants', 'why', { ...issue, attempts: 1, minutes: 0 }],
    ['grants', '', { ...grant, attempts: 0 }],
    ['runs/run_1/stop', 'by', { by: 7 }],
    ['runs/run_1/stop', '', []],
  ])('by /v1/%s with a wrong %j is 400, and changes nothing (%#)', async (path, place, body) => {
    const { node } = await filled(1)
    const answer = await node.post(`/v1/${path}`, body)
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { code: 'invalid_body', issues: [{ path: place }] },
    ])
    expect([await node.store.pauses(), (await page(node)).runs.length]).toEqual([[], 1])
    expect(node.events).toEqual([])
  })
})
