import { describe, expect, test } from 'vitest'

import { type Bell, bell, read } from '../../test/bell.ts'
import { readyIssue } from '../../test/loop-stand-ins.ts'
import { queuedRun } from '../../test/runs.ts'
import type { Kept } from '../executors/executor.ts'
import { CleanedView, PlacesView } from './place-schemas.ts'
import { RunSummary } from './run-schemas.ts'

const tokens = { operator: 'operator-token-1', ring: 'ring-token-12345' }

/** A node with a run that has ended, and its worktree. */
async function keeping(wish: Partial<Kept> = {}) {
  const kept: Kept[] = []
  const node = await bell({ issues: [readyIssue()], kept })
  const started = await node.post('/v1/start', { repo: 'infra', number: 42 })
  const { id } = await read(RunSummary, started)
  kept.push({ run: id, path: '/srv/places/1', branch: `afk/${id}`, why: null, ...wish })
  return { node, id, kept, end: () => node.post(`/v1/runs/${id}/stop`) }
}

const places = async (node: Bell) => read(PlacesView, await node.get('/v1/places'))
const clean = (node: Bell, id: string, body: object = {}) => node.post(`/v1/runs/${id}/clean`, body)

describe('GET /v1/places', () => {
  test('lists the worktrees of ended runs, and what would be lost', async () => {
    const { node, id, end } = await keeping({ why: 'something is stashed from it' })
    expect(await places(node)).toEqual({ places: [], faults: [] })
    await end()
    const place = {
      ...{ run: id, repo: 'infra', issueRef: 'infra#42', phase: 'withdrawn' },
      ...{ path: '/srv/places/1', branch: `afk/${id}`, why: 'something is stashed from it' },
    }
    expect(await places(node)).toEqual({ places: [place], faults: [] })
  })

  test('says nothing of a run that it does not know, in one line', async () => {
    const { node } = await keeping({
      run: 'run_x',
      path: '/a\u001b[2J\nb',
      branch: '',
      why: 'a\nb',
    })
    expect((await places(node)).places).toEqual([
      {
        ...{ run: 'run_x', repo: 'infra', issueRef: null, phase: null },
        ...{ path: '/a b', branch: null, why: 'a b' },
      },
    ])
  })
})

describe('POST /v1/runs/:id/clean', () => {
  test('removes a worktree in which nothing would be lost', async () => {
    const { node, id, end } = await keeping()
    await end()
    const answer = await clean(node, id)
    expect(answer.status).toBe(200)
    const removed = { run: id, removed: true, path: null, why: null, left: [] }
    expect(await read(CleanedView, answer)).toEqual(removed)
    expect((await places(node)).places).toEqual([])
    expect(await read(CleanedView, await node.post(`/v1/runs/${id}/clean`))).toEqual(removed)
  })

  test('keeps what would be lost, unless it is discarded', async () => {
    const { node, id, kept, end } = await keeping({ why: 'a commit of it' })
    await end()
    expect(await read(CleanedView, await clean(node, id))).toEqual({
      ...{ run: id, removed: false, path: '/srv/places/1', why: 'a commit of it', left: [] },
    })
    expect(kept).toHaveLength(1)
    const discarded = await read(CleanedView, await clean(node, id, { discard: true }))
    expect(discarded).toMatchObject({ removed: true, left: [`afk/${id}`] })
    expect(kept).toEqual([])
  })

  test('is refused while the run is under way, and changes nothing', async () => {
    const { node, id, kept } = await keeping()
    const answer = await clean(node, id, { discard: true })
    const issues = [{ path: '', message: expect.stringMatching(/it is under way/) }]
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { code: 'loop_refused', issues },
    ])
    expect(kept).toHaveLength(1)
  })

  test('of no run is 404, with what is no body 400', async () => {
    const { node, id } = await keeping()
    expect((await clean(node, 'run_absent')).status).toBe(404)
    expect((await clean(node, id, { discard: 'yes' })).status).toBe(400)
    expect((await clean(node, id, { force: true })).status).toBe(400)
  })
})

test('a disarmed loop refuses both with what is missing', async () => {
  const node = await bell()
  await node.store.queueRun(queuedRun())
  for (const answer of [await node.get('/v1/places'), await clean(node, 'run_1')]) {
    expect(answer.status).toBe(409)
    const missing = [{ path: '', message: 'the kill switch is on (loop.killSwitch)' }]
    expect(await answer.json()).toMatchObject({
      code: 'loop_disarmed',
      issues: expect.arrayContaining(missing),
    })
  }
})

test('whoever only rings may ask for neither', async () => {
  const node = await bell({ tokens, issues: [readyIssue()] })
  const headers = { authorization: `Bearer ${tokens.ring}` }
  expect((await node.get('/v1/places', headers)).status).toBe(403)
  expect((await node.post('/v1/runs/run_1/clean', {}, headers)).status).toBe(403)
})
