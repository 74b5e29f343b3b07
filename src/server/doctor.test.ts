import { expect, test } from 'vitest'

import { forEver } from '../../test/in-memory-calls.ts'
import { inMemoryLoop } from '../../test/in-memory-loop.ts'
import { manualClock } from '../../test/manual-clock.ts'
import { temporaryFolder } from '../../test/temporary.ts'
import { openRepositories } from '../app/repositories.ts'
import { parseConfig } from '../config/load.ts'
import { bad, type Finding, good } from '../doorbell/finding.ts'
import type { Repository } from '../loop/repository.ts'
import { doctor } from './doctor.ts'
import type { OpenRepositories } from './try-out.ts'

const status = {
  ready: true,
  problems: [],
  loop: { armed: false, missing: ['the kill switch is on'] },
  threadLinks: 'by thread-query',
}

type Check = () => Promise<readonly Finding[]>

const opened: Awaited<ReturnType<ReturnType<typeof doctor>>> = [
  { about: 'issue link', type: 'good', what: 'answers', mend: null },
]

function asked(open: OpenRepositories, channels: Readonly<Record<string, Check>> = {}) {
  const clock = manualClock()
  const reopened: string[] = []
  const ask = doctor({
    channels: new Map(Object.entries(channels).map(([name, check]) => [name, { check }])),
    repositories: open,
    links: async () => opened,
    state: { status: async () => status },
    open: async (channel) => void reopened.push(channel),
    clock,
  })
  const found = async () =>
    (await ask({ links: false }))
      .slice(3)
      .map(({ about, type, what }) => `${about}: ${type} ${what}`)
  return { clock, reopened, found, ask }
}

const says = (what: string) => async () => [good(what)]

function enrolled(changes: Readonly<Record<string, Partial<Repository>>>) {
  let closed = 0
  const { repository, tracker, executor, landing, ci } = inMemoryLoop()
  const whole = (name: string, change: Partial<Repository>): Repository => ({
    ...repository,
    name,
    tracker: { ...tracker, check: says('tracks') },
    executor: { ...executor, check: says('works') },
    landing: { ...landing, check: says('lands') },
    ci: { ...ci, check: says('checks') },
    ...change,
  })
  const repositories = new Map(
    Object.entries(changes).map(([name, change]) => [name, whole(name, change)]),
  )
  const open = () => ({ repositories, close: async () => void (closed += 1) })
  return { open, closed: () => closed, tracker, executor }
}

test('each part of each repository is told by its name, and they are closed afterwards', async () => {
  const { open, closed } = enrolled({ web: {}, 'acme/infra': { ci: null } })
  const { found, clock } = asked(open)
  expect(await found()).toEqual([
    'web tracker: good tracks',
    'web executor: good works',
    'web ci: good checks',
    'web landing: good lands',
    'acme/infra tracker: good tracks',
    'acme/infra executor: good works',
    'acme/infra landing: good lands',
  ])
  expect(closed()).toBe(1)
  expect(clock.nextAt()).toBeNull()
})

test('what hangs is bad after twenty seconds, and delays nothing else that hangs', async () => {
  const { tracker, executor } = inMemoryLoop()
  const { open, closed } = enrolled({
    web: {
      tracker: { ...tracker, check: forEver },
      executor: { ...executor, check: forEver },
    },
  })
  const { clock, found, reopened } = asked(open, { phone: forEver, bell: says('rings') })
  const findings = found()
  await expect.poll(() => clock.nextAt()).not.toBeNull()
  clock.advance(20_000)
  const late = 'bad no answer within 20 s'
  expect(await findings).toEqual([
    `phone: ${late}`,
    'bell: good rings',
    `web tracker: ${late}`,
    `web executor: ${late}`,
    'web ci: good checks',
    'web landing: good lands',
  ])
  expect(closed()).toBe(1)
  expect(reopened).toEqual(['bell'])
  expect(clock.nextAt()).toBeNull()
})

test('repositories are closed also where a check fails by a bug of ours', async () => {
  const { tracker } = inMemoryLoop()
  const broken = async () => {
    throw new Error('a bug')
  }
  const { open, closed } = enrolled({ web: { tracker: { ...tracker, check: broken } } })
  await expect(asked(open).found()).rejects.toThrow('a bug')
  expect(closed()).toBe(1)
})

test('asked for links, it tries these alone', async () => {
  const { open, closed } = enrolled({ web: {} })
  const { ask, reopened } = asked(open, { bell: says('rings') })
  expect(await ask({ links: true })).toEqual(opened)
  expect([closed(), reopened]).toEqual([0, []])
})

test('a channel with a bad finding is not opened', async () => {
  const { open } = enrolled({})
  const { found, reopened } = asked(open, { phone: async () => [bad('no', 'mend it')] })
  expect(await found()).toEqual(['phone: bad no'])
  expect(reopened).toEqual([])
})

test.each([
  [
    'a key of an App that is none',
    { tracker: { app: { id: '1', installation: 2, privateKey: 'x' } } },
  ],
  ['a branch of a name that git does not take', { landingBranch: 'main.lock' }],
])('%s is bad, and no secret is told', async (_, wish: Wish) => {
  const config = parseConfig(JSON.stringify(withRepository(wish)), { file: null, env: {} })
  const clock = manualClock()
  const open = () => openRepositories(config, { folder: temporaryFolder(), clock })
  expect(await asked(open).found()).toEqual([expect.stringMatching(/^loop\.repos: bad .*/)])
})

type Wish = { readonly tracker?: object; readonly landingBranch?: string }

function withRepository({ tracker = { token: 'ghp_x' }, ...rest }: Wish) {
  const repo = {
    path: '/nowhere',
    tracker: { type: 'github', ...tracker },
    executor: { type: 'command', argv: ['true'] },
    ci: { type: 'none' },
    landing: 'push',
    ...rest,
  }
  return { loop: { repos: { 'octo/infra': repo } } }
}
