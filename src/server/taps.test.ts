import { expect, test } from 'vitest'

import { type Bell, bell, read, ringBody } from '../../test/bell.ts'
import { forEver } from '../../test/in-memory-calls.ts'
import { manualClock } from '../../test/manual-clock.ts'
import { newRing } from '../../test/rings.ts'
import { baseOfRun, commit, failing, landed } from '../../test/runs.ts'
import { openStore } from '../../test/temporary.ts'
import type { Run, Where } from '../run/run.ts'
import type { Store } from '../store/store.ts'
import { Accepted } from './schemas.ts'
import { tapRoutes } from './taps.ts'

const operator = 'operator-token-0123456789'
const thread = 'https://t3.test/?thread=thread_1'
const issue = 'https://tracker.test/infra/42'
const pull = 'https://forge.test/infra/pull/7'
const offered: Where = {
  is: 'offered',
  request: { number: 7, url: pull },
  isMerging: false,
}

/** Frozen, with all three pages, unless told otherwise. */
function endedRun({
  url = issue,
  where = offered,
}: { url?: string | null; where?: Where } = {}): Run {
  const at = { repo: 'infra', number: 42, ...(url !== null && { url }) }
  const frozen = { state: 'frozen', ranOut: 'attempts', commit, failing, where } as const
  return { ...baseOfRun(), issue: at, ...frozen, endedAt: 0 }
}

const review = {
  state: 'needs-human',
  cause: 'review',
  detail: 'a person merges it',
  commit,
  where: offered,
} as const

/** The id of its ring. */
async function rang(store: Store, run: Run): Promise<string> {
  await store.queueRun(run)
  const ring = newRing({ key: `run:${run.id}`, source: 'loop' })
  await store.accept([ring])
  return ring.ring.id
}

const lost = async () => false

async function tapped(node: Bell, id: string) {
  const answer = await node.get(`/r/${id}`, { host: 'afk.test' })
  return [answer.status, answer.headers.get('location')]
}

const withTokens = (more: object = {}) => bell({ tokens: { operator }, ...more })

test.each([
  ['the thread, where it is shown', {}, {}, thread],
  ['else the issue', {}, { landsAt: lost }, issue],
  ['else the pull request', { url: null }, { landsAt: lost }, pull],
  ['the issue, where threads live nowhere', {}, { links: { link: () => null } }, issue],
  ['no issue whose link is none', { url: 'javascript:alert(1)' }, { landsAt: lost }, pull],
])('a tap on a run’s ring goes to %s', async (_, wish, options, page) => {
  const node = await withTokens(options)
  const id = await rang(node.store, endedRun(wish))
  expect(await tapped(node, id)).toEqual([302, page])
})

test('a tap on a ring for a review goes to the pull request, where that is done', async () => {
  const node = await withTokens()
  const at = { issue: { repo: 'infra', number: 42, url: issue }, endedAt: 0 }
  const id = await rang(node.store, { ...baseOfRun(), ...at, ...review })
  expect(await tapped(node, id)).toEqual([302, pull])
})

test('with nothing to go to it is 404, in one plain sentence', async () => {
  const node = await withTokens({ landsAt: lost })
  const id = await rang(node.store, endedRun({ url: null, where: landed }))
  const answer = await node.get(`/r/${id}`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    404,
    expect.stringMatching(/^text\/plain/),
  ])
  expect(await answer.text()).toBe('This ring has no page to open now.\n')
})

test('who shows nothing for three seconds is passed over', async () => {
  const store = openStore()
  const id = await rang(store, endedRun())
  const clock = manualClock()
  const links = { baseUrl: 'https://t3.test' }
  const taps = tapRoutes({ rings: store, loop: { runs: store }, links, landsAt: forEver, clock })
  let answer: Response | undefined
  const asked = Promise.resolve(taps.request(`/${id}`)).then((given) => (answer = given))
  await expect.poll(() => clock.nextAt()).toBe(clock.now() + 3_000)
  clock.advance(2_999)
  expect(answer).toBeUndefined()
  clock.advance(1)
  expect((await asked).headers.get('location')).toBe(issue)
  expect(clock.nextAt()).toBeNull()
})

test('a tap needs no token, is kept by nobody, and tells the page nothing of where it came from', async () => {
  const node = await withTokens()
  const id = await rang(node.store, endedRun())
  for (const method of ['GET', 'HEAD']) {
    const answer = await node.request(`/r/${id}`, { method })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, thread])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  }
})

test('whoever opens every link changes nothing', async () => {
  const node = await withTokens()
  const id = await rang(node.store, endedRun())
  const before = [await node.store.story(id), await node.store.run('run_1')]
  for (let taps = 0; taps < 5; taps += 1) await tapped(node, id)
  expect([await node.store.story(id), await node.store.run('run_1')]).toEqual(before)
  expect(node.events).toEqual([])
})

test.each([
  'absent',
  'run_1',
  '%00',
  '..%2f..%2fetc',
  'https:%2f%2fevil.test',
  "' or 1=1 --",
  '💥',
])('what is no ring’s id is 404: %j', async (id) => {
  const node = await withTokens()
  await rang(node.store, endedRun())
  expect(await tapped(node, id)).toEqual([404, null])
  expect(node.events).toEqual([])
})

test('without a token it can be asked, and nothing else done', async () => {
  const node = await withTokens()
  const id = await rang(node.store, endedRun())
  for (const [method, path, status] of [
    ['POST', `/r/${id}`, 404],
    ['DELETE', `/r/${id}`, 404],
    ['GET', `/r/${id}/more`, 404],
    ['GET', `/r`, 401],
    ['GET', `/v1/rings/${id}`, 401],
    ['GET', `/r/../v1/rings/${id}`, 401],
  ] as const)
    expect([path, (await node.request(path, { method })).status]).toEqual([path, status])
})

test('a tap on any other ring goes to the link it came with, whatever a query says', async () => {
  const node = await bell()
  const link = 'https://ci.test/runs/1?x=ü'
  const { id } = await read(Accepted, await node.post('/v1/rings', ringBody({ link })))
  const answer = await node.get(`/r/${id}?to=https://evil.test&url=//evil.test`)
  expect(answer.headers.get('location')).toBe('https://ci.test/runs/1?x=%C3%BC')
})

test('one without a link goes to its issue', async () => {
  const node = await bell({ links: { link: () => null } })
  const at = { repo: 'acme/web', number: 7, url: 'https://tracker.test/7' }
  const { id } = await read(Accepted, await node.post('/v1/rings', ringBody({ issue: at })))
  expect((await node.get(`/r/${id}`)).headers.get('location')).toBe('https://tracker.test/7')
})

test.each([
  ['of a scheme that is not allowed any more', 't3code://threads/e-1/t-1', []],
  ['of a scheme that is allowed', 't3code://threads/e-1/t-1', ['t3code']],
])('a link %s is gone to only where it may be shown', async (_, link, schemes) => {
  const node = await bell({ links: { baseUrl: 'https://t3.test', schemes } })
  const made = newRing()
  const notification = { ...made.ring.notification, link }
  await node.store.accept([{ ...made, ring: { ...made.ring, notification } }])
  const answer = await node.get(`/r/${made.ring.id}`)
  expect(answer.headers.get('location')).toBe(schemes.length === 0 ? null : link)
})

test('a run that is not there any more is no way back to the tap itself', async () => {
  const node = await bell()
  const made = newRing({ key: 'run:run_gone', source: 'loop' })
  const notification = { ...made.ring.notification, link: `https://afk.test/r/${made.ring.id}` }
  await node.store.accept([{ ...made, ring: { ...made.ring, notification } }])
  expect((await node.get(`/r/${made.ring.id}`)).status).toBe(404)
})
