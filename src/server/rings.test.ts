import { describe, expect, test } from 'vitest'
import * as z from 'zod'

import { accepts, type Bell, bell, dedupeForMs, read, ringBody } from '../../test/bell.ts'
import { readyIssue } from '../../test/loop-stand-ins.ts'
import { until } from '../../test/until.ts'
import { Accepted, Resent, RingPageView, RingView } from './schemas.ts'

const rung = async (node: Bell, more: object = {}) =>
  read(Accepted, await node.post('/v1/rings', ringBody(more)))

const story = async (node: Bell, id: string) => read(RingView, await node.get(`/v1/rings/${id}`))

describe('posting a ring', () => {
  test('is answered 202 with its id, and the ring goes to its channel', async () => {
    const node = await bell()
    const answer = await node.post('/v1/rings', ringBody())
    expect(answer.status).toBe(202)
    const { id, key, duplicate, deliveries } = await read(Accepted, answer)
    expect(id).toMatch(/^ring_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}$/)
    expect([key, duplicate]).toEqual([id, false])
    expect(deliveries).toEqual([{ id: expect.stringMatching(/^delivery_\d+$/), channel: 'phone' }])
    await until('the ring is sent', () => node.sent().length === 1)
    expect(node.sent()[0]?.notification).toMatchObject({
      title: '[NEEDS-HUMAN] acme/web#7 needs a human',
      body: 'tests fail\nThread: https://t3.test/?thread=t-1',
    })
    expect(node.sent()[0]?.notes).toEqual(['reported by local'])
  })

  test('is answered only once it is on disk', async () => {
    const node = await bell()
    const { id } = await rung(node)
    expect(await node.store.story(id)).toMatchObject({ ring: { id } })
  })

  test('with the same key is the same ring: 200, its id, and one sending', async () => {
    const node = await bell()
    const first = await rung(node, { key: 'run-7' })
    const answer = await node.post('/v1/rings', ringBody({ key: 'run-7' }))
    expect(answer.status).toBe(200)
    expect(await read(Accepted, answer)).toEqual({ ...first, duplicate: true })
    await until('the ring is sent', () => node.sent().length > 0)
    expect((await story(node, first.id)).deliveries).toHaveLength(1)
    expect(node.sent()).toHaveLength(1)
  })

  test('many times at once under one key rings once', async () => {
    const node = await bell()
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => node.post('/v1/rings', ringBody({ key: 'k' }))),
    )
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(29)
    const ids = await Promise.all(answers.map(async (each) => (await read(Accepted, each)).id))
    expect(new Set(ids).size).toBe(1)
  })

  test.each([
    { kind: 'frozen' },
    { issue: { repo: 'acme/web', number: 8 } },
    { issue: { repo: 'acme/other', number: 7 } },
    { threadId: 't-2' },
    { threadId: null },
    { detail: 'tests fail ' },
    { link: 'https://x.test' },
  ])('with the same key and another event (%j) is 409, and nothing is written', async (more) => {
    const node = await bell()
    await rung(node, { key: 'run-7' })
    const answer = await node.post('/v1/rings', ringBody({ key: 'run-7', ...more }))
    expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'key_conflict' }])
    expect(
      (await node.store.list({ kind: null, state: null, limit: 9, before: null })).rings,
    ).toHaveLength(1)
  })

  test('with another title or address of the issue is the same event', async () => {
    const node = await bell()
    await rung(node, { key: 'k' })
    const issue = { repo: 'acme/web', number: 7, title: 'New title', url: 'https://git.test/7' }
    expect((await node.post('/v1/rings', ringBody({ key: 'k', issue }))).status).toBe(200)
  })

  test('with a key of long ago is a new ring, which receivers do not fold into the old', async () => {
    const node = await bell()
    const first = await rung(node, { key: 'k' })
    node.later(dedupeForMs + 1)
    const second = await rung(node, { key: 'k', detail: 'other news' })
    expect(second).toMatchObject({ duplicate: false })
    expect(second.id).not.toBe(first.id)
    await until('both are sent', () => node.sent().length === 2)
    expect(new Set(node.sent().map(({ handle }) => handle)).size).toBe(2)
  })

  test('follows the routes', async () => {
    const routes = [{ kinds: ['done'], channels: ['team'] }, { channels: ['phone'] }] as const
    const node = await bell({ channels: { phone: accepts, team: accepts }, routes })
    const channels = async (kind: string) =>
      (await rung(node, { kind })).deliveries.map(({ channel }) => channel)
    expect(await channels('done')).toEqual(['team'])
    expect(await channels('frozen')).toEqual(['phone'])
  })

  test('takes a link of its own instead of the thread’s', async () => {
    const node = await bell()
    const { id } = await rung(node, { link: 'https://ci.test/1' })
    expect((await story(node, id)).link).toBe('https://ci.test/1')
  })
})

describe('acknowledging', () => {
  const Acked = z.object({ id: z.string(), acknowledged: RingView.shape.acknowledged })
  const ack = async (node: Bell, id: string, body: unknown = '') =>
    read(Acked, await node.post(`/v1/rings/${id}/ack`, body))

  test('is written before its answer, with who and the note', async () => {
    const node = await bell()
    const { id } = await rung(node)
    const { acknowledged } = await ack(node, id, { by: 'ada', note: 'on it' })
    expect(acknowledged).toMatchObject({ by: 'ada', note: 'on it' })
    expect((await story(node, id)).acknowledged).toEqual(acknowledged)
  })

  test('without a body is by whoever asked', async () => {
    const node = await bell()
    const { id } = await rung(node)
    expect((await ack(node, id)).acknowledged).toMatchObject({ by: 'local', note: null })
  })

  test('again keeps the first', async () => {
    const node = await bell()
    const { id } = await rung(node)
    const first = await ack(node, id, { by: 'ada', note: 'on it' })
    expect(await ack(node, id, { by: 'bob', note: 'me too' })).toEqual(first)
  })

  test('drops what is still due', async () => {
    const node = await bell({
      channels: { phone: () => ({ type: 'deferred', code: 'network', detail: 'down' }) },
    })
    const { id } = await rung(node)
    await until('a try is over', async () => (await story(node, id)).deliveries[0]?.tries === 1)
    await ack(node, id)
    expect((await story(node, id)).deliveries[0]?.state).toBe('dropped')
  })
})

describe('sending again', () => {
  const resend = async (node: Bell, id: string, body: unknown = '') => {
    const answer = await node.post(`/v1/rings/${id}/resend`, body)
    expect(answer.status).toBe(202)
    return (await read(Resent, answer)).deliveries.map(({ channel }) => channel)
  }
  const routes = [{ channels: ['phone'] }]
  const channels = { phone: accepts, team: accepts }

  test('goes to the channels that had it, as a message of its own', async () => {
    const node = await bell({ channels, routes })
    const { id } = await rung(node)
    await until('it is sent', () => node.sent().length === 1)
    expect(await resend(node, id)).toEqual(['phone'])
    await until('it is sent again', () => node.sent().length === 2)
    expect(new Set(node.sent().map(({ handle }) => handle)).size).toBe(2)
    expect(node.sent('team')).toEqual([])
    expect((await story(node, id)).deliveries.map(({ purpose }) => purpose)).toEqual([
      'ring',
      'resend',
    ])
  })

  test('to a named channel goes there alone, whether it had it or not', async () => {
    const node = await bell({ channels, routes })
    const { id } = await rung(node)
    expect(await resend(node, id, { channel: 'team' })).toEqual(['team'])
    await until('it is sent', () => node.sent('team').length === 1)
    expect(node.sent('phone')).toHaveLength(1)
  })

  test('what is dead makes it no longer dead', async () => {
    let outcome = 'refused'
    const answer = () =>
      outcome === 'refused'
        ? ({ type: 'refused', code: 'invalid', detail: 'no' } as const)
        : accepts()
    const node = await bell({ channels: { phone: answer } })
    const { id } = await rung(node)
    const dead = async () =>
      (await read(RingPageView, await node.get('/v1/rings?state=dead'))).rings.map(
        (each) => each.id,
      )
    await until('it is dead', async () => (await dead()).includes(id))
    outcome = 'accepted'
    await resend(node, id)
    expect(await dead()).toEqual([])
  })
})

describe('a ring in the list', () => {
  const listed = async (node: Bell) => {
    const { rings } = await read(RingPageView, await node.get('/v1/rings?limit=1'))
    return rings[0]
  }

  test('begins with its detail, without the thread’s line, and is cut', async () => {
    const node = await bell()
    await rung(node, { detail: 'one\ntwo' })
    expect(await listed(node)).toMatchObject({
      excerpt: 'one\ntwo',
      link: expect.stringMatching(/^https/),
      issue: { repo: 'acme/web', number: 7 },
      run: null,
    })
    await rung(node, { detail: 'é'.repeat(1_000), threadId: null })
    expect((await listed(node))?.excerpt).toBe(`${'é'.repeat(298)}…`)
  })

  test('names the run of the loop that has ended', async () => {
    const node = await bell({ issues: [readyIssue()] })
    const { id } = (await (await node.post('/v1/start', { repo: 'infra', number: 42 })).json()) as {
      id: string
    }
    const end = { how: 'asking', for: 'answer', question: 'Which port?' } as const
    await node.happen(
      id,
      { type: 'adopted', turn: 1, place: null, environment: null, thread: 'thread_1' },
      { type: 'turn-over', turn: 1, end, commit: null },
    )
    expect(await listed(node)).toMatchObject({ run: id, kind: 'needs-human' })
  })

  test('says in plain words what became of each delivery and try', async () => {
    const node = await bell()
    const { id } = await rung(node)
    await until('it is taken', async () => {
      return (await listed(node))?.deliveries[0]?.says === 'accepted by phone'
    })
    const { deliveries } = await story(node, id)
    expect(deliveries[0]?.tried).toMatchObject([{ says: expect.stringMatching(/^accepted after/) }])
  })
})

describe('a drill', () => {
  test('goes to every channel whatever the routes say, and is marked', async () => {
    const node = await bell({
      channels: { phone: accepts, team: accepts },
      routes: [{ channels: ['phone'] }],
    })
    const answer = await node.post('/v1/drill')
    expect(answer.status).toBe(202)
    const { id, key, deliveries } = await read(Accepted, answer)
    expect(key).toMatch(/^drill:/)
    expect(deliveries.map(({ channel }) => channel)).toEqual(['phone', 'team'])
    await until('both are sent', () => node.sent('phone').length + node.sent('team').length === 2)
    for (const { notes, notification } of [...node.sent('phone'), ...node.sent('team')]) {
      expect(notes).toEqual(['This is a drill: no run ended.'])
      expect(notification).toMatchObject({ kind: 'needs-human', issueRef: 'drill#1' })
      expect(notification.body).toMatch(/^DRILL/)
    }
    expect(await story(node, id)).toMatchObject({ source: 'drill', kind: 'needs-human' })
  })

  test('rings each time, as the kind that is asked for', async () => {
    const node = await bell()
    const one = await read(Accepted, await node.post('/v1/drill', { kind: 'done' }))
    const two = await read(Accepted, await node.post('/v1/drill', { kind: 'done' }))
    expect(one.id).not.toBe(two.id)
    expect((await story(node, two.id)).kind).toBe('done')
  })
})
